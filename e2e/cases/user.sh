# spec.user is the caller's name, filled or checked: alice may not submit as bob, an
# administrator may.
case_run() {
    if [[ $SERVER == real ]]; then # the local one has one user and no roles
        k create role user --verb=get,list,create,patch --resource=batchjobs.gantry.dev
        k create rolebinding user --role=user --user=alice
    fi >/dev/null
    job hers true | as_alice apply -f - >/dev/null
    expect "the user" "$(field hers .spec.user)" alice
    expect_state hers COMPLETED
    alice_as_bob() { job his true "user: bob" | as_alice apply -f -; }
    refused "spec.user is bob, but you are alice" alice_as_bob
    submit his true "user: bob"
    expect "the user" "$(field his .spec.user)" bob
    refused "spec.user" k patch bj his --type=merge -p '{"spec":{"user":"carol"}}'
}
