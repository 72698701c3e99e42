# The queue in the user's hands: held, released (from when on a job is eligible), changed and requeued by
# scontrol, cancelled by name, state and user by scancel; sinfo and scontrol show partition and nodes.
slurm() { # COMMAND...
    "$BIN/$1" --kubeconfig "$STAND/kubeconfig" "${@:2}"
}
id_of() { field "$1" .status.jobID; }

holds_and_releases() {
    submit held true "hold: User" "timeLimit: '5'"
    expect_reason held JobHeldUser
    expect "squeue" "$(slurm squeue -h -j "$(id_of held)" -o '%t %r')" "PD JobHeldUser"
    slurm scontrol release "$(id_of held)"
    expect_state held COMPLETED
    submit later true "nodes: 90" "timeLimit: '5'" # waits whatever happens
    expect_state later PENDING
    slurm scontrol hold "$(id_of later)"
    expect_reason later JobHeldUser
    expect "no pod of a held job" "$(pods_of later)" ""
}

is_eligible() { [[ -n "$(field "$1" .status.eligibleTime)" ]]; }
record_of() { slurm scontrol show job "$(id_of "$1")"; }

# From which its age counts.
is_eligible_from_its_release() {
    local released since
    expect_text "a held job" "$(record_of later)" "EligibleTime=Unknown"
    released=$(date -u +%FT%TZ)
    slurm scontrol release "$(id_of later)"
    wait_until 20 "it is eligible" is_eligible later
    since=$(field later .status.eligibleTime)
    expect "before its release" "$([[ $since < $released ]] && echo "$since")" ""
    expect_text "a released one" "$(record_of later)" "EligibleTime=$(date -d "$since" +%FT%T)"
}

changes() {
    slurm scontrol update JobId="$(id_of later)" TimeLimit=10 Nice=7 Comment=mine
    expect "the limit" "$(field later .spec.timeLimit)" "10"
    expect_text "the record" "$(slurm scontrol show job "$(id_of later)")" "TimeLimit=00:10:00"
    expect_text "the record" "$(slurm scontrol show job "$(id_of later)")" "Nice=7"
    slurm scontrol update JobId="$(id_of later)" NumNodes=80
    expect "the nodes" "$(field later .spec.nodes)" 80
}

requeues() {
    submit again "echo x >>$TMP/runs
        [ \$SLURM_RESTART_COUNT -gt 0 ] || exec sleep 1000" "timeLimit: '5'"
    wait_until 20 "it runs" has_lines "$TMP/runs" 1
    expect_state again RUNNING
    slurm scontrol requeue "$(id_of again)"
    expect_state again COMPLETED 60
    expect "its restarts" "$(field again .status.restarts)" 1
    expect "its runs" "$(wc -l <"$TMP/runs")" 2
    slurm scontrol requeue "$(id_of again)" # one that has ended, too
    wait_until 30 "it has run a third time" has_lines "$TMP/runs" 3
    expect_state again COMPLETED
}

cancels() {
    submit a "sleep 1000" "timeLimit: '5'"
    submit b "sleep 1000" "timeLimit: '5'" "jobName: other"
    expect_state a RUNNING
    expect_state b RUNNING
    expect "changing one that runs" "$(slurm scontrol update JobId="$(id_of a)" NumNodes=2 2>&1 || true)" \
        "Job is no longer pending execution for job $(id_of a)"
    slurm scancel --namespace "$NS" --name=other
    expect_state b CANCELLED
    expect "the other one" "$(field a .status.state)" RUNNING
    slurm scancel --namespace "$NS" --state=PENDING --user="$(field later .spec.user)"
    expect_state later CANCELLED
    expect "the one that runs" "$(field a .status.state)" RUNNING
    slurm scancel "$(id_of a)"
    expect_state a CANCELLED
    wait_until 20 "the pods are gone" no_live_pods
}

no_live_pods() {
    [[ -z $(k get pods -o name --field-selector=status.phase=Running) ]]
}

shows() {
    expect "the partition" "$(slurm sinfo -h -p main -o '%R %a %D' | sort -u | head -n 1)" "main up 4"
    expect_text "the partition's record" "$(slurm scontrol show partition main)" "PartitionName=main"
    expect_text "the node's record" "$(slurm scontrol show node n2)" "Gres=gpu:h100:8"
}

case_run() {
    holds_and_releases
    is_eligible_from_its_release
    changes
    requeues
    cancels
    shows
}
