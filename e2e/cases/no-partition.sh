# A job that names a missing partition waits with reason PartitionConfig, and starts when the
# partition is there.
case_run() {
    submit lost true "partition: later"
    expect_reason lost PartitionConfig
    expect_text "the message" "$(field lost .status.message)" later
    no_pods || fail "a pending job has pods"
    define Partition later "nodes: n1"
    expect_state lost COMPLETED
    k delete partition later >/dev/null
}
