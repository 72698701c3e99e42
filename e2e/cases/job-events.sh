# What becomes of a job stands in its events: kubectl describe and kubectl events show them. Of jobs that wait, only
# those that can never start have any.
case_run() {
    submit good "exit 0" "nodes: 2"
    submit bad "exit 3"
    submit never true "gpusPerNode: 9"
    submit held true "hold: User"
    expect_state good COMPLETED
    expect_state bad FAILED
    expect_reason never BadConstraints
    expect_reason held JobHeldUser
    wait_until 30 "events of the good job" told good "Started Completed"
    wait_until 30 "events of the bad job" told bad "Started NonZeroExitCode"
    wait_until 30 "events of the one that fits nowhere" told never BadConstraints
    told held "" || fail "the held job has events: $(k events --for batchjob/held)"
    local id described
    id=$(field good .status.jobID)
    described=$(k describe bj good)
    shows "$described" "Normal +Started +[0-9]+s +gantry-controller +job $id runs in partition main, on n\[[0-9]-[0-9]\]"
    shows "$described" "Normal +Completed +[0-9]+s +gantry-controller +COMPLETED after 00:00:[0-9]+, exit code 0:0"
    shows "$(k events --for batchjob/bad --types=Warning --no-headers)" \
        "Warning +NonZeroExitCode +BatchJob/bad +FAILED after 00:00:[0-9]+, exit code 3:0: NonZeroExitCode"
    shows "$(k events --for batchjob/never --no-headers)" \
        "Warning +BadConstraints +BatchJob/never +needs 1 node with .*nvidia.com/gpu=9"
    k patch bj never --type=merge -p '{"spec":{"hold":"User"}}' >/dev/null
    expect_reason never JobHeldUser
    k patch bj never --type=merge -p '{"spec":{"hold":null}}' >/dev/null
    expect_reason never BadConstraints
    wait_until 30 "one event of both times" counted never 2
    shows "$(k events --for batchjob/never --no-headers)" "\(x2 over [0-9]+s\) +Warning +BadConstraints"
    act good Requeue
    expect_state good COMPLETED 60
    wait_until 30 "events of its second run" told good "Started Completed Requeued Started Completed"
}

told() { # JOB REASONS, in order
    [[ $(k events --for "batchjob/$1" -o 'jsonpath={.items[*].reason}') == "$2" ]]
}

counted() { # JOB TIMES, of its only event
    [[ $(k get events.events.k8s.io --field-selector "regarding.name=$1" -o 'jsonpath={.items[*].series.count}') == "$2" ]]
}

shows() { # TEXT PATTERN
    grep -qE "$2" <<<"$1" || fail "no \"$2\" in: $1"
}
