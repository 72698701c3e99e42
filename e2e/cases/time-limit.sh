# A job that runs longer than its limit is ended as TIMEOUT; limits have Kubernetes' grammar too.
case_run() {
    submit slow "echo \$\$ >$TMP/pid; exec sleep 1000" "timeLimit: 3s"
    expect_state slow RUNNING
    expect_state slow TIMEOUT 40
    wait_until 10 "the process ends" process_ended "$TMP/pid"
    k wait bj/slow --for=condition=Failed --timeout=5s >/dev/null
}
