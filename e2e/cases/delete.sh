# kubectl delete of a running job ends its processes and removes its pods and itself.
case_run() {
    submit gone "echo \$\$ >$TMP/\$SLURM_PROCID.new; mv $TMP/\$SLURM_PROCID.new $TMP/\$SLURM_PROCID
        exec sleep 1000" "nodes: 2"
    expect_state gone RUNNING
    wait_until 10 "the processes begin" test -f "$TMP/0" -a -f "$TMP/1"
    k delete bj gone --timeout=30s >/dev/null
    wait_until 10 "its pods are gone" no_pods
    process_ended "$TMP/0" && process_ended "$TMP/1" || fail "a process outlived the job"
}
