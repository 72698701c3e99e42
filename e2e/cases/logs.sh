# kubectl logs follows a job while it writes, up to its end; a node that died is named in the API
# server's words; nobody but the API server may ask a node.
node_program() { # of the case's own, in the background
    local client_ca=()
    [[ $SERVER != real ]] || client_ca=(--client-ca "$STAND/pki/kubelet-client.crt")
    process_start "$TMP" node "$BIN/gantry-local" node --kubeconfig "$STAND/gantry-node.kubeconfig" \
        --name mortal --dir "$TMP/node" "${client_ca[@]}"
}

follows() {
    submit told "echo begun; until [ -e $TMP/go ]; do sleep 0.1; done; echo done"
    expect_state told RUNNING
    k logs -f -l gantry.dev/rank=0 >"$TMP/followed" &
    local follower=$!
    until_true 20 grep -q begun "$TMP/followed" || fail "nothing was followed"
    expect "what was followed so far" "$(cat "$TMP/followed")" begun
    touch "$TMP/go"
    wait $follower || fail "kubectl logs -f failed"
    expect "what was followed" "$(cat "$TMP/followed")" $'begun\ndone'
}

keeps_out_strangers() { # ADDRESS PORT
    local rc=0
    timeout 10 openssl s_client -connect "$1:$2" -ign_eof >"$TMP/stranger" 2>&1 \
        <<<$'GET /containerLogs/x/y/z HTTP/1.0\n\n' || rc=$?
    ((rc != 0)) || fail "the node let a stranger in: $(cat "$TMP/stranger")"
    expect_text "the node" "$(cat "$TMP/stranger")" "certificate required"
}

case_run() {
    local address port
    follows
    node_program
    until_true 20 k get node mortal1 || fail "there is no node mortal1"
    k apply -f - >/dev/null <<END
apiVersion: v1
kind: Pod
metadata: {name: d}
spec:
  nodeName: mortal1
  terminationGracePeriodSeconds: 1
  containers:
  - {name: c, image: local, command: [sh, -c, "echo alive; exec sleep 1000"]}
END
    k wait pod/d --for=condition=Ready --timeout=30s >/dev/null
    expect "the log" "$(k logs d)" alive
    address=$(k get node mortal1 -o 'jsonpath={.status.addresses[?(@.type=="InternalIP")].address}')
    port=$(k get node mortal1 -o 'jsonpath={.status.daemonEndpoints.kubeletEndpoint.Port}')
    keeps_out_strangers "$address" "$port"
    k logs -f d >"$TMP/cut" &
    local follower=$!
    until_true 20 grep -q alive "$TMP/cut" || fail "nothing was followed"
    process_kill "$TMP" node
    wait $follower || fail "kubectl logs -f of a dying node failed"
    expect "what is said of a dead node" "$(k logs d 2>&1 || true)" \
        "Error from server: Get \"https://$address:$port/containerLogs/$NS/d/c\": dial tcp $address:$port: connect: connection refused"
    k delete pod d --force --grace-period=0 >/dev/null 2>&1
    k delete node mortal1 >/dev/null
}
