# A partition in DRAIN takes no new jobs of kubectl either, but starts what it has queued; a job
# that came too late waits with PartitionInactive, and is told. A new controller sees it so, too.
case_run() {
    partition DOWN
    submit queued "sleep 0.1" "partition: draining"
    expect_reason queued PartitionDown
    partition DRAIN
    expect_state queued COMPLETED # so the controller knows of DRAIN
    submit late true "partition: draining"
    expect_reason late PartitionInactive
    expect "the condition" "$(accepted late)" "False PartitionInactive"
    expect_text "the message" "$(field late .status.message)" \
        "Required partition not available (inactive or drain): draining is in state DRAIN"
    refused "Required partition not available (inactive or drain): draining" \
        slurm sbatch -p draining --wrap true
    expect_text "what squeue says" "$(slurm squeue -h -o '%j %r')" "late PartitionInactive"
    [[ -z $(pods_of late) ]] || fail "a job that was not taken in has pods"
    partition INACTIVE
    submit later true "partition: draining"
    expect_reason later PartitionInactive
    partition UP
    expect_state late COMPLETED
    expect_state later COMPLETED
    expect "the condition" "$(accepted late)" "True Accepted"
    # Idle once no job of the cases beside this one is on n1.
    until_true 120 partition_says '{.status.nodes} {.status.nodeCount} {.status.nodeStates.idle}' "n1 1 1" ||
        fail "the partition's status: $(k get partition draining -o 'jsonpath={.status}')"
    k delete partition draining >/dev/null
}

accepted() { # JOB
    field "$1" '.status.conditions[?(@.type=="Accepted")].status'
    echo -n " "
    field "$1" '.status.conditions[?(@.type=="Accepted")].reason'
}

partition_says() { # JSONPATH TEXT
    [[ $(k get partition draining -o "jsonpath=$1") == "$2" ]]
}

partition() { # STATE
    define Partition draining "nodes: n1, state: $1"
}
