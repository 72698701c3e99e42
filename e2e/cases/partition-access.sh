# A partition with allowNamespaces and denyQos takes no job of another namespace or of that QOS, and says
# so with Slurm's words; scontrol shows its lists.
case_run() {
    partition "$NS-other" "allowNamespaces: [elsewhere]"
    partition "$NS-slow" "denyQos: [$NS-high]"
    k apply -f - >/dev/null <<END
apiVersion: gantry.dev/v1alpha1
kind: QOS
metadata: {name: $NS-high}
spec: {priority: 1}
END
    submit foreign true "partition: $NS-other"
    submit high true "partition: $NS-slow" "qos: $NS-high"
    submit plain true "partition: $NS-slow"
    expect_reason foreign PartitionConfig
    expect_text "why" "$(field foreign .status.message)" "of these namespaces only: elsewhere"
    expect_reason high QOSNotAllowed
    expect_state plain COMPLETED
    expect_text "scontrol" "$(slurm scontrol show partition "$NS-slow")" "DenyQos=$NS-high"
    k delete partition "$NS-other" "$NS-slow" >/dev/null
    k delete qos "$NS-high" >/dev/null
}

partition() { # NAME LINE
    k apply -f - >/dev/null <<END
apiVersion: gantry.dev/v1alpha1
kind: Partition
metadata: {name: $1}
spec: {nodes: "n[1-4]", $2}
END
}
