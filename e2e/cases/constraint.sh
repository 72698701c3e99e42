# Alone: it labels nodes.
# Features of nodes are labels: sbatch -C finds the nodes, sinfo and scontrol show the features, and a
# job whose features no node has waits for ever and says so, until a node is labelled.
case_run() {
    k label node n2 gantry.dev/feature-a100= gantry.dev/feature-ib= >/dev/null
    k label node n3 gantry.dev/feature-h100= >/dev/null
    submit both true "constraint: a100&ib"
    submit either "true" "constraint: (a100|h100)" "nodes: 2"
    expect_state both COMPLETED
    expect "where both is" "$(field both .status.nodeList)" n2
    expect_state either COMPLETED
    expect "where either is" "$(field either .status.nodeList)" "n[2-3]"
    submit never true "constraint: h100&ib"
    expect_reason never BadConstraints
    expect_text "why" "$(field never .status.message)" "features h100&ib"
    expect_text "sinfo" "$(slurm sinfo -h -N -o '%N %f')" "n2 a100,ib"
    expect_text "scontrol" "$(slurm scontrol show node n3)" "ActiveFeatures=h100"
    submit same true "constraint: '[a100|h100]&ib'"
    expect_state same COMPLETED
    expect "where all have the same" "$(field same .status.nodeList)" n2
    submit counts true "constraint: 'a100*1&h100*1'"
    expect_state counts COMPLETED
    expect "where one of each is" "$(field counts .status.nodeList)" "n[2-3]"
    submit row true "nodes: 3" "contiguous: true" "nodeList: n4"
    expect_state row COMPLETED
    expect "neighbours" "$(field row .status.nodeList)" "n[2-4]"
    refused "Requested node configuration is not available" \
        slurm sbatch -C "a100*2" --wrap true
    k label node n3 gantry.dev/feature-ib= >/dev/null
    expect_state never COMPLETED
    k label node n2 gantry.dev/feature-a100- gantry.dev/feature-ib- >/dev/null
    k label node n3 gantry.dev/feature-h100- gantry.dev/feature-ib- >/dev/null
}
