# A namespace is deleted under a job that waits and one that runs: it goes, with all that was theirs, their
# processes end, the nodes are free again, and their ids are nobody's ever after.
space_job() { # NAME COMMAND [LINE...]
    job "$@" | k -n "$space" apply -f - >/dev/null
}

is_in() { # JOB STATE
    [[ $(k -n "$space" get bj "$1" -o 'jsonpath={.status.state}') == "$2" ]]
}

is_gone() {
    [[ -z $(k get namespace "$space" -o name --ignore-not-found) ]]
}

id_in() { # JOB
    k -n "$space" get bj "$1" -o 'jsonpath={.status.jobID}'
}

case_run() {
    local space=$NS-deleted last
    k create -f - >/dev/null <<<"{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"$space\"}}"
    space_job runs "echo \$\$ >$TMP/pid.\$SLURM_PROCID; sleep 1000" "nodes: 2"
    space_job waits true "nodes: 90"
    wait_until 30 "one runs" is_in runs RUNNING
    wait_until 30 "one waits" is_in waits PENDING
    wait_until 20 "its processes run" has_lines "$TMP/pid.1" 1
    last=$(id_in waits)
    (($(id_in runs) < last)) || last=$(id_in runs)
    k delete namespace "$space" --wait=false >/dev/null
    wait_until 90 "the namespace is gone" is_gone
    wait_until 20 "rank 0 has ended" process_ended "$TMP/pid.0"
    wait_until 20 "rank 1 has ended" process_ended "$TMP/pid.1"
    expect "what is left" "$(k get bj,pods,services,configmaps -A --no-headers 2>/dev/null | grep -c "^$space " || true)" 0

    submit next "exit 4" "nodes: 4"
    expect_state next FAILED
    (($(field next .status.jobID) > last)) || fail "job id $(field next .status.jobID) was given out before"
}
