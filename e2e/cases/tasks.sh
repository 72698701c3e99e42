# Alone: where GPUs of others are free decides how many nodes they come to.
# Tasks and GPUs of the whole job are divided over as many nodes as that takes, and the pods'
# variables say how.
case_run() {
    submit tasks "$(say)" "ntasks: 20" "cpusPerTask: 1" "ntasksPerNode: 8" "timeLimit: '5'"
    submit gpus "$(say)" "gpus: h100:16" "cpusPerGpu: 1" "timeLimit: '5'"
    submit even "$(say)" "nodes: 2" "ntasks: 6" "timeLimit: '5'"
    expect_state tasks COMPLETED 60
    expect_state gpus COMPLETED 60
    expect_state even COMPLETED 60
    expect "nodes of the tasks" "$(field tasks .status.numNodes)" 3
    expect "GPUs" "$(field gpus .status.numGPUs)" 16
    expect "nodes of the GPUs" "$(field gpus .status.numNodes)" 2
    expect "the even job" "$(sort "$TMP/even")" "$(printf '6 3(x2) 0\n6 3(x2) 3')"
    expect "tasks in all" "$(sort -u "$TMP/tasks" | wc -l)" 3
    expect_text "tasks in all" "$(head -1 "$TMP/tasks")" "20 "
    local id
    id=$(slurm sbatch --parsable -W -o out-%j -N 2 -n 5 --gpus-per-task=1 \
        --wrap 'echo "$SLURM_NTASKS $SLURM_TASKS_PER_NODE $SLURM_GPUS_PER_TASK"')
    expect "what the script says" "$(cat "$TMP/out-$id")" "5 3,2 1"
    id=$(slurm sbatch --parsable -W -o out-%j -N 2 -n 3 -G 4 \
        --wrap 'echo "$SLURM_NTASKS $SLURM_TASKS_PER_NODE $SLURM_GPUS_ON_NODE"')
    expect "uneven tasks, even GPUs" "$(cat "$TMP/out-$id")" "3 2,1 2"
    id=$(slurm sbatch --parsable -W -o out-%j -N 3 -n 5 -G 16 \
        --wrap 'echo "$SLURM_TASKS_PER_NODE $SLURM_CPUS_ON_NODE $SLURM_GPUS_ON_NODE"')
    expect "neither even" "$(cat "$TMP/out-$id")" "3,1(x2) 3 8"
    id=$(slurm sbatch --parsable -W -o out-%j -N 3 -n 4 -G 20 \
        --wrap 'echo "$SLURM_TASKS_PER_NODE $SLURM_CPUS_ON_NODE $SLURM_GPUS_ON_NODE"')
    expect "one a multiple of the other" "$(cat "$TMP/out-$id")" "2,1(x2) 2 8"
    id=$(slurm sbatch --parsable -W -o out-%j -n 4 -G 20 \
        --wrap 'echo "$SLURM_TASKS_PER_NODE $SLURM_NNODES $SLURM_GPUS_ON_NODE"')
    expect "likewise, on as few nodes as fit" "$(cat "$TMP/out-$id")" "2,1(x2) 3 8"
    refused "Requested node configuration is not available" \
        slurm sbatch -n 1 -G 16 --wrap true
    refused "Invalid generic resource (gres) specification" \
        slurm sbatch -N 3 -G 2 --wrap true
    refused "spec.gpus is no GPU request" submit bad true "gpus: 'h100:'"
    submit never true "nodes: 4" "ntasks: 2"
    expect_reason never BadConstraints
    expect_text "the message" "$(field never .status.message)" \
        "spec.ntasks: 2 cannot be on 4 nodes"
}

say() { # of the job in whose file it goes
    echo "echo \"\$SLURM_NTASKS \$SLURM_TASKS_PER_NODE \$SLURM_PROCID\" >>$TMP/\$SLURM_JOB_NAME"
}
