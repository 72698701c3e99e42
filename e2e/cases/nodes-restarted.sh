# The nodes are asked to end while a gang runs, and started again: its ranks are asked to end, and it runs once
# more, whole, under its id; a job that waited starts.
# Alone: it takes the nodes from others.
case_run() {
    submit gang "trap 'echo asked >>$TMP/asked; exit 1' TERM
        [ \${SLURM_RESTART_COUNT:-0} = 0 ] || { echo \$SLURM_PROCID >>$TMP/done; exit 0; }
        echo \$SLURM_PROCID >>$TMP/begun
        while :; do sleep 0.1; done" "nodes: 4" "gpusPerNode: 8" "requeue: true" "timeLimit: '5'"
    submit waits true "nodes: 4" "gpusPerNode: 8" "timeLimit: '5'"
    wait_until 30 "four ranks begin" has_lines "$TMP/begun" 4
    expect_state gang RUNNING
    local id command
    id=$(field gang .status.jobID)
    process_command "$STAND" nodes
    process_stop "$STAND" nodes 20
    expect "ranks that were asked to end" "$(wc -l <"$TMP/asked")" 4
    process_start "$STAND" nodes "${command[@]}"
    expect_state gang COMPLETED 90
    expect "its ranks" "$(sort "$TMP/done" | tr '\n' ' ')" "0 1 2 3 "
    expect "its restarts" "$(field gang .status.restarts)" 1
    expect "its id" "$(field gang .status.jobID)" "$id"
    expect_state waits COMPLETED 60
}
