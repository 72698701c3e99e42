# A job that runs longer than its limit is ended as TIMEOUT; limits have Kubernetes' grammar too. Where the partition allows
# less, a job with a least limit has that.
case_run() {
    submit slow "echo \$\$ >$TMP/pid; exec sleep 1000" "timeLimit: 3s"
    expect_state slow RUNNING
    expect_state slow TIMEOUT 40
    wait_until 10 "the process ends" process_ended "$TMP/pid"
    k wait bj/slow --for=condition=Failed --timeout=5s >/dev/null
    define Partition "$NS-short" "nodes: n1, maxTime: '30'"
    submit over true "partition: $NS-short" "timeLimit: '2:00:00'"
    submit less true "partition: $NS-short" "timeLimit: '2:00:00'" "timeMin: '10'"
    expect_reason over PartitionTimeLimit
    expect_state less COMPLETED
    expect "the limit in force" "$(field less .status.timeLimit)" 00:30:00
    k delete bj over >/dev/null
    k delete partition "$NS-short" >/dev/null
}
