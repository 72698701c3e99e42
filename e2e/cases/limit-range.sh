# A LimitRange gives pods a request that nobody asked for: it is counted, in status too, and the
# second job like that is planned with it. A policy that sets scheduling gates holds a pod back until
# they are gone; one that names its node is refused then, so it is made without.
case_run() {
    k apply -f - >/dev/null <<END
apiVersion: v1
kind: LimitRange
metadata: {name: memory}
spec: {limits: [{type: Container, defaultRequest: {memory: 20Gi}, default: {memory: 20Gi}}]}
END
    local tres=cpu=2,mem=40G,node=2
    [[ $SERVER == real ]] || tres=cpu=2,node=2 # gantry-local admits all as it is

    submit first "until [ -e $TMP/go ]; do sleep 0.1; done" "nodes: 2"
    expect_state first RUNNING
    expect "what the first holds" "$(field first .status.allocTRES)" "$tres"
    submit second "true" "nodes: 2"
    expect_state second COMPLETED
    expect "what the second held" "$(field second .status.allocTRES)" "$tres"
    expect "restarts" "$(field first .status.restarts) $(field second .status.restarts)" "0 0"
    touch "$TMP/go"
    expect_state first COMPLETED
    [[ $SERVER == local ]] || gates
}

gates() {
    k apply -f - >/dev/null <<END
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: gates.$NS}
spec:
  matchConstraints:
    namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: $NS}}
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  reinvocationPolicy: Never
  mutations:
  - patchType: ApplyConfiguration
    applyConfiguration:
      expression: 'Object{spec: Object.spec{schedulingGates: [Object.spec.schedulingGates{name: "example.com/gate"}]}}'
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata: {name: gates.$NS}
spec: {policyName: gates.$NS}
END
    wait_until 30 "pods get gates" pods_get_gates
    submit gated "true"
    wait_until 60 "the pod is made without a node" gated_pod_waits
    expect_state gated CONFIGURING
    k patch "$(pods_of gated)" --type=json -p '[{"op":"remove","path":"/spec/schedulingGates"}]' >/dev/null
    expect_state gated COMPLETED
    k delete mutatingadmissionpolicy,mutatingadmissionpolicybinding "gates.$NS" >/dev/null
}

pods_get_gates() {
    [[ -n $(k create --dry-run=server -o 'jsonpath={.spec.schedulingGates}' -f - <<END
apiVersion: v1
kind: Pod
metadata: {name: probe}
spec: {containers: [{name: main, image: local}]}
END
    ) ]]
}

gated_pod_waits() {
    local pod
    pod=$(pods_of gated) && [[ -n $pod && -z $(k get "$pod" -o 'jsonpath={.spec.nodeName}') ]]
}
