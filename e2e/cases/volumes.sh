# Volumes and variables from a ConfigMap and a Secret: the pod waits for what is missing, says so,
# and runs when it is there; nothing is left of a path that the machine has not. What changes
# while a pod runs reaches its files.
case_run() {
    k apply -f - >/dev/null <<'END_POD'
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  nodeName: n1
  restartPolicy: Never
  volumes:
  - name: conf
    configMap: {name: conf}
  - name: work
    emptyDir: {}
  initContainers:
  - name: first
    image: local
    command: [sh, -c, "cat /gantry-e2e-conf/greeting >/gantry-e2e-work/note"]
    volumeMounts: &mounts
    - {name: conf, mountPath: /gantry-e2e-conf}
    - {name: work, mountPath: /gantry-e2e-work}
  containers:
  - name: main
    image: local
    command: [sh, -c, 'echo "$(cat /gantry-e2e-work/note) $WHOM on $NODE"; echo bye >/dev/termination-log']
    env:
    - name: WHOM
      valueFrom: {secretKeyRef: {name: who, key: name}}
    - name: NODE
      valueFrom: {fieldRef: {fieldPath: spec.nodeName}}
    volumeMounts: *mounts
END_POD
    wait_until 20 "the pod waits for its volume" waits_for '"conf" not found'
    k create configmap conf --from-literal=greeting=hello >/dev/null
    wait_until 20 "the pod waits for its variable" waits_for '"who" not found'
    expect "why main waits" \
        "$(k get pod p -o 'jsonpath={.status.containerStatuses[0].state.waiting.reason}')" \
        CreateContainerConfigError
    k create secret generic who --from-literal=name=world >/dev/null
    k wait pod/p --for=jsonpath='{.status.phase}'=Succeeded --timeout=20s >/dev/null ||
        fail "the pod is $(k get pod p -o 'jsonpath={.status}')"
    expect "its log" "$(cat "$STAND"/nodes/logs/"${NS}"_p_*/main.log)" "hello world on n1"
    expect "its last words" \
        "$(k get pod p -o 'jsonpath={.status.containerStatuses[0].state.terminated.message}')" bye
    [[ ! -e /gantry-e2e-conf && ! -e /gantry-e2e-work ]] || fail "paths are left on the machine"
    local told
    told=$(k get events --field-selector=involvedObject.name=p -o 'jsonpath={range .items[*]}{.reason} {end}')
    for reason in ImagesNotPulled FailedMount Failed Started; do
        expect_text "the events" "$told" "$reason"
    done
    follows
}

follows() {
    k apply -f - >/dev/null <<'END_POD'
apiVersion: v1
kind: Pod
metadata: {name: q, labels: {colour: red}}
spec:
  nodeName: n1
  restartPolicy: Never
  volumes:
  - name: all
    projected:
      sources:
      - configMap: {name: conf}
      - secret: {name: maybe, optional: true}
      - downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}
  containers:
  - name: main
    image: local
    command: [sh, -c, "cd /mnt; while sleep 0.1; do set -- *; echo $* $(cat *); done"]
    volumeMounts: [{name: all, mountPath: /mnt}]
END_POD
    wait_until 20 "the files" shows 'greeting labels hellocolour="red"'
    k create configmap conf --from-literal=greeting=bye --dry-run=client -o yaml | k apply -f - >/dev/null 2>&1
    wait_until 20 "the changed ConfigMap" shows 'greeting labels byecolour="red"'
    k create secret generic maybe --from-literal=more=x >/dev/null
    wait_until 20 "the optional Secret" shows 'greeting labels more byecolour="red"x'
    k label pod q colour=blue --overwrite >/dev/null
    wait_until 20 "the changed label" shows 'greeting labels more byecolour="blue"x'
    k delete secret maybe >/dev/null
    wait_until 20 "the files without the Secret" shows 'greeting labels byecolour="blue"'
    k delete pod q --grace-period=0 --force >/dev/null 2>&1
}

shows() { # LINE, the last of q's log
    [[ $(tail -n 1 "$STAND"/nodes/logs/"${NS}"_q_*/main.log 2>/dev/null) == "$1" ]]
}

waits_for() { # PART of a container's message
    [[ $(k get pod p -o 'jsonpath={.status.containerStatuses[0].state.waiting.message}') == *"$1"* ]]
}
