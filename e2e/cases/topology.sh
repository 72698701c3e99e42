# Alone: the controller has other settings, and nodes have labels, meanwhile.
# Nodes n1 and n2 are on one leaf switch, n3 and n4 on another, by their labels; `scontrol show topology` says so.
# A gang is kept on one leaf where one holds it; with switches it waits for one, as long as it says, then starts on
# two. With blocks, of a topology.conf, a gang waits for one block, its segments only each for theirs.
case_run() {
    local node
    for node in 1 2 3 4; do
        k label node "n$node" "topology.gantry.dev/leaf=l$(((node + 1) / 2))" >/dev/null
    done
    as_tree
    k label node n1 n2 n3 n4 topology.gantry.dev/leaf- >/dev/null
    as_blocks
    k label node n1 n2 n3 n4 topology.gantry.dev/level-1- >/dev/null
    restart_with
    wait_until 30 "the topology is gone" shows "No topology information available"
}

as_tree() {
    echo "{topologyPlugin: tree}" >"$TMP/tree.yaml"
    restart_with --config "$TMP/tree.yaml"
    wait_until 30 "the switches" shows "SwitchName=l1 Level=0 LinkSpeed=1 Nodes=n[1-2]
SwitchName=l2 Level=0 LinkSpeed=1 Nodes=n[3-4]"
    expect "a node's switch" "$(slurm scontrol show topology n3)" \
        "SwitchName=l2 Level=0 LinkSpeed=1 Nodes=n[3-4]"
    expect_text "as JSON" "$(slurm scontrol show topology l2 --json)" '"switch":"l2"'
    hog hog1 n1
    submit near true "nodes: 2" "exclusive: true"
    expect_state near COMPLETED
    expect "the gang's nodes" "$(field near .status.nodeList)" "n[3-4]"
    hog hog3 n3
    local few
    few=$(batch few --switches=1@0:05)
    expect_state "$few" COMPLETED
    expect "nodes of two leaves" "$(field "$few" .status.nodeList)" "n[2,4]"
    (($(waited "$few") >= 5)) || fail "it waited for $(waited "$few") s for one switch, not for 5"
}

as_blocks() {
    printf 'BlockName=l1 Nodes=n[1-2]\nBlockName=l2 Nodes=n[3-4]\n' >"$TMP/topology.conf"
    "$BIN/gantry" topology --kubeconfig "$STAND/kubeconfig" "$TMP/topology.conf" >"$TMP/told"
    expect "the labels" "$(grep -c configured "$TMP/told") $(k get node n3 -o jsonpath='{.metadata.labels.topology\.gantry\.dev/level-1}')" "4 l2"
    grep -v ^node/ "$TMP/told" >"$TMP/block.yaml"
    restart_with --config "$TMP/block.yaml"
    wait_until 30 "the blocks" shows "BlockName=l1 BlockIndex=0 Nodes=n[1-2] BlockSize=2
BlockName=l2 BlockIndex=1 Nodes=n[3-4] BlockSize=2"
    local apart
    apart=$(batch apart --segment=1)
    expect_state "$apart" COMPLETED
    expect "nodes of two blocks" "$(field "$apart" .status.nodeList)" "n[2,4]"
    submit whole true "nodes: 2" "exclusive: true" "segment: 2"
    expect_reason whole Resources
    act hog1 Cancel
    expect_state whole COMPLETED
    expect "nodes of one block" "$(field whole .status.nodeList)" "n[1-2]"
    act hog3 Cancel
    expect_state hog3 CANCELLED 40
}

hog() { # JOB NODE
    submit "$1" "sleep 1000" "exclusive: true" "nodeList: $2" "timeLimit: 1-0"
    expect_state "$1" RUNNING
}

batch() { # NAME OPTION...: of two nodes; prints the BatchJob's name
    slurm sbatch -J "$1" -N 2 --exclusive "${@:2}" --wrap true >/dev/null 2>&1
    k get bj -o name | sed -n "s|.*/\($1-.*\)|\1|p"
}

waited() { # JOB: seconds
    echo $(($(date -d "$(field "$1" .status.startTime)" +%s) - $(date -d "$(field "$1" .metadata.creationTimestamp)" +%s)))
}

shows() { # TEXT
    [[ $(slurm scontrol show topology) == "$1" ]]
}

restart_with() { # OPTION...: of the controller
    process_stop "$STAND" gantry-controller
    start_controller "$@"
}
