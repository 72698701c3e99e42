# The API server is killed in the middle of a gang's start, and again while a job runs, and started anew: each
# rank has run once, what ended meanwhile is told, and what is submitted then runs.
# Alone: it takes the server from others.
jobs_are_taken() {
    job probe true | k create --dry-run=server -f -
}

start_anew() {
    start_server
    # Definitions and policies come a little later.
    wait_until 30 "jobs are taken again" jobs_are_taken
}

kill_after_changes() { # COUNT
    watch_changes
    submit gang "sleep 1; echo \$SLURM_PROCID >>$TMP/done" "nodes: 4" "gpusPerNode: 8" "timeLimit: '5'"
    await_changes "$1"
    kill_server
    unwatch_changes "$1"
}

case_run() {
    local moment
    for moment in 3 8; do
        kill_after_changes "$moment"
        start_anew
        expect_state gang COMPLETED 90
        expect "ranks done, killed after change $moment," "$(sort "$TMP/done" | tr '\n' ' ')" "0 1 2 3 "
        k delete bj gang --timeout=30s >/dev/null
        rm "$TMP/done"
    done

    submit long "echo x >>$TMP/runs; until [ -e $TMP/go ]; do sleep 0.1; done; exit 7" "timeLimit: '5'"
    expect_state long RUNNING 60
    wait_until 60 "it runs" has_lines "$TMP/runs" 1
    kill_server
    touch "$TMP/go" # it ends while nobody can be told
    start_anew
    expect_state long FAILED 90
    expect "its exit code" "$(field long .status.exitCode)" 7:0
    expect "its runs" "$(wc -l <"$TMP/runs")" 1
    submit next true
    expect_state next COMPLETED 90
}
