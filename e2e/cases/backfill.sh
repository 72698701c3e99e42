# A job too large to start now is promised a start; a short job slips in before it, a long one does not;
# the promise survives the controller's death and is kept.
# Alone: it fills the cluster.
case_run() {
    submit first "sleep 1000" "nodes: 2" "gpusPerNode: 8" "timeLimit: 30m"
    expect_state first RUNNING
    submit whole "true" "nodes: 4" "gpusPerNode: 8" "timeLimit: 10m"
    expect_reason whole Resources
    wait_until 10 "a promised start" promised whole
    local promise
    promise=$(field whole .status.plannedStartTime)

    submit short "sleep 2" "nodes: 2" "gpusPerNode: 8" "timeLimit: 5m"
    expect_state short RUNNING
    submit long "true" "nodes: 2" "gpusPerNode: 8" "timeLimit: 2h"
    expect_state short COMPLETED
    expect_reason long Priority

    process_kill "$STAND" gantry-controller
    start_controller
    act first Cancel
    expect_state whole COMPLETED
    expect_state long COMPLETED
    local began
    began=$(field whole .status.startTime)
    [[ ! $began > $promise ]] || fail "promised $promise, started $began"
}

promised() { # JOB
    [[ $(field "$1" .status.pending.promised) == true ]]
}
