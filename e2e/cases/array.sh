# An array of processes, two at a time, by sbatch: each task runs once and has its variables and its output; one
# fails. By kubectl: an array of a template, part of which is cancelled while it waits. Jobs wait for single
# tasks; one is held and changed by itself.
by_sbatch() {
    local id i
    printf '#!/bin/bash\n#SBATCH --array=0-10:2%%2 -J six\n%s\n' \
        'echo "$SLURM_ARRAY_JOB_ID $SLURM_ARRAY_TASK_ID of $SLURM_ARRAY_TASK_COUNT $SLURM_ARRAY_TASK_MIN-$SLURM_ARRAY_TASK_MAX:$SLURM_ARRAY_TASK_STEP"
[ "$SLURM_ARRAY_TASK_ID" = 4 ] && exit 7
exit 0' >"$TMP/six.sh"
    id=$(slurm sbatch --parsable -W "$TMP/six.sh") && fail "the task's code was lost"
    for i in 0 2 4 6 8 10; do
        expect "the output of task $i" "$(cat "$TMP/slurm-${id}_$i.out")" "$id $i of 6 0-10:2"
    done
    expect "the states" "$(slurm squeue -h -t all -S i -j "$id" -o '%i %t')" \
        "${id}_0 CD
${id}_2 CD
${id}_4 F
${id}_6 CD
${id}_8 CD
${id}_10 CD"
    expect "the array" "$(k get bj -o "jsonpath={.items[?(@.status.jobID==$id)].status['state','exitCode']}")" "FAILED 7:0"
    expect "the pods" "$(k get pod -l gantry.dev/array-task -o name | wc -l)" 6
}

by_kubectl() {
    submit arr "sleep 1000" "array: '1-5%2'"
    wait_until 30 "two tasks run" two_run
    local id
    id=$(field arr .status.jobID)
    expect "the row" "$(slurm squeue -h -t PD -j "$id" -o '%i %r')" "${id}_[3-5%2] JobArrayTaskLimit"
    slurm scancel "${id}_[1,4]"
    wait_until 30 "task 3 follows" third_runs
    k delete bj arr --wait=true >/dev/null
    wait_until 60 "tasks go with their array" none_left "$id"
}

two_run() {
    [[ $(field arr .status.array.states.RUNNING) == 1-2 &&
        $(field arr .status.reason) == JobArrayTaskLimit ]]
}

# Waiting for a task that has not been split off yet, and for one that failed.
by_task() {
    local id well ill
    id=$(slurm sbatch --parsable -a 1-3%1 --wrap '[ "$SLURM_ARRAY_TASK_ID" != 2 ]')
    well=$(slurm sbatch --parsable -d "afterok:${id}_3" --wrap true)
    ill=$(slurm sbatch --parsable -d "afterok:${id}_[1-2]" --wrap true)
    until_true 60 ended "$well" CD || fail "job $well waits: $(slurm squeue -o '%i %t %r %E')"
    expect "the one that waits in vain" "$(slurm squeue -h -j "$ill" -o '%r %E')" \
        "DependencyNeverSatisfied afterok:${id}_2(failed)"
    slurm scancel "$ill"
}

# Task by task.
by_index() {
    local first second
    first=$(slurm sbatch --parsable -a 1-3%1 --wrap '[ "$SLURM_ARRAY_TASK_ID" != 2 ]')
    second=$(slurm sbatch --parsable -a 1-3 --kill-on-invalid-dep=yes -d "aftercorr:$first" --wrap true)
    until_true 60 ended "${second}_3" CD || fail "task 3 waits: $(slurm squeue -o '%i %t %r %E')"
    expect "the tasks" "$(slurm squeue -h -t all -S i -j "$second" -o '%i %t')" "${second}_1 CD
${second}_2 CA
${second}_3 CD"
}

# One task that waits is held and changed by itself; the others pass it by.
by_hand() {
    local id
    id=$(slurm sbatch --parsable -a 1-3%1 --wrap '[ "$SLURM_ARRAY_TASK_ID" != 1 ] || sleep 3')
    slurm scontrol hold "${id}_2"
    slurm scontrol update JobId="${id}_2" TimeLimit=5 Comment=mine
    until_true 60 ended "${id}_3" CD || fail "task 3 waits: $(slurm squeue -o '%i %t %r')"
    expect "the task that is held" "$(slurm squeue -h -j "${id}_2" -o '%i %t %r %l %k')" \
        "${id}_2 PD JobHeldUser 5:00 mine"
    slurm scontrol release "${id}_2"
    until_true 60 ended "${id}_2" CD || fail "task 2 waits: $(slurm squeue -o '%i %t %r')"
    expect "the array" "$(k get bj -o "jsonpath={.items[?(@.status.jobID==$id)].status.state}")" COMPLETED
}

ended() { # ID STATE
    [[ $(slurm squeue -h -t all -j "$1" -o %t) == "$2" ]]
}

third_runs() {
    [[ $(field arr .status.array.states.RUNNING) == 2-3 &&
        $(field arr .status.array.states.CANCELLED) == 1,4 &&
        $(field arr .status.array.states.PENDING) == 5 ]]
}

none_left() { # ID: of the array
    [[ $(k get bj -l "gantry.dev/array-job-id=$1" -o name) == "" ]]
}

case_run() {
    by_sbatch
    by_kubectl
    by_task
    by_index
    by_hand
}
