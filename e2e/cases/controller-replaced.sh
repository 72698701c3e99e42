# A newer controller is started while the old one is at work: it stands by. It takes over when the old one is
# asked to end, in the middle of a gang's start, and once more when it is killed; each rank has run once.
# Alone: it takes the controller from others.
start_next() { # PROCESS
    process_start "$STAND" "$1" "$BIN/gantry-controller" --kubeconfig "$STAND/gantry-controller.kubeconfig"
    wait_until 20 "$1 stands by" grep -q "stands by" "$STAND/log/$1.log"
}

some_pods() {
    [[ -n $(k get pods -o name) ]]
}

done_once() { # WHEN
    expect_state gang COMPLETED 90
    expect "ranks done, $1," "$(sort "$TMP/done" | tr '\n' ' ')" "0 1 2 3 "
    k delete bj gang --timeout=30s >/dev/null
    rm "$TMP/done"
}

begin_gang() {
    submit gang "sleep 1; echo \$SLURM_PROCID >>$TMP/done" "nodes: 4" "gpusPerNode: 8" "timeLimit: '5'"
    wait_until 20 "the start has begun" some_pods
}

put_back() {
    process_stop "$STAND" newer
    process_pid "$STAND" gantry-controller >/dev/null || start_controller
}

case_run() {
    trap put_back EXIT
    wait_until 30 "the controller leads" leads gantry-controller
    start_next newer
    begin_gang
    process_stop "$STAND" gantry-controller
    wait_until 10 "the newer one leads" leads newer
    done_once "the old one was asked to end"

    rm -f "$STAND/log/gantry-controller.log"
    start_next gantry-controller
    submit long "echo x >>$TMP/runs; until [ -e $TMP/go ]; do sleep 0.1; done" "timeLimit: '5'"
    expect_state long RUNNING
    begin_gang
    process_kill "$STAND" newer
    wait_until 10 "the other one leads" leads gantry-controller
    done_once "the newer one was killed"
    touch "$TMP/go"
    expect_state long COMPLETED
    expect "the runs of a job that ran all the time" "$(wc -l <"$TMP/runs")" 1
}
