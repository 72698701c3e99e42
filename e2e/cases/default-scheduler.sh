# Pods of the default scheduler, one of which only prefers a node, come and go while a gang waits for the whole
# cluster: it starts once, when there is room, and what they hold meanwhile is never given twice.
# Alone: it fills the cluster.
pod() { # NAME LINE...: of spec
    cat <<END
apiVersion: v1
kind: Pod
metadata: {name: $1, labels: {of: others}}
spec:
$(printf '  %s\n' "${@:2}")
  terminationGracePeriodSeconds: 1
  containers:
  - name: main
    image: local
    command: [sleep, "1000"]
    resources: {limits: {nvidia.com/gpu: 4}}
END
}

prefers='affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference:
    {matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [n3]}]}}]}}'

runs() { # POD
    k wait "pod/$1" --for="jsonpath={.status.phase}=Running" --timeout=30s >/dev/null
}

gone() { # POD
    k delete pod "$1" --timeout=30s >/dev/null
}

case_run() {
    [[ $SERVER == real ]] || return 0 # gantry-local has no default scheduler
    pod one "$prefers" | k apply -f - >/dev/null
    runs one
    expect "the preferred node" "$(k get pod one -o 'jsonpath={.spec.nodeName}')" n3
    submit all "echo \$SLURM_PROCID >>$TMP/ranks" "nodes: 4" "gpusPerNode: 8" "timeLimit: '5'"
    expect_reason all Resources
    pod two "nodeSelector: {kubernetes.io/hostname: n1}" | k apply -f - >/dev/null
    runs two
    gone one
    expect "the gang, while two is there" "$(field all .status.state)" PENDING
    pod three "nodeSelector: {kubernetes.io/hostname: n4}" | k apply -f - >/dev/null
    runs three
    gone two
    expect "the gang, while three is there" "$(field all .status.state)" PENDING
    expect "its pods" "$(pods_of all)" ""
    gone three
    expect_state all COMPLETED
    expect "its ranks" "$(sort "$TMP/ranks" | tr '\n' ' ')" "0 1 2 3 "
    expect "its attempts" "$(field all .status.attempt)" 1
}
