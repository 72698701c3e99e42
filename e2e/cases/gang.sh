# A gang of four starts on four nodes; each rank knows its place; the job completes.
case_run() {
    # No rank may end before all have begun, or the job would never complete.
    submit gang "echo rank \$SLURM_PROCID of \$SLURM_NTASKS on \$SLURMD_NODENAME
        touch $TMP/\$SLURM_PROCID
        until [ -e $TMP/0 -a -e $TMP/1 -a -e $TMP/2 -a -e $TMP/3 ]; do sleep 0.1; done" \
        "nodes: 4" "gpusPerNode: 1"
    expect_state gang COMPLETED
    expect "the exit code" "$(field gang .status.exitCode)" 0:0
    expect "what it holds" \
        "$(field gang .status.numNodes) $(field gang .status.numGPUs)" "4 4"
    expect "the partition" "$(field gang .status.partition)" main
    expect "the node list" "$(field gang .status.nodeList)" "n[1-4]"
    local said
    said=$(cat "$STAND"/nodes/logs/"${NS}"_*/main.log | sort | tr '\n' ';')
    expect "the logs" "$said" "$(printf 'rank %d of 4 on n%d;' 0 1 1 2 2 3 3 4)"
}
