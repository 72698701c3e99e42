# squeue, sinfo and scontrol show jobs and nodes by listing them; a user who may list only
# the jobs of a namespace sees those.
gantry() { # COMMAND [OPTION...]
    "$BIN/gantry" "$1" --kubeconfig "$STAND/kubeconfig" "${@:2}"
}

# What the server's table tells; nice (%y) is not in it.
TOLD='%i|%P|%j|%u|%T|%D|%l|%S|%e|%V|%C|%N|%R|%Q|%Y|%a|%q'

columns() { # of one job
    gantry squeue -h -j "$(field "$1" .status.jobID)" -t all -o '%i %P %j %T %D %R'
}

alice_may_list_jobs() {
    k create role lister --verb=list --resource=batchjobs.gantry.dev
    k create rolebinding lister --role=lister --user=alice
}

alice_sees() {
    gantry squeue --context alice --namespace "$NS" -h -o %j
}

case_run() {
    local id node
    submit long "until [ -e $TMP/go ]; do sleep 0.1; done" "timeLimit: '60'" "gpusPerNode: 1"
    expect_state long RUNNING
    submit short "exit 3" "timeLimit: '60'"
    expect_state short FAILED
    submit never true "nodes: 90" "timeLimit: '60'"
    wait_until 30 "never waits" eval '[[ $(field never .status.state) == PENDING ]]'
    id=$(field long .status.jobID) node=$(field long .status.nodeList)
    expect "the running job" "$(columns long)" "$id main long RUNNING 1 $node"
    expect "the failed job" "$(columns short)" \
        "$(field short .status.jobID) main short FAILED 1 (NonZeroExitCode)"
    expect "the pending job" "$(columns never)" \
        "$(field never .status.jobID) main never PENDING 90 ($(field never .status.reason))"
    expect "the same of whole objects" \
        "$(gantry squeue --namespace "$NS" -h -t all -S i -o "$TOLD|%y" | sed 's/|0$//')" \
        "$(gantry squeue --namespace "$NS" -h -t all -S i -o "$TOLD")"
    expect "what is not finished" "$(gantry squeue --namespace "$NS" -h -o %j -S j)" "long
never"
    expect "what has failed" "$(gantry squeue --namespace "$NS" -h -o %j -t F)" short
    expect "a job that is not there" "$(gantry squeue -j 999999999 2>&1 || echo $?)" \
        "slurm_load_jobs error: Invalid job id specified
1"
    # Jobs of other cases may be planned on the node (mix-), or end there (mix+).
    expect "the node" "$(gantry sinfo -h -N -n "$node" -p main -o '%N %t' | sed 's/[-+]$//')" "$node mix"
    expect "its GPUs" "$(gantry sinfo -h -n "$node" -p main -O gresused:12 | tr -d ' ' | cut -d: -f1,2)" gpu:h100
    expect_text "the record" "$(gantry scontrol show job "$id")" "JobState=RUNNING Reason=None"
    gantry scontrol update JobId="$id" Comment=new
    expect "the comment" "$(field long .spec.comment)" new
    if [[ $SERVER == real ]]; then
        alice_may_list_jobs >/dev/null
        expect "what alice sees" "$(alice_sees)" "$(gantry squeue --namespace "$NS" -h -o %j)"
    fi
    touch "$TMP/go"
    expect_state long COMPLETED
}
