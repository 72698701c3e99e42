# A batch script runs on the first of its nodes, with its arguments, variables and files; the ranks that
# wait end with it. Its $ are its own. A script in a ConfigMap runs likewise, and a signal is told.
case_run() {
    mkdir "$TMP/home"
    k apply -f - >/dev/null <<END
apiVersion: gantry.dev/v1alpha1
kind: BatchJob
metadata: {name: train}
spec:
  nodes: 3
  workDir: $TMP/home
  output: "%x-%j.out"
  args: ["a b", "\$(HOME)"]
  env: [{name: PRICE, value: "\$\$5"}, {name: SLURM_JOB_ID, value: "999"}]
  script: |
    #!/bin/bash
    x=2
    echo "\$SLURM_JOB_ID \$SLURM_NNODES \$SLURMD_NODENAME \$(basename "\$PWD") \$1 \$2 \$PRICE \$((x + 1)) \$\$"
END
    expect_state train COMPLETED
    local id said
    id=$(field train .status.jobID)
    said=$(cat "$TMP/home/train-$id.out")
    expect_text "its output" "$said" "$id 3 n1 home a b \$(HOME) \$\$5 3 "
    expect "its last word, a process id" "${said##* }" "$(grep -o '[0-9]*$' <<<"$said")"
    expect "its exit" "$(field train .status.exitCode)" 0:0

    printf '#!/bin/sh -e\nkill -USR1 $$\n%05000d\n' 0 >"$TMP/script"
    k create configmap long --from-file="$TMP/script" >/dev/null
    k apply -f - >/dev/null <<END
apiVersion: gantry.dev/v1alpha1
kind: BatchJob
metadata: {name: long}
spec:
  scriptFrom: {configMapKeyRef: {name: long, key: script}}
END
    expect_state long FAILED
    expect "its exit" "$(field long .status.exitCode)" 0:10
}
