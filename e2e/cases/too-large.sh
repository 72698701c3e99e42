# A gang that no node can hold never starts: BadConstraints; one of more nodes than there are waits for
# a larger partition, as in Slurm. Others go on. It waits in the default partition, and is shown so.
case_run() {
    submit many true "nodes: 5"
    submit wide true "gpusPerNode: 9"
    submit other true "gpusPerNode: a100:1"
    submit fits true
    expect_state fits COMPLETED
    expect_reason many PartitionNodeLimit
    expect_text "its line" "$(k get bj many -o wide --no-headers | tr -s " ")" " main "
    expect_reason wide BadConstraints
    expect_reason other BadConstraints
}
