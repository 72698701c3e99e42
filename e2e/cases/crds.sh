# The definitions and policies are accepted without a warning, also by kubectl apply again, and
# the examples validate.
case_run() {
    local said
    said=$(cat "$STAND/crds.stderr")
    [[ -z $said ]] || fail "kubectl apply -f crds/ said: $said"
    said=$(k apply -f "$kit/../crds" 2>&1 >/dev/null)
    [[ -z $said ]] || fail "the second kubectl apply -f crds/ said: $said"
    said=$(k apply --dry-run=server -f "$kit/../manifests/examples" 2>&1 >/dev/null) || true
    [[ -z $said ]] || fail "kubectl apply -f manifests/examples/ said: $said"
}
