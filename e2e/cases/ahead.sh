# Alone: it takes all nodes, and counts who waits for them.
# A pending job says who is ahead of it, how many GPUs they ask for and when it is planned to
# start; the terms of its priority add up.
case_run() {
    submit busy "until [ -e $TMP/go ]; do sleep 0.1; done" \
        "nodes: 4" "exclusive: true" "timeLimit: '60'"
    expect_state busy RUNNING
    submit first true "nodes: 2" "gpusPerNode: 8" "timeLimit: '60'"
    expect_reason first Resources
    submit second true "timeLimit: '60'"
    k wait bj/second --for=condition=Planned --timeout=30s >/dev/null || fail "second is not planned"
    expect "ahead of the first" "$(field first .status.pending.ahead.jobs)" 0
    expect "ahead of the second" "$(field second .status.pending.ahead.jobs)" 1
    expect "their GPUs" "$(field second .status.pending.ahead.gpus)" 16
    expect "the next" "$(field second .status.pending.ahead.next)" "$(field first .status.jobID)"
    expect_text "the sentence" "$(field second .status.message)" \
        "1 job with 16 GPUs ahead; planned start $(field second .status.plannedStartTime)"
    expect "the term of the partition" "$(field second .status.priorityFactors.partition)" 1000
    act first Cancel
    expect_state first CANCELLED
    wait_until 30 "nobody is ahead any more" is_first second
    touch "$TMP/go"
    expect_state second COMPLETED
    expect "what is left of the wait" "$(field second .status.pending)" ""
}

is_first() { # JOB
    [[ $(field "$1" .status.pending.ahead.jobs) == 0 ]]
}
