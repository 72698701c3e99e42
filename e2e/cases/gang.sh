# A gang of four starts on four nodes; each rank knows its place and has a name in the job's
# Service; the job completes, and the Service goes.
case_run() {
    # No rank may end before all have begun, or the job would never complete.
    submit gang "echo rank \$SLURM_PROCID of \$SLURM_NTASKS on \$SLURMD_NODENAME
        touch $TMP/\$SLURM_PROCID
        until [ -e $TMP/0 -a -e $TMP/1 -a -e $TMP/2 -a -e $TMP/3 -a -e $TMP/go ]; do sleep 0.1; done" \
        "nodes: 4" "gpusPerNode: 1"
    expect_state gang RUNNING
    local service
    service=gantry-$(field gang .status.jobID)
    expect "rank 1's name" \
        "$(k get pods -l gantry.dev/rank=1 -o 'jsonpath={.items[0].spec.hostname}.{.items[0].spec.subdomain}')" \
        "gang-${service#gantry-}-1-1.$service"
    expect "the Service's selector" \
        "$(k get service "$service" -o 'jsonpath={.spec.clusterIP} {.spec.selector}')" \
        "None {\"gantry.dev/job-uid\":\"$(field gang .metadata.uid)\"}"
    touch "$TMP/go"
    expect_state gang COMPLETED
    wait_until 10 "the Service is gone" no_service "$service"
    expect "the exit code" "$(field gang .status.exitCode)" 0:0
    expect "what it holds" \
        "$(field gang .status.numNodes) $(field gang .status.numGPUs)" "4 4"
    expect "the partition" "$(field gang .status.partition)" main
    expect "the node list" "$(field gang .status.nodeList)" "n[1-4]"
    local said
    said=$(cat "$STAND"/nodes/logs/"${NS}"_*/main.log | sort | tr '\n' ';')
    expect "the logs" "$said" "$(printf 'rank %d of 4 on n%d;' 0 1 1 2 2 3 3 4)"
}

no_service() { # NAME
    ! k get service "$1" >/dev/null 2>&1
}
