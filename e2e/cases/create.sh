# kubectl's own creators work: new kubectls send core types in protobuf.
case_run() {
    k create configmap c --from-literal=a=b >/dev/null
    expect "the data" "$(k get configmap c -o 'jsonpath={.data.a}')" b
    k create secret generic s --from-literal=a=b >/dev/null
    expect "the secret" "$(k get secret s -o 'jsonpath={.data.a}')" Yg==
    k create deployment d --image=none --replicas=0 --port=80 >/dev/null
    expect "the replicas" "$(k get deployment d -o 'jsonpath={.spec.replicas}')" 0
    k create quota q --hard=cpu=500m,pods=3 >/dev/null
    expect "the quota" "$(k get quota q -o 'jsonpath={.spec.hard.cpu} {.spec.hard.pods}')" "500m 3"
    k create role r --verb=get --resource=pods >/dev/null
    k create serviceaccount a >/dev/null
    expect "the answer" "$(k auth can-i create pods)" yes
    k delete deployment d >/dev/null
}
