# A job whose process ends with 3 has failed, with 3:0.
case_run() {
    submit three "exit 3"
    expect_state three FAILED
    expect "the exit code" "$(field three .status.exitCode)" 3:0
    expect "the reason" "$(field three .status.reason)" NonZeroExitCode
    k wait bj/three --for=condition=Failed --timeout=5s >/dev/null
}
