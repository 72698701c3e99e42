# A job with --exclusive=user has its node for its user: another one of the same user starts beside it, one of another
# user waits until it is over. In a partition with Exclusive=USER all are so.
# Alone: it looks at whole nodes.
case_run() {
    define Partition "$NS-own" "nodes: 'n[1-2]'"
    submit own "sleep 1000" "user: ann" "partition: $NS-own" "exclusiveUser: true" "nodeList: n1"
    expect_state own RUNNING
    submit beside "sleep 1000" "user: ann" "partition: $NS-own" "nodeList: n1"
    submit waits "sleep 1000" "user: bob" "partition: $NS-own" "nodeList: n1"
    expect_state beside RUNNING
    expect_reason waits Resources
    expect_text "the job" "$(shown own)" "OverSubscribe=USER"
    expect_text "the job beside it" "$(shown beside)" "OverSubscribe=OK"
    expect_text "the owner of n1" "$(slurm scontrol -o show node n1)" "Owner=ann("
    expect_text "the owner of n2" "$(slurm scontrol -o show node n2)" "Owner=N/A"
    act own Cancel
    expect_state waits RUNNING
    slurm scontrol update "PartitionName=$NS-own" Exclusive=USER
    expect_text "the partition" "$(slurm scontrol -o show partition "$NS-own")" "Exclusive=USER"
    submit bobs "sleep 1000" "user: bob" "partition: $NS-own" "nodeList: n2"
    expect_state bobs RUNNING
    submit anns "sleep 1000" "user: ann" "partition: $NS-own" "nodeList: n2"
    expect_reason anns Resources
    slurm sbatch -Q -J script -p "$NS-own" --exclusive=user -D /tmp -o /dev/null --wrap true
    expect "its spec" "$(k get bj -o 'jsonpath={.items[?(@.spec.jobName=="script")].spec.exclusiveUser}')" true
    k delete bj --all >/dev/null
    k delete partition "$NS-own" >/dev/null
}

shown() { # JOB
    slurm scontrol -o show job "$(field "$1" .status.jobID)"
}
