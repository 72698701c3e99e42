# maxMemPerNode of a partition and maxTRESPerNode of a QOS: a job lies on so many nodes that none has more of it than that.
case_run() {
    define Partition "$NS-mem" "nodes: 'n[1-3]', maxMemPerNode: 200M"
    define QOS "$NS-qos" "limits: {maxTRESPerNode: {cpu: 1}}"
    submit wide true "partition: $NS-mem" "ntasks: 4" "memPerCpu: 100M"
    submit narrow true "partition: $NS-mem" "ntasks: 2" "qos: $NS-qos"
    expect_state wide COMPLETED
    expect_state narrow COMPLETED
    expect "the nodes of 4 times 100M" "$(field wide .status.nodeList)" "n[1-2]"
    expect "the nodes of 2 tasks" "$(field narrow .status.nodeList)" "n[1-2]"
    submit large true "partition: $NS-mem" "ntasks: 7" "memPerCpu: 100M"
    expect_reason large MaxMemPerLimit
    submit many true "partition: $NS-mem" "ntasks: 4" "qos: $NS-qos"
    expect_reason many QOSMaxCpuPerNode
    expect "the class" "$(field many .status.pending.class)" Never
    expect_text "the message" "$(field many .status.message)" "of each node it may have cpu=1"
    define QOS "$NS-qos" "limits: {maxTRESPerNode: {cpu: 2}}"
    expect_state many COMPLETED
    slurm scancel --me
    k delete partition "$NS-mem" >/dev/null
    k delete qos "$NS-qos" >/dev/null
}
