# A partition with allowNamespaces and denyQos takes no job of another namespace or of that QOS, and says
# so with Slurm's words; scontrol shows its lists.
case_run() {
    define Partition "$NS-other" "nodes: 'n[1-4]', allowNamespaces: [elsewhere]"
    define Partition "$NS-slow" "nodes: 'n[1-4]', denyQos: [$NS-high]"
    define QOS "$NS-high" "priority: 1"
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
