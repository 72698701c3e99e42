# Alone: the controller has other settings meanwhile.
# A job of a QOS that may preempt another's ends as few as will do: they get SIGTERM and their
# grace time, go back to the queue, and run again after it. What may not be requeued is PREEMPTED.
case_run() {
    local config=$TMP/gantry.yaml
    echo "{preemptType: qos, preemptMode: REQUEUE, preemptParameters: {sendUserSignal: true}," \
        "schedulerParameters: {requeueDelay: 5}}" >"$config"
    restart_with --config "$config"
    define QOS low "graceTime: '20'"
    define QOS urgent "preempt: [low]"
    define QOS urgent "preempt: [low, urgent]"
    wait_until 20 "the circle is logged" grep -q "QOS urgent preempts nobody: .*(urgent > urgent)" \
        "$STAND/log/gantry-controller.log"
    define QOS urgent "preempt: [low]"
    refused "spec.preemptMode: SUSPEND is not supported yet" define QOS low "preemptMode: SUSPEND"
    define Partition one "nodes: n1"
    define Partition other "nodes: n2"
    submit low "trap 'echo told >>$TMP/told; exit 0' TERM; >$TMP/ready; sleep 1000 & wait" \
        "partition: one" "qos: low" "exclusive: true" "timeLimit: 1-0"
    expect_state low RUNNING
    wait_until 30 "the job listens" test -e "$TMP/ready"
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
    own_signal
    k delete partition one other >/dev/null
    k delete qos low urgent >/dev/null
    restart_with
}

# --signal is for a time limit, and for a preemption by this setting: in place of SIGTERM.
own_signal() {
    cat >"$TMP/own.sh" <<END
#!/bin/bash
#SBATCH -J own -p one -q low --exclusive --no-requeue --signal=B:USR1@300 -t 1-0 -o /dev/null
trap 'echo USR1 >>$TMP/own; exit 0' USR1
trap 'echo TERM >>$TMP/own' TERM
>$TMP/own.ready
while :; do sleep 0.1 & wait \$!; done
END
    slurm sbatch "$TMP/own.sh" >/dev/null
    wait_until 30 "the job listens" test -e "$TMP/own.ready"
    submit last true "partition: one" "qos: urgent" "exclusive: true"
    expect_state last COMPLETED
    expect "what the job was told" "$(cat "$TMP/own")" USR1
}

restart_with() { # OPTION...: of the controller
    process_stop "$STAND" gantry-controller
    start_controller "$@"
}
