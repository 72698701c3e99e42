# Signals reach what runs, each once and in order: a script alone (scancel -b) or with all of its
# processes (-f), the containers of a template (scancel, or kubectl apply of an action), and a
# gantry-launch whose pod brings them as a volume. Jobs that do not run are refused. Before the time
# limit ends a signal is sent by itself (sbatch --signal).

says() { # FILE LINE...: nothing else, in this order
    printf '%s\n' "${@:2}" | cmp -s - "$1"
}

expect_says() { # FILE LINE...
    until_true 20 says "$@" || fail "${1##*/} says $(tr '\n' ' ' <"$1"), not ${*:2}"
}

# A script that notes its signals, and a process of it that notes its own.
write_script() {
    cat >"$TMP/script" <<END
#!/bin/bash
trap 'echo USR1 >>$TMP/parent' USR1
trap 'echo TERM >>$TMP/parent; wait \$child; exit 7' TERM
bash -c 'trap "echo TERM >>$TMP/child; exit" TERM; trap "echo USR1 >>$TMP/child" USR1
    >$TMP/ready; while :; do sleep 1000 & wait; done' &
child=\$!
while :; do wait; done
END
}

script() {
    local id
    write_script
    id=$(slurm sbatch --parsable -o /dev/null "$TMP/script")
    wait_until 20 "the script begins" test -e "$TMP/ready"
    refused "Kill job error on job id $id: it has no job steps" slurm scancel -s USR1 "$id"
    slurm scancel -b -s USR1 "$id"
    expect_says "$TMP/parent" USR1
    slurm scancel -b -s SIGUSR1 "$id"
    expect_says "$TMP/parent" USR1 USR1
    slurm scancel -f -s 15 "$id"
    expect_says "$TMP/parent" USR1 USR1 TERM
    expect_says "$TMP/child" TERM
    k wait bj --all --for=condition=Failed --timeout=20s >/dev/null || fail "the script still runs"
    refused "Kill job error on job id $id: Job/step already completing or completed" \
        slurm scancel -b -s USR1 "$id"
}

# gang [LINE]: two ranks that note their signals.
gang() {
    submit gang "trap 'echo USR1 >>$TMP/rank\$SLURM_PROCID' USR1
        trap 'echo USR2 >>$TMP/rank\$SLURM_PROCID' USR2
        >$TMP/ready\$SLURM_PROCID; while :; do sleep 1000 & wait \$!; done" "nodes: 2" "$@"
}

both_began() {
    [[ -e $TMP/ready0 && -e $TMP/ready1 ]]
}

template() {
    local id one='{id: one, type: Signal, signal: USR1}'
    gang
    wait_until 20 "both ranks begin" both_began
    gang "actions: [$one]"
    expect_says "$TMP/rank0" USR1
    expect_says "$TMP/rank1" USR1
    gang "actions: [$one, {id: two, type: Signal, signal: SIGUSR2, scope: All}]"
    expect_says "$TMP/rank0" USR1 USR2
    expect_says "$TMP/rank1" USR1 USR2
    id=$(field gang .status.jobID)
    slurm scancel -s USR1 "$id"
    expect_says "$TMP/rank0" USR1 USR2 USR1
    expect_says "$TMP/rank1" USR1 USR2 USR1
    refused "Kill job error on job id $id: Job script not specified" slurm scancel -b -s USR1 "$id"
    slurm scancel -s KILL "$id"
    expect_state gang CANCELLED
}

# As script jobs are where gantry-launch is brought along (launchImage).
volume() {
    k apply -f - >/dev/null <<END
apiVersion: gantry.dev/v1alpha1
kind: BatchJob
metadata: {name: volume}
spec:
  template:
    spec:
      volumes:
      - name: pod
        downwardAPI:
          items:
          - path: signals
            fieldRef: {fieldPath: "metadata.annotations['gantry.dev/signals']"}
      containers:
      - name: main
        image: local
        command: [gantry-launch, --]
        env:
        - {name: GANTRY_SIGNALS, value: /run/gantry/pod/signals}
        - name: GANTRY_SCRIPT
          value: |
            #!/bin/bash
            trap 'echo USR1 >>$TMP/volume' USR1
            >$TMP/volume.ready; while :; do sleep 1000 & wait; done
        volumeMounts:
        - {name: pod, mountPath: /run/gantry/pod, readOnly: true}
END
    wait_until 20 "it begins" test -e "$TMP/volume.ready"
    k patch bj/volume --type=merge \
        -p '{"spec":{"actions":[{"id":"1","type":"Signal","signal":"USR1"}]}}' >/dev/null
    expect_says "$TMP/volume" USR1
    k wait bj/volume --for='jsonpath={.status.lastAction.outcome}=Done' --timeout=20s >/dev/null ||
        fail "the last action is $(field volume .status.lastAction)"
}

# A limit of one minute is told two seconds after the start, once; the script ends by itself.
limit() {
    local id
    cat >"$TMP/limited" <<END
#!/bin/bash
#SBATCH --time=1 --signal=B:USR1@58 -o /dev/null
trap 'echo near >>$TMP/limit' USR1
while [ ! -e $TMP/enough ]; do sleep 0.1 & wait \$!; done
END
    id=$(slurm sbatch --parsable -J limit "$TMP/limited")
    expect_says "$TMP/limit" near
    refused "is for job steps, of which there are none" slurm sbatch --signal=USR1@58 --wrap true
    touch "$TMP/enough"
    wait_until 20 "job $id ends" ended "$id"
    expect_says "$TMP/limit" near
}

ended() { # ID
    [[ $(slurm squeue -h -t COMPLETED -o %i -j "$1") == "$1" ]]
}

waiting() {
    local id
    submit waits true "hold: User"
    expect_reason waits JobHeldUser
    id=$(field waits .status.jobID)
    refused "Kill job error on job id $id: Job can not be altered now, try again later" \
        slurm scancel -s USR1 "$id"
    k patch bj/waits --type=merge \
        -p '{"spec":{"actions":[{"id":"1","type":"Signal","signal":"USR1"}]}}' >/dev/null
    k wait bj/waits --for='jsonpath={.status.lastAction.outcome}=Refused: the job does not run' \
        --timeout=20s >/dev/null || fail "the last action is $(field waits .status.lastAction)"
    refused "spec.actions[].signal is no signal: right are USR1, SIGUSR1 and 10" \
        k patch bj/waits --type=merge \
        -p '{"spec":{"actions":[{"id":"1","type":"Signal","signal":"USR1"},{"id":"2","type":"Signal","signal":"FOO"}]}}'
}

case_run() {
    script
    template
    volume
    limit
    waiting
}
