# A gang larger than any partition can never start: BadConstraints, and others go on.
case_run() {
    submit many true "nodes: 5"
    submit wide true "gpusPerNode: 9"
    submit other true "gpusPerNode: a100:1"
    submit fits true
    expect_state fits COMPLETED
    expect_reason many BadConstraints
    expect_reason wide BadConstraints
    expect_reason other BadConstraints
}
