# The controller is killed at several moments of a gang's start; when it is back, the job
# completes and each rank has run to its end once.
# Alone: it takes the controller from others.

# The moment is a number of changes to the jobs and pods of the namespace, as watches show them.
kill_after_changes() { # COUNT
    local seen=0 watches=() kind
    mkfifo "$TMP/changes"
    exec 5<>"$TMP/changes"
    rm "$TMP/changes"
    for kind in bj pods; do
        "${kubectl[@]}" get "$kind" --watch --output-watch-events --no-headers >&5 2>/dev/null &
        watches+=($!)
    done
    submit gang "sleep 1; echo \$SLURM_PROCID >>$TMP/done" "nodes: 4" "gpusPerNode: 8" &
    local submitting=$!
    while ((seen < $1)) && read -r -t 20 -u 5 _; do
        seen=$((seen + 1))
    done
    process_kill "$STAND" gantry-controller
    kill "${watches[@]}"
    wait "${watches[@]}" 2>/dev/null || true
    exec 5<&-
    wait "$submitting"
    ((seen == $1)) || fail "only $seen changes of $1 came"
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
