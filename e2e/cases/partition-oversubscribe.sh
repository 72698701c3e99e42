# overSubscribe FORCE:4: four jobs, each of all CPUs of a node, run there at once; the fifth waits until one has ended.
case_run() {
    define Partition "$NS-four" "nodes: n1, overSubscribe: 'FORCE:4'"
    for i in 1 2 3 4; do
        submit "job$i" "echo CPUs=\$SLURM_CPUS_ON_NODE; sleep 60" "partition: $NS-four" "cpusPerTask: 16"
    done
    for i in 1 2 3 4; do expect_state "job$i" RUNNING; done
    submit fifth true "partition: $NS-four" "cpusPerTask: 16"
    expect_reason fifth Resources
    expect "a pod's request" "$(k get pods -l gantry.dev/job-uid="$(field job1 .metadata.uid)" \
        -o jsonpath='{.items[0].spec.containers[0].resources.requests.cpu}')" 4
    expect "what it counts for" "$(field job1 .status.allocTRES)" "cpu=16,node=1"
    expect "squeue's CPUs" "$(slurm squeue -h -j "$(field job1 .status.jobID)" -o '%C %h')" "16 YES"
    expect_text "scontrol" "$(slurm scontrol show partition "$NS-four")" "OverSubscribe=FORCE:4"
    expect_text "what it is told" "$(k logs -l gantry.dev/job-uid="$(field job1 .metadata.uid)")" "CPUs=16"
    slurm scancel "$(field job2 .status.jobID)"
    expect_state fifth COMPLETED
    slurm scancel --me
    k delete partition "$NS-four" >/dev/null
}
