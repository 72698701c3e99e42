# An action Requeue ends a running job's attempt, and the job runs once more under its id.
case_run() {
    submit again "echo x >>$TMP/runs
        [ \$SLURM_RESTART_COUNT -gt 0 ] || exec sleep 1000" "nodes: 2"
    expect_state again RUNNING
    wait_until 10 "two ranks begin" has_lines "$TMP/runs" 2
    local id
    id=$(field again .status.jobID)
    act again Requeue
    expect_state again COMPLETED 60
    expect "the number of restarts" "$(field again .status.restarts)" 1
    expect "the attempt" "$(field again .status.attempt)" 2
    expect "the id" "$(field again .status.jobID)" "$id"
    expect "the number of ranks that ran" "$(wc -l <"$TMP/runs")" 4
}
