# spec.user is the caller's name, filled or checked: alice may not submit as bob, an
# administrator may. Nor may she pass her jobs off as tasks of an array. gantry-local has one
# user, its administrator.
alice_can() { # what she needs to submit
    k create role user --verb=get,list,create,patch --resource=batchjobs.gantry.dev
    k create rolebinding user --role=user --user=alice
}

# An array of hers is whole, and what is none of its tasks does not become one.
alice_forges() {
    local mark='{"metadata":{"labels":{"gantry.dev/array-job-id":"1","gantry.dev/array-task":"1"}}}'
    local owner unmark='{"metadata":{"labels":{"gantry.dev/array-task":null}}}' task
    marks() { job forged true | k patch --local -f - --type=merge -p "$mark" -o json | as_alice create -f -; }
    refused "array-task" marks
    refused "array-task" as_alice patch bj hers --type=merge -p "$mark"
    job many true "array: '1-2'" | as_alice apply -f - >/dev/null
    expect_state many COMPLETED
    task=$(k get bj -l gantry.dev/array-task=1 -o name)
    owner=$(printf '{"metadata":{"ownerReferences":[{"apiVersion":"gantry.dev/v1alpha1","kind":"BatchJob","name":"hers","uid":"%s","controller":true}]}}' \
        "$(field hers .metadata.uid)")
    refused "array-task" as_alice patch "$task" --type=merge -p "$unmark"
    refused "array-task" as_alice patch "$task" --type=merge -p "$owner"
    as_alice patch "$task" --type=merge -p '{"metadata":{"labels":{"mine":"yes"}}}' >/dev/null
    k delete bj many --cascade=orphan --timeout=30s >/dev/null || fail "tasks could not be orphaned"
}

case_run() {
    if [[ $SERVER == real ]]; then
        alice_can >/dev/null
        job hers true | as_alice apply -f - >/dev/null
        expect "the user" "$(field hers .spec.user)" alice
        expect_state hers COMPLETED
        alice_as_bob() { job his true "user: bob" | as_alice apply -f -; }
        refused "spec.user is bob, but you are alice" alice_as_bob
        alice_forges
    fi
    submit mine true
    [[ -n $(field mine .spec.user) ]] || fail "spec.user was not filled"
    submit his true "user: bob"
    expect "the user" "$(field his .spec.user)" bob
    refused "spec.user" k patch bj his --type=merge -p '{"spec":{"user":"carol"}}'
}
