# The controller is killed at several moments of a gang's start; when it is back, the job
# completes and each rank has run to its end once.
# Alone: it takes the controller from others.

kill_after_changes() { # COUNT
    watch_changes
    submit gang "sleep 1; echo \$SLURM_PROCID >>$TMP/done" "nodes: 4" "gpusPerNode: 8" &
    local submitting=$!
    await_changes "$1"
    process_kill "$STAND" gantry-controller
    unwatch_changes "$1"
    wait "$submitting"
}

case_run() {
    local moment
    for moment in 1 2 3 4 6 9 12; do
        kill_after_changes "$moment"
        start_controller
        expect_state gang COMPLETED 60
        expect "ranks done, killed after change $moment," \
            "$(sort "$TMP/done" | tr '\n' ' ')" "0 1 2 3 "
        k delete bj gang --timeout=30s >/dev/null
        wait_until 20 "the pods are gone" no_pods
        rm "$TMP/done"
    done
}
