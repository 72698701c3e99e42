# A gang larger than any partition can never start: BadConstraints, and others go on. It waits in the
# default partition, and is shown so.
case_run() {
    submit many true "nodes: 5"
    submit wide true "gpusPerNode: 9"
    submit other true "gpusPerNode: a100:1"
    submit fits true
    expect_state fits COMPLETED
    expect_reason many BadConstraints
    expect_text "its line" "$(k get bj many -o wide --no-headers | tr -s " ")" " main "
    expect_reason wide BadConstraints
    expect_reason other BadConstraints
}
