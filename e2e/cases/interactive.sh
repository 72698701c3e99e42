# What needs a way into a container is refused by name, with what to do instead; by the API server of gantry-local
# and by process nodes of a real one, in the same words. Also `proxy`, which does work.
pod() {
    cat <<END2
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  nodeName: n1
  containers: [{name: c, image: local, command: [sleep, "1000"]}]
END2
}

is_told() { # PART COMMAND...: by one line, the last
    local said
    if said=$(timeout 20 "${kubectl[@]}" "${@:2}" 2>&1 </dev/null); then
        fail "accepted: ${*:2}"
    fi
    expect_text "$2's last line" "$(tail -n 1 <<<"$said")" "$1"
}

# A request as a program would make it that knows nothing of tokens.
get_plain() { # PORT PATH
    exec 7<>"/dev/tcp/127.0.0.1/$1"
    printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$2" >&7
    cat <&7
    exec 7>&-
}

proxies() { # its port is in `port`
    port=$(sed -n 's/^Starting to serve on 127.0.0.1:\([0-9]*\)$/\1/p' "$TMP/log/proxy.log")
    [[ $port ]]
}

case_run() {
    local look="containers are processes of their node's machine: look there" port
    pod | k apply -f - >/dev/null
    k wait pod/p --for=condition=Ready --timeout=30s >/dev/null
    is_told "gantry-local does not serve pods/exec: $look" exec p -- true
    is_told "gantry-local does not serve pods/exec: $look" exec p -c c -it -- sh
    is_told "gantry-local does not serve pods/exec: $look" cp p:/etc/hostname "$TMP/copy"
    is_told "gantry-local does not serve pods/attach: $look" attach p
    is_told "gantry-local does not serve pods/portforward: connect to the pod's own address" port-forward p :80
    is_told 'pods "nosuch" not found' exec nosuch -- true
    is_told "container nosuch is not valid for pod p out of: c" exec p -c nosuch -- true
    expect "the pod" "$(k get pod p -o 'jsonpath={.status.phase} {.status.containerStatuses[0].restartCount}')" "Running 0"

    process_start "$TMP" proxy "${kubectl[@]}" proxy --port=0
    wait_until 20 "the proxy serves" proxies
    expect_text "by the proxy" "$(get_plain "$port" "/api/v1/namespaces/$NS/pods/p")" '"nodeName":"n1"'
    expect_text "by the proxy" "$(get_plain "$port" "/api/v1/namespaces/$NS/pods/nosuch")" '"reason":"NotFound"'
    expect_text "by the proxy, of what it does not let pass," \
        "$(get_plain "$port" "/api/v1/namespaces/$NS/pods/p/exec?command=true")" "403"
    process_stop "$TMP" proxy
}
