# A container is ready when its readiness probe says so, and is started again when its liveness
# probe fails; the events tell it in a kubelet's words.
is_ready() { # POD WORD
    [[ $(k get pod "$1" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}') == "$2" ]]
}

says() { # TEXT: an event does
    k get events -o 'jsonpath={range .items[*]}{.reason} {.note}{.message}{"\n"}{end}' | grep -qF "$1"
}

case_run() {
    local port
    port=$(free_port)
    k apply -f - >/dev/null <<END
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  nodeName: n1
  terminationGracePeriodSeconds: 1
  containers:
  - name: c
    image: local
    command: [sh, -c, "echo up; exec sleep 1000"]
    startupProbe: {exec: {command: [test, -e, "$TMP/started"]}, periodSeconds: 1, failureThreshold: 100}
    readinessProbe: {exec: {command: [sh, -c, "cat $TMP/ready"]}, periodSeconds: 1, failureThreshold: 1}
    livenessProbe: {exec: {command: [sh, -c, "[ ! -e $TMP/ill ] || { echo I am ill; rm $TMP/ill; exit 1; }"]}, periodSeconds: 1, failureThreshold: 1}
---
apiVersion: v1
kind: Pod
metadata: {name: closed}
spec:
  nodeName: n1
  terminationGracePeriodSeconds: 1
  containers:
  - name: c
    image: local
    command: [sleep, "1000"]
    readinessProbe: {tcpSocket: {port: $port}, periodSeconds: 1}
END
    k wait pod/web pod/closed --for='jsonpath={.status.phase}=Running' --timeout=30s >/dev/null
    expect "started" "$(k get pod web -o 'jsonpath={.status.containerStatuses[0].started}')" false
    touch "$TMP/started"
    k wait pod/web --for='jsonpath={.status.containerStatuses[0].started}=true' --timeout=30s >/dev/null
    is_ready web False || fail "it is ready before its probe says so"
    touch "$TMP/ready"
    k wait pod/web --for=condition=Ready --timeout=30s >/dev/null
    rm "$TMP/ready"
    until_true 30 is_ready web False || fail "it stays ready"
    touch "$TMP/ready" "$TMP/ill"
    k wait pod/web --for='jsonpath={.status.containerStatuses[0].restartCount}=1' --timeout=30s >/dev/null
    k wait pod/web --for=condition=Ready --timeout=30s >/dev/null
    until_true 20 says "Unhealthy Liveness probe failed: I am ill" || fail "nobody said why"
    until_true 20 says "Killing Container c failed liveness probe, will be restarted" ||
        fail "nobody said what came of it"
    until_true 20 says "connect: connection refused" || fail "nobody said that the port is closed"
    is_ready closed False || fail "it is ready though nobody listens"
    k delete pod web closed >/dev/null
}
