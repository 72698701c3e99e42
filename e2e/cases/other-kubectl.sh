# The kubectl that the machine has, where it is another one, applies, waits, prints and deletes.
case_run() {
    kubectl[0]=$(command -v kubectl) || return 0
    submit old "echo hello" "gpusPerNode: 1"
    k wait bj/old --for="jsonpath={.status.state}=COMPLETED" --timeout=30s >/dev/null
    expect_text "kubectl get" "$(k get bj)" COMPLETED
    expect_text "kubectl describe" "$(k describe bj old)" "State:"
    expect_text "kubectl explain" "$(k explain bj.spec.timeLimit)" timeLimit
    k delete bj old --timeout=30s >/dev/null
    expect "the list of jobs" "$(k get bj -o name)" ""
}
