# allowGroups, denyGroups and rootOnly: the API server says who submits, so the groups of a job are those of its
# submitter, and cannot be made up. gantry-local has one user, its administrator.
alice_can() { # what she needs to submit
    k create role groups --verb=get,list,create,patch --resource=batchjobs.gantry.dev
    k create rolebinding groups --role=groups --user=alice
}

alice_tries() {
    job hers true "partition: $NS-all" | as_alice apply -f - >/dev/null
    expect_state hers COMPLETED
    expect_text "her groups" "$(field hers .spec.groups)" system:authenticated
    forges() { job forged true "groups: ['gantry.dev:operators']" | as_alice create -f -; }
    refused "spec.groups are not those that the API server knows of alice: leave them out" forges
    job out true "partition: $NS-admins" | as_alice apply -f - >/dev/null
    expect_reason out PartitionConfig
    expect_text "why" "$(field out .status.message)" "alice is in none of them"
    job low true "partition: $NS-ops" | as_alice apply -f - >/dev/null
    expect_reason low PartitionConfig
    expect_text "why" "$(field low .status.message)" "takes jobs of operators only"
}

case_run() {
    define Partition "$NS-all" "nodes: 'n[1-4]', allowGroups: ['system:authenticated']"
    define Partition "$NS-admins" "nodes: 'n[1-4]', allowGroups: ['system:masters'], hidden: true"
    define Partition "$NS-ops" "nodes: 'n[1-4]', rootOnly: true"
    define Partition "$NS-shut" "nodes: 'n[1-4]', denyGroups: ['system:masters']"
    submit everybody true "partition: $NS-all"
    submit admin true "partition: $NS-admins"
    submit operator true "partition: $NS-ops"
    submit denied true "partition: $NS-shut"
    expect_state everybody COMPLETED
    expect_state admin COMPLETED
    expect_state operator COMPLETED
    expect_reason denied PartitionConfig
    expect_text "why" "$(field denied .status.message)" "takes no jobs of group system:masters"
    act denied Cancel
    expect_text "his groups" "$(field operator .spec.groups)" gantry.dev:operators
    refused "spec.groups cannot be changed" k patch bj operator --type=merge -p '{"spec":{"groups":[]}}'
    expect_text "scontrol" "$(slurm scontrol show partition "$NS-admins")" \
        "AllowGroups=system:masters"
    if [[ $SERVER == real ]]; then
        alice_can >/dev/null
        alice_tries
    fi
    k delete partition "$NS-all" "$NS-admins" "$NS-ops" "$NS-shut" >/dev/null
}
