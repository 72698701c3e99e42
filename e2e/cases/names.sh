# The ranks of a gang find each other by the names that they are given, and by their Service's; a
# process that listens on a pod's own address is reached by that pod's name.
case_run() {
    submit names "cd $TMP
        until [ \$(getent ahostsv4 \${MASTER_ADDR#*.} | awk '{print \$1}' | sort -u | wc -l) = 2 ]; do sleep 0.1; done
        until getent ahostsv4 \$MASTER_ADDR >/dev/null; do sleep 0.1; done
        getent ahostsv4 \$MASTER_ADDR | awk 'NR == 1 {print \$1}' >master.\$SLURM_PROCID
        uname -n >name.\$SLURM_PROCID
        grep -c \"\$(uname -n)\" /etc/hosts >own.\$SLURM_PROCID
        until [ -s own.0 -a -s own.1 ]; do sleep 0.1; done" \
        "nodes: 2"
    expect_state names COMPLETED
    local master
    master=$(k get pods -l gantry.dev/rank=0 -o 'jsonpath={.items[0].status.podIP}')
    expect "rank 0's address for rank 0" "$(cat "$TMP/master.0")" "$master"
    expect "rank 0's address for rank 1" "$(cat "$TMP/master.1")" "$master"
    expect "rank 1's host name" "$(cat "$TMP/name.1")" \
        "$(k get pods -l gantry.dev/rank=1 -o 'jsonpath={.items[0].spec.hostname}')"
    [[ ${master%%.*} == 127 && $master != 127.0.0.* ]] || fail "rank 0's address is $master"
}
