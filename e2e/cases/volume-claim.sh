# Jobs with a PersistentVolumeClaim start where its volume is, not where they would start by
# themselves; one whose claim is missing, or whose gang is too large for those nodes, says so. The
# nodes are simulated ones of the case's own: such volumes are a kubelet's to mount.
case_run() {
    process_start "$TMP" node "$BIN/gantry-local" node --kubeconfig "$STAND/gantry-node.kubeconfig" \
        --simulate --count 2 --name vol
    wait_until 30 "the nodes" k wait --for=condition=Ready node/vol1 node/vol2 --timeout=1s
    k label node vol2 gantry-e2e/disk=there >/dev/null
    define Partition vols "nodes: 'vol[1-2]'"
    with_volume plain "emptyDir: {}"
    expect_state plain COMPLETED
    expect "the node by itself" "$(field plain .status.nodeList)" vol1
    volume data
    claim data
    with_volume stays "persistentVolumeClaim: {claimName: data}"
    expect_state stays COMPLETED
    expect "the node of its volume" "$(field stays .status.nodeList)" vol2
    with_volume gang "persistentVolumeClaim: {claimName: data}" "nodes: 2"
    expect_reason gang BadConstraints
    expect_text "the message" "$(field gang .status.message)" \
        "volume $NS-data of claim data is not on every node"
    with_volume lost "persistentVolumeClaim: {claimName: later}"
    expect_reason lost Constraints
    expect "the message" "$(field lost .status.message)" \
        "volume claim later does not exist in namespace $NS"
    volume later
    claim later
    expect_state lost COMPLETED
    expect "the node of its volume" "$(field lost .status.nodeList)" vol2
    k delete bj gang >/dev/null
    process_stop "$TMP" node
    k delete pvc --all --wait=false >/dev/null # first: it keeps its volume
    k delete node/vol1 node/vol2 partition/vols "pv/$NS-data" "pv/$NS-later" --wait=false >/dev/null
}

# On a real server the claim waits for its first consumer, but for a volume of that name.
volume() { # CLAIM
    k apply -f - >/dev/null <<END
apiVersion: v1
kind: PersistentVolume
metadata: {name: $NS-$1}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteMany]
  storageClassName: local
  local: {path: /data}
  nodeAffinity:
    required:
      nodeSelectorTerms:
      - matchExpressions: [{key: gantry-e2e/disk, operator: In, values: [there]}]
END
    [[ $SERVER == real ]] || return 0
    k apply -f - >/dev/null <<END
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: local}
provisioner: kubernetes.io/no-provisioner
volumeBindingMode: WaitForFirstConsumer
END
}

claim() { # NAME
    k apply -f - >/dev/null <<END
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: $1}
spec:
  accessModes: [ReadWriteMany]
  storageClassName: local
  volumeName: $NS-$1
  resources: {requests: {storage: 1Gi}}
END
}

with_volume() { # JOB VOLUME [LINE of spec]
    k apply -f - >/dev/null <<END
apiVersion: gantry.dev/v1alpha1
kind: BatchJob
metadata: {name: $1}
spec:
  partition: vols
  ${3:-}
  template:
    metadata: {annotations: {gantry.dev/run-seconds: "0"}}
    spec:
      volumes: [{name: data, $2}]
      containers:
      - name: main
        image: x
        volumeMounts: [{name: data, mountPath: /data}]
END
}
