# An action Cancel ends a running job as CANCELLED and its processes with it; the object stays.
# A pending job is cancelled likewise.
case_run() {
    submit run "echo \$\$ >$TMP/pid.new; mv $TMP/pid.new $TMP/pid; exec sleep 1000"
    expect_state run RUNNING
    wait_until 10 "the process begins" test -f "$TMP/pid"
    process_lives "$TMP/pid"
    act run Cancel
    expect_state run CANCELLED
    wait_until 10 "the process ends" process_ended "$TMP/pid"
    expect "the last action" "$(field run .status.lastAction.id)" 1

    submit wait "true" "nodes: 4" "gpusPerNode: 8" "partition: absent"
    expect_reason wait PartitionConfig
    act wait Cancel
    expect_state wait CANCELLED
}
