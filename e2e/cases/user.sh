# spec.user is the caller's name, filled or checked: alice may not submit as bob, an
# administrator may. gantry-local has one user, its administrator.
alice_can() { # what she needs to submit
    k create role user --verb=get,list,create,patch --resource=batchjobs.gantry.dev
    k create rolebinding user --role=user --user=alice
}

case_run() {
    if [[ $SERVER == real ]]; then
        alice_can >/dev/null
        job hers true | as_alice apply -f - >/dev/null
        expect "the user" "$(field hers .spec.user)" alice
        expect_state hers COMPLETED
        alice_as_bob() { job his true "user: bob" | as_alice apply -f -; }
        refused "spec.user is bob, but you are alice" alice_as_bob
    fi
    submit mine true
    [[ -n $(field mine .spec.user) ]] || fail "spec.user was not filled"
    submit his true "user: bob"
    expect "the user" "$(field his .spec.user)" bob
    refused "spec.user" k patch bj his --type=merge -p '{"spec":{"user":"carol"}}'
}
