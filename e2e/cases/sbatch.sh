# Slurm's commands against the cluster: a script with lines and arguments, a long one in a ConfigMap that
# goes with its job, an exit code waited for, a cancellation, a log that is followed.
own() { # COMMAND...: of gantry
    (cd "$TMP" && "$BIN/gantry" "$1" --kubeconfig "$STAND/kubeconfig" --namespace "$NS" "${@:2}")
}

by_id() { # ID: the job's name
    k get bj -o "jsonpath={.items[?(@.status.jobID==$1)].metadata.name}"
}

runs_scripts() {
    local id
    greet() { echo "greeted, $1"; }
    export -f greet # variables with such names and values go along too
    printf '#!/bin/bash\n#SBATCH --time=5 -o out-%%j\necho "$(greet $1) $COLOUR $(basename $PWD)"\nexit 3\n' >"$TMP/job.sh"
    id=$(COLOUR='$(blue)' slurm sbatch --parsable -W "$TMP/job.sh" a) && fail "the job's code was lost"
    expect "the output" "$(cat "$TMP/out-$id")" "greeted, a \$(blue) $(basename "$TMP")"
    expect "the log" "$(own logs "$id")" "greeted, a \$(blue) $(basename "$TMP")"
    expect "the code" "$(field "$(by_id "$id")" .status.exitCode)" 3:0
}

is_gone() { # CONFIGMAP
    [[ $(k get cm "$1" -o name --ignore-not-found) == "" ]]
}

runs_long_scripts() {
    local id map
    {
        printf '#!/bin/sh\n#SBATCH -J long\n'
        seq -f '# %g' 2000
        echo 'echo long'
    } >"$TMP/long.sh"
    id=$(slurm sbatch --parsable -W -o /dev/null "$TMP/long.sh") || fail "a long script failed"
    map=$(field "$(by_id "$id")" .spec.scriptFrom.configMapKeyRef.name)
    expect "who owns the script" "$(k get cm "$map" -o 'jsonpath={.metadata.ownerReferences[*].name}')" "$(by_id "$id")"
    k delete bj "$(by_id "$id")" >/dev/null
    until_true 30 is_gone "$map" || fail "the script outlived its job"
}

follows_logs() {
    local id
    id=$(slurm sbatch --parsable -J told -o /nosuch/x --wrap "echo begun; until [ -e $TMP/go ]; do sleep 0.1; done; echo over")
    own logs -f "$id" >"$TMP/followed" &
    local follower=$!
    until_true 20 grep -q begun "$TMP/followed" || fail "nothing was followed"
    touch "$TMP/go"
    wait $follower || fail "gantry logs -f failed"
    expect "what was followed" "$(cat "$TMP/followed")" \
        $'gantry-launch: this node has no directory for /nosuch/x: see this log\nbegun\nover'
}

cancels() {
    local id
    id=$(slurm sbatch --parsable -J endless --wrap "sleep 1000")
    expect_state "$(by_id "$id")" RUNNING
    expect "squeue" "$(slurm squeue -h -o '%i %t %j' -j "$id")" "$id R endless"
    slurm scancel "$id"
    expect_state "$(by_id "$id")" CANCELLED
    expect "cancelling it again" "$(slurm scancel "$id" 2>&1 || true)" \
        "scancel: error: Kill job error on job id $id: Job/step already completing or completed"
}

refuses() {
    expect "an unknown partition" "$(slurm sbatch -p nosuch --wrap x 2>&1 || true)" \
        'sbatch: error: Batch job submission failed: Invalid partition name specified: there is no partition "nosuch"'
    expect "what Gantry does not do" "$(slurm sbatch --batch=x --wrap x 2>&1 || true)" \
        "sbatch: error: --batch is not supported: nodes are chosen by Gantry's own rules"
    expect "what the controller refuses" "$(slurm sbatch --mem=0 --wrap x 2>&1 || true)" \
        "sbatch: error: Batch job submission failed: --mem: 0 (all of a node's memory) is not supported yet; name an amount"
    expect "what is left of them" "$(k get bj -o name | grep wrap || true)" ""
}

case_run() {
    printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: "1"}\n' >"$TMP/a.yaml"
    expect "apply" "$(own apply -f "$TMP/a.yaml")" "configmap/a created"
    expect "apply again" "$(own apply -f "$TMP/a.yaml")" "configmap/a unchanged"
    runs_scripts
    runs_long_scripts
    follows_logs
    refuses
    cancels
}
