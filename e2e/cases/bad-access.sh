# A controller with a wrong token, a malformed kubeconfig or none ends with one line that says so.
controller_refuses() { # STATUS PART KUBECONFIG
    local said rc=0
    said=$(timeout 20 "$BIN/gantry-controller" --kubeconfig "$3" 2>&1) || rc=$?
    expect "the exit status ($said)" "$rc" "$1"
    expect "the number of lines in \"$said\"" "$(wc -l <<<"$said")" 1
    expect_text "the line" "$said" "$2"
}

case_run() {
    sed -E 's/(token:) *[^}]+/\1 wrong/' "$STAND/kubeconfig" >"$TMP/wrong"
    controller_refuses 1 401 "$TMP/wrong"
    printf 'apiVersion: v1\nclusters: [\n' >"$TMP/malformed"
    controller_refuses 2 "$TMP/malformed" "$TMP/malformed"
    controller_refuses 2 "$TMP/missing" "$TMP/missing"
}
