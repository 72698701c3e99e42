# A job applied in the old way can be applied server-side from then on: fields that the manifest
# drops go, and spec.user, which nobody wrote, stays.
case_run() {
    local user
    submit mine "sleep 100" "hold: User" "nice: 5" "comment: first"
    user=$(field mine .spec.user)
    [[ $user ]] || fail "spec.user is empty"
    job mine "sleep 100" "hold: User" "nice: 5" | k apply --server-side -f - >/dev/null
    expect "the comment" "$(field mine .spec.comment)" ""
    expect "nice" "$(field mine .spec.nice)" 5
    expect "the user" "$(field mine .spec.user)" "$user"
    refused 'conflict with "kubectl": .spec.nice' apply_as_other
    k delete bj mine >/dev/null
}

apply_as_other() {
    job mine "sleep 100" "nice: 6" | k apply --server-side --field-manager=other -f -
}
