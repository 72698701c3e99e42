# Alone: the controller is another one meanwhile, and all nodes are taken.
# What a controller saves at SIGUSR1 gantry-sim decides from as the controller did, job by job, and
# replays with other settings; a controller without --snapshot says that it writes none.
case_run() {
    local saved=$TMP/saved log=$STAND/log/gantry-controller.log
    process_pid "$STAND" gantry-controller | xargs kill -USR1
    wait_until 30 "no snapshot" grep -q "no snapshot is written: --snapshot names no file" "$log"
    process_stop "$STAND" gantry-controller
    start_controller --snapshot "$saved"
    submit busy "until [ -e $TMP/go ]; do sleep 0.1; done" \
        "nodes: 4" "exclusive: true" "timeLimit: '60'"
    expect_state busy RUNNING
    submit first true "nodes: 2" "gpusPerNode: 8" "timeLimit: '60'"
    submit never true "constraint: nosuch"
    expect_reason never BadConstraints
    k wait bj/first --for=condition=Planned --timeout=30s >/dev/null || fail "first is not planned"
    process_pid "$STAND" gantry-controller | xargs kill -USR1
    wait_until 30 "the snapshot" grep -q "snapshot written to $saved" "$log"
    "$BIN/gantry-sim" --snapshot "$saved" --json >"$TMP/decided" || fail "gantry-sim fails"
    expect "its planned start" "$(decided first plannedStart)" "$(field first .status.plannedStartTime)"
    expect "its reason" "$(decided first reason)" "$(field first .status.reason)"
    expect "its priority" "$(decided first priority)" "$(field first .status.priority)"
    expect "the other's reason" "$(decided never reason)" BadConstraints
    printf 'priorityWeightPartition: 7000\n' >"$TMP/next.yaml"
    "$BIN/gantry-sim" --snapshot "$saved" -c "$TMP/next.yaml" --json >"$TMP/decided" || fail "gantry-sim fails"
    expect "its priority with other settings" "$(decided first priority)" \
        $(($(field first .status.priority) + 6000))
    "$BIN/gantry-sim" --snapshot "$saved" --replay >"$TMP/replayed" 2>&1 || fail "gantry-sim fails"
    grep -q "^completed .* 2$" "$TMP/replayed" || fail "$(cat "$TMP/replayed")"
    act never Cancel
    touch "$TMP/go"
    expect_state first COMPLETED
    process_stop "$STAND" gantry-controller
    start_controller
}

decided() { # JOB FIELD; of its decision, without quotes
    sed 's/{"job":/\n&/g' "$TMP/decided" | grep "\"name\":\"[^\"]*/$1\"" |
        grep -o "\"$2\":[^,}]*" | head -n 1 | cut -d: -f2- | tr -d '"'
}
