# The controller is replaced by another build in the middle of a gang's start, from the one of some time ago to
# this one and back: what the other has written (status, pods, Service, Lease, job ids) is understood, each rank
# has run once, and no job id comes twice.
# Alone: it takes the controller from others.
ago=8 # changes of the controller

sources=$kit/..

# Leaves in `older` the folder with that program; fails where there is no history.
build_older() {
    local commit
    commit=$(git -C "$sources" rev-list --first-parent HEAD -- cmd/gantry-controller 2>/dev/null | sed -n ${ago}p)
    [[ $commit ]] || return 1
    older=$TMP/older
    mkdir "$older"
    git -C "$sources" archive "$commit" | tar -x -C "$older" || return 1
    # Quick to build: without what the controller is not linked with, and optimised less.
    env -u MAKEFLAGS -u MAKELEVEL -u BUILD make -s -C "$older" -j2 FLAGS_rel=-O1 \
        LIB_DIRS="cmd/gantry-controller kubeclient crds scheduler base" build/bin/gantry-controller >"$TMP/make" 2>&1 ||
        fail "commit $commit cannot be built: $(tail -n 3 "$TMP/make")"
}

start_one() { # older or newer, under that name
    local program=$BIN/gantry-controller
    [[ $1 == newer ]] || program=$older/build/bin/gantry-controller
    process_start "$STAND" "$1" "$program" --kubeconfig "$STAND/gantry-controller.kubeconfig"
}

# From one to the other after that many changes of jobs and pods.
replaced() { # FROM TO CHANGES stop|kill
    local name=gang-$3-$1 id
    start_one "$1"
    wait_until 40 "the $1 build leads" leads "$1"
    watch_changes
    submit "$name" "sleep 1; echo \$SLURM_PROCID >>$TMP/$name" "nodes: 4" "gpusPerNode: 8" "timeLimit: '5'"
    await_changes "$3"
    start_one "$2"
    "process_$4" "$STAND" "$1"
    unwatch_changes "$3"
    expect_state "$name" COMPLETED 90
    expect "ranks done, $1 to $2 after change $3," "$(sort "$TMP/$name" | tr '\n' ' ')" "0 1 2 3 "
    id=$(field "$name" .status.jobID)
    [[ " $ids " != *" $id "* ]] || fail "job id $id came twice"
    ids+=" $id"
    # A job whole under the one that took over; its end cleans up what the other made.
    k delete bj "$name" --timeout=30s >/dev/null
    wait_until 20 "pods of $name are gone" no_pods
    process_stop "$STAND" "$2"
}

put_back() {
    process_stop "$STAND" older
    process_stop "$STAND" newer
    process_pid "$STAND" gantry-controller >/dev/null || start_controller
}

case_run() {
    local older ids="" moment
    build_older || { echo "skipped: no history to build an older controller from"; return 0; }
    cmp -s "$older/build/bin/gantry-controller" "$BIN/gantry-controller" && fail "both builds are the same"
    trap put_back EXIT
    process_stop "$STAND" gantry-controller
    for moment in 1 3 6 9; do
        replaced older newer $moment stop
    done
    replaced older newer 5 kill
    replaced newer older 3 stop
    replaced newer older 8 kill
}
