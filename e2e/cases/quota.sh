# Two gangs of three, and a ResourceQuota that has room for one of them and a bit: one of them is
# created whole, the other after it; neither takes a part that the other needs.
case_run() {
    k apply -f - >/dev/null <<END
apiVersion: v1
kind: ResourceQuota
metadata: {name: pods}
spec: {hard: {pods: "4"}}
END
    [[ $SERVER == local ]] || wait_until 30 "the quota is counted" quota_counts
    local wait_for_go="until [ -e $TMP/go ]; do sleep 0.1; done"
    { job one "$wait_for_go" "nodes: 3"; echo ---; job two "$wait_for_go" "nodes: 3"; } |
        k apply -f - >/dev/null
    if [[ $SERVER == local ]]; then # it has quotas, and does not hold to them
        expect_state one RUNNING
        expect_state two RUNNING
    else
        wait_until 30 "one gang runs" one_runs
        expect "the attempt of the first" "$(attempt_of RUNNING)" 1
        wait_until 30 "the other is refused" other_is_refused
    fi
    touch "$TMP/go"
    expect_state one COMPLETED 90
    expect_state two COMPLETED 90
}

quota_counts() {
    [[ $(k get resourcequota pods -o 'jsonpath={.status.hard.pods}') == 4 ]]
}

one_runs() {
    (($(k get bj -o 'jsonpath={range .items[*]}{.status.state}{"\n"}{end}' | grep -c RUNNING) == 1))
}

attempt_of() { # STATE
    k get bj -o "jsonpath={.items[?(@.status.state=='$1')].status.attempt}"
}

other_is_refused() {
    k get bj -o 'jsonpath={.items[*].status.message}' | grep -q "exceeded quota"
}
