# A container whose processes keep more memory than its limit ends its job as OUT_OF_MEMORY, in Slurm's
# words: exit code 0:125, state OOM in squeue.
case_run() {
    k apply -f - >/dev/null <<'END'
apiVersion: gantry.dev/v1alpha1
kind: BatchJob
metadata: {name: hungry}
spec:
  template:
    spec:
      containers:
      - name: main
        image: local
        command: [sh, -c, "(head -c 200M /dev/zero; exec sleep 1000) | tail"]
        resources: {limits: {memory: 64Mi}}
END
    expect_state hungry OUT_OF_MEMORY
    expect "its reason" "$(field hungry .status.reason)" OutOfMemory
    expect_text "its message" "$(field hungry .status.message)" "OOMKilled: its processes kept"
    expect "its exit" "$(field hungry .status.exitCode)" 0:125
    expect "its condition" "$(field hungry '.status.conditions[?(@.type=="Failed")].reason')" OutOfMemory
    expect "squeue" "$(slurm squeue -h -t OOM -o '%t %T')" "OOM OUT_OF_MEMORY"
    expect "squeue without it" "$(slurm squeue -h)" ""
    expect_text "scontrol" "$(slurm scontrol show job "$(field hungry .status.jobID)")" \
        "JobState=OUT_OF_MEMORY Reason=OutOfMemory"
}
