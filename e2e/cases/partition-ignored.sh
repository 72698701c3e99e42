# A partition that cannot be read is ignored and its status says why; once it can be, it has its nodes.
# Alone: every command that looks at partitions tells of one that cannot be read.
case_run() {
    define Partition "$NS-odd" "nodes: 'n['"
    until_true 30 odd_says '{.status.message}' "is ignored: spec.nodes" ||
        fail "the status: $(k get partition "$NS-odd" -o 'jsonpath={.status}')"
    expect_text "what sinfo says" "$(slurm sinfo -h 2>&1)" \
        "partition $NS-odd is left out: spec.nodes: host list \"n[\" is wrong"
    define Partition "$NS-odd" "nodes: 'n[1-2]'"
    until_true 30 odd_says '{.status.nodes} {.status.nodeCount}' "n[1-2] 2" ||
        fail "the status: $(k get partition "$NS-odd" -o 'jsonpath={.status}')"
    expect "what was wrong" "$(k get partition "$NS-odd" -o 'jsonpath={.status.message}')" ""
    k delete partition "$NS-odd" >/dev/null
}

odd_says() { # JSONPATH TEXT
    [[ $(k get partition "$NS-odd" -o "jsonpath=$1") == *"$2"* ]]
}
