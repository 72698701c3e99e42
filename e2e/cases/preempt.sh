# Alone: the controller has other settings meanwhile.
# A job of a QOS that may preempt another's ends as few as will do: they get SIGTERM and their
# grace time, go back to the queue, and run again after it. What may not be requeued is PREEMPTED.
case_run() {
    local config=$TMP/gantry.yaml
    echo "{preemptType: qos, preemptMode: REQUEUE}" >"$config"
    restart_with --config "$config"
    qos low "graceTime: '20'"
    qos urgent "preempt: [low]"
    refused "spec.preemptMode: SUSPEND is not supported yet" qos low "preemptMode: SUSPEND"
    partition one n1
    partition other n2
    submit low "trap 'echo told >>$TMP/told; exit 0' TERM; sleep 1000 & wait" "partition: one" \
        "qos: low" "exclusive: true" "timeLimit: 1-0"
    expect_state low RUNNING
    submit never true "partition: one" "qos: urgent" "gpus: h1000:1"
    expect_reason never BadConstraints
    expect "the job that could be ended for it" "$(field low .status.state)" RUNNING
    submit urgent "sleep 3" "partition: one" "qos: urgent" "exclusive: true" "timeLimit: '10'"
    expect_state urgent COMPLETED 60
    expect "what the job was told" "$(cat "$TMP/told")" told
    expect_state low RUNNING
    expect "its runs" "$(field low .status.restarts)" 1
    submit once "sleep 1000" "partition: other" "qos: low" "exclusive: true" "requeue: false" \
        "timeLimit: 1-0"
    expect_state once RUNNING
    submit again true "partition: other" "qos: urgent" "exclusive: true"
    expect_state once PREEMPTED 60
    expect "for whom" "$(field once .status.preemptedBy)" "$(field again .status.jobID)"
    expect_state again COMPLETED
    act low Cancel
    expect_state low CANCELLED 40
    k delete partition one other >/dev/null
    k delete qos low urgent >/dev/null
    restart_with
}

restart_with() { # OPTION...: of the controller
    process_stop "$STAND" gantry-controller
    process_start "$STAND" gantry-controller "$BIN/gantry-controller" \
        --kubeconfig "$STAND/gantry-controller.kubeconfig" "$@"
}

partition() { # NAME NODE
    k apply -f - >/dev/null <<END
apiVersion: gantry.dev/v1alpha1
kind: Partition
metadata: {name: $1}
spec: {nodes: $2}
END
}

qos() { # NAME SPEC
    k apply -f - >/dev/null <<END
apiVersion: gantry.dev/v1alpha1
kind: QOS
metadata: {name: $1}
spec: {$2}
END
}
