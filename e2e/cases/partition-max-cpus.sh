# maxCPUsPerNode: jobs of a partition have at most so many CPUs of a node together, whoever else has the others.
case_run() {
    define Partition "$NS-most" "nodes: n1, maxCPUsPerNode: 2"
    define Partition "$NS-rest" "nodes: n1"
    submit first "sleep 30" "partition: $NS-most" "cpusPerTask: 1"
    submit second "sleep 30" "partition: $NS-most" "cpusPerTask: 1"
    expect_state first RUNNING
    expect_state second RUNNING
    submit third true "partition: $NS-most" "cpusPerTask: 1"
    expect_reason third Resources
    expect_text "why it waits" "$(field third .status.message)" \
        "jobs of partition $NS-most have at most cpu=2 of each node"
    submit large true "partition: $NS-most" "cpusPerTask: 3"
    expect_reason large BadConstraints
    submit beside true "partition: $NS-rest" "cpusPerTask: 1"
    expect_state beside COMPLETED
    expect_text "scontrol" "$(slurm scontrol show partition "$NS-most")" "MaxCPUsPerNode=2"
    slurm scontrol update PartitionName="$NS-most" MaxCPUsPerNode=3
    expect_state third COMPLETED
    expect_state large PENDING
    slurm scancel --me
    k delete partition "$NS-most" "$NS-rest" >/dev/null
}
