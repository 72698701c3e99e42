# A job that has its nodes alone counts for all CPUs of them, also where its partition says so; its pods have what they ask for.
case_run() {
    define Partition "$NS-alone" "nodes: 'n[1-2]', exclusive: true"
    submit whole "sleep 1000" "partition: $NS-alone" "cpusPerTask: 1" "nodes: 2"
    expect_state whole RUNNING
    local cpus
    cpus=$(($(cpus_of n1) + $(cpus_of n2)))
    expect_text "allocTRES" "$(field whole .status.allocTRES)," "cpu=$cpus,"
    expect_text "reqTRES" "$(field whole .status.reqTRES)," "cpu=2,"
    expect_text "scontrol" "$(slurm scontrol show job "$(field whole .status.jobID)")" "AllocTRES=cpu=$cpus,"
    slurm scancel --me
    expect_state whole CANCELLED
    expect_text "allocTRES at the end" "$(field whole .status.allocTRES)," "cpu=$cpus,"
    k delete partition "$NS-alone" >/dev/null
}

cpus_of() { # NODE
    k get node "$1" -o 'jsonpath={.status.allocatable.cpu}'
}
