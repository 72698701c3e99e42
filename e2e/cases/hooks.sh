# A sidecar starts before the containers and ends after them; postStart and preStop commands run
# where their container does, preStop before the container is asked to end.
case_run() {
    k apply -f - >/dev/null <<END_POD
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  nodeName: n2
  terminationGracePeriodSeconds: 20
  volumes:
  - name: work
    emptyDir: {medium: Memory, sizeLimit: 1Mi}
  initContainers:
  - name: beside
    image: local
    restartPolicy: Always
    command: [sh, -c, 'trap "echo beside >>$TMP/ends; exit" TERM; while :; do sleep 0.1; done']
  containers:
  - name: main
    image: local
    command:
    - sh
    - -c
    - |
      trap 'cat /gantry-e2e-hooks/note >>$TMP/ends; echo main >>$TMP/ends; exit' TERM
      until [ -s /gantry-e2e-hooks/hello ]; do sleep 0.1; done
      touch $TMP/begun
      while :; do sleep 0.1; done
    lifecycle:
      postStart: {exec: {command: [sh, -c, 'echo hello >/gantry-e2e-hooks/hello']}}
      preStop: {exec: {command: [sh, -c, 'sleep 0.5; echo bye >/gantry-e2e-hooks/note']}}
    volumeMounts:
    - {name: work, mountPath: /gantry-e2e-hooks}
END_POD
    wait_until 20 "main has seen what postStart wrote" test -e "$TMP/begun"
    expect "the sidecar" "$(k get pod p -o 'jsonpath={.status.initContainerStatuses[0].ready}')" true
    k delete pod p --timeout=20s >/dev/null
    expect "the ends" "$(tr '\n' ' ' <"$TMP/ends")" "bye main beside "
}
