# A pod that the default scheduler put on a node counts: a job that needs three whole nodes goes elsewhere,
# one that needs all waits, and starts when the pod has gone.
# Alone: it fills the cluster.
case_run() {
    # Without a default scheduler, the pod names its node itself.
    local place="nodeSelector: {kubernetes.io/hostname: n2}"
    [[ $SERVER == real ]] || place="nodeName: n2"
    k apply -f - >/dev/null <<END
apiVersion: v1
kind: Pod
metadata: {name: foreign}
spec:
  $place
  terminationGracePeriodSeconds: 1
  containers:
  - name: main
    image: local
    command: [sleep, "1000"]
    resources: {limits: {nvidia.com/gpu: 1}}
END
    k wait pod/foreign --for="jsonpath={.status.phase}=Running" --timeout=30s >/dev/null

    submit three "true" "nodes: 3" "gpusPerNode: 8"
    expect_state three COMPLETED
    expect "the node list of three" "$(field three .status.nodeList)" "n[1,3-4]"
    submit all "true" "nodes: 4" "gpusPerNode: 8"
    expect_reason all Resources

    k delete pod foreign --timeout=30s >/dev/null
    expect_state all COMPLETED
}
