# The node program is killed: its processes end with it, a child's child too; when it is back, its
# pods are told to be lost, and the job runs again.
# Alone: it takes the nodes from others.
case_run() {
    submit again "[ ! -e $TMP/second ] || exit 0
        sleep 600 &
        echo \$! >$TMP/child
        echo \$\$ >$TMP/pid
        wait" "requeue: true"
    wait_until 20 "the process runs" has_lines "$TMP/pid" 1
    expect_state again RUNNING
    local pod command
    pod=$(pods_of again)
    process_command "$STAND" nodes
    process_kill "$STAND" nodes
    wait_until 10 "the process has ended" process_ended "$TMP/pid"
    wait_until 10 "its child has ended" process_ended "$TMP/child"
    touch "$TMP/second"
    process_start "$STAND" nodes "${command[@]}"
    expect_state again COMPLETED 60
    expect "its restarts" "$(field again .status.restarts)" 1
    [[ $(pods_of again) != *"$pod"* ]] || fail "pod $pod ran twice"
}
