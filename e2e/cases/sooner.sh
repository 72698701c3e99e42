# Alone: it takes all nodes but one.
# A pending job is told with which time limit, or on how many nodes, it would start now, and
# whose end it waits for; the one that takes the hint starts.
case_run() {
    submit busy "until [ -e $TMP/go ]; do sleep 0.1; done" \
        "nodes: 3" "exclusive: true" "timeLimit: '60'"
    expect_state busy RUNNING
    submit big true "nodes: 4" "timeLimit: '60'" "exclusive: true"
    expect_reason big Resources
    wait_until 30 "big is told how many nodes it could have" is_told big .nodes
    expect "nodes for the big one" "$(field big .status.pending.sooner.nodes)" 1
    expect "whose end it waits for" "$(field big .status.pending.ahead.frees)" "$(field busy .status.jobID)"
    submit long true "timeLimit: '600'" "exclusive: true"
    wait_until 30 "the long one is told a limit" is_told long .timeLimit
    limit=$(field long .status.pending.sooner.timeLimit)
    expect_text "the sentence" "$(field long .status.message)" "would start now with a time limit of $limit"
    slurm scontrol update jobid="$(field long .status.jobID)" timelimit="$limit"
    expect_state long COMPLETED
    expect "what is left of the wait" "$(field long .status.pending)" ""
    touch "$TMP/go"
    expect_state big COMPLETED
}

is_told() { # JOB FIELD
    [[ -n $(field "$1" ".status.pending.sooner$2") ]]
}
