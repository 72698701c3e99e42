# A job of one pod runs to its end, and status, conditions and printed columns say so.
case_run() {
    submit one "echo hello" "gpusPerNode: h100:1"
    k wait bj/one --for=condition=Complete --timeout=30s >/dev/null
    expect "the state" "$(field one .status.state)" COMPLETED
    expect "the exit code" "$(field one .status.exitCode)" 0:0
    [[ $(field one .status.jobID) -gt 0 ]] || fail "the job has no id"
    [[ $(field one .status.nodeList) == n[1-4] ]] ||
        fail "nodeList is \"$(field one .status.nodeList)\""
    expect_text "kubectl get" "$(k get bj one)" COMPLETED
}
