# Alone: where CPUs and GPUs of others are free decides when its jobs start.
# The components of a heterogeneous job start together, where they fit on the same nodes: from sbatch, where the script
# runs in the first one and knows the nodes of all, and from an object, where each has a template. A job may
# depend on it by the number of any of them. One whose own time is up ends while the others go on.
case_run() {
    local id next
    id=$(slurm sbatch --parsable -W -t 5 -o out-%j -n 1 -c 2 : -N 2 -n 3 --gpus-per-task=2 --wrap '
        echo "$SLURM_HET_SIZE $SLURM_NNODES $SLURM_NTASKS $SLURM_NTASKS_HET_GROUP_1 $SLURM_TASKS_PER_NODE_HET_GROUP_1"
        echo "$SLURM_JOB_NODELIST $SLURM_JOB_NODELIST_HET_GROUP_0 $SLURM_JOB_NODELIST_HET_GROUP_1"')
    expect "what the script says" "$(head -1 "$TMP/out-$id")" "2 1 1 3 2,1"
    expect "its nodes" "$(tail -1 "$TMP/out-$id")" "n1 n1 n[1-2]"
    id=$(slurm sbatch --parsable -W -t 5 -o out-%j -n 1 -G 1 -w n2 : -n 1 -G 1 -w n2 --wrap '
        echo "$SLURM_JOB_NODELIST_HET_GROUP_0 $SLURM_JOB_NODELIST_HET_GROUP_1"')
    expect "two on one node" "$(cat "$TMP/out-$id")" "n2 n2"
    printf '#!/bin/sh\n#SBATCH -o out-%%j -t 5 -N 1\n#SBATCH hetjob\n#SBATCH -N 1 -t 5 -G 8\nhostname\n' >"$TMP/x.sh"
    id=$(slurm sbatch --parsable -W x.sh)
    expect_text "where the script runs" "$(cat "$TMP/out-$id")" "-$id-1-0"

    k apply -f - >/dev/null <<END
apiVersion: gantry.dev/v1alpha1
kind: BatchJob
metadata: {name: couple}
spec:
  timeLimit: '5'
  components:
$(component head "nodes: 1, memPerNode: 1G")
$(component body "nodes: 2, gpusPerNode: 8")
END
    wait_until 30 "three pods" eval '[[ $(pods_of couple | wc -l) == 3 ]]'
    expect_state couple COMPLETED 60
    expect "its parts" "$(sort "$TMP/parts")" \
        "$(printf 'body 0 of 2 in 2\nbody 1 of 2 in 2\nhead 0 of 1 in 2')"
    expect "where they were" "$(field couple '.status.placement[*].component')" 1
    expect "its GPUs" "$(field couple .status.numGPUs)" 16
    expect "its nodes" "$(field couple .status.numNodes)" 2
    id=$(field couple .status.jobID)
    expect "as squeue lists it" "$(slurm squeue -h -t all -j "$id" -S i -o '%i %A %D')" \
        "$(printf '%s+0 %s 1\n%s+1 %s 2' "$id" "$id" "$id" "$((id + 1))")"
    expect "the node that both had" "$(slurm squeue -h -t all -j "$id" -S i -o %N)" "$(printf 'n1\nn[1-2]')"
    expect_text "as scontrol shows it" "$(slurm scontrol show job "$id+1")" "HetJobIdSet=$id-$((id + 1))"

    k apply -f - >/dev/null <<END
apiVersion: gantry.dev/v1alpha1
kind: Partition
metadata: {name: last}
spec: {nodes: n3, qos: last}
---
apiVersion: gantry.dev/v1alpha1
kind: QOS
metadata: {name: last}
spec: {limits: {maxJobsPerUser: 1, maxTRESPerJob: {node: 1}}}
END
    id=$(slurm sbatch --parsable -W -t 5 -o out-%j -n 1 : -p last -n 1 --wrap '
        echo "$SLURM_JOB_PARTITION_HET_GROUP_1 $SLURM_JOB_NODELIST_HET_GROUP_1 $SLURM_JOB_ID_HET_GROUP_1"')
    expect "a component in another partition" "$(cat "$TMP/out-$id")" "last n3 $((id + 1))"
    id=$(slurm sbatch --parsable -t 5 -o out-%j -n 1 : -p last -n 1 : -p last -n 1 --wrap true)
    wait_until 30 "the QOS of their partition" eval '[[ $(slurm squeue -h -o %r -j $id+2) == QOSMaxJobsPerUserLimit ]]'
    slurm scancel "$id"
    id=$(slurm sbatch --parsable -W -t 5 -o out-%j -n 1 : -q last -n 1 --wrap 'echo "$SLURM_JOB_QOS_HET_GROUP_1"')
    expect "a component with another QOS" "$(cat "$TMP/out-$id")" last
    expect "its row" "$(slurm squeue -h -t all -o %q -j "$id+1")" last
    refused "the first component has the account and the QOS of the job" k apply -f - <<END
apiVersion: gantry.dev/v1alpha1
kind: BatchJob
metadata: {name: charged}
spec: {components: [{name: a, qos: last}, {name: b}], script: "#!/bin/sh"}
END
    k apply -f - >/dev/null <<END
apiVersion: gantry.dev/v1alpha1
kind: BatchJob
metadata: {name: ears}
spec:
  timeLimit: '5'
  components:
$(listener left)
$(listener right "partition: last")
END
    id=$(field ears .status.jobID)
    wait_until 60 "both listen" eval '[[ $(sort $TMP/heard 2>/dev/null | xargs) == "left listens right listens" ]]'
    slurm scancel -s USR1 "$id+1"
    wait_until 30 "the second hears" grep -q 'right USR1' "$TMP/heard"
    slurm scancel -s USR1 "$id+0"
    wait_until 30 "the first hears" grep -q 'left USR1' "$TMP/heard"
    expect "each heard one" "$(grep -c USR1 "$TMP/heard")" 2
    refused "Job script not specified" slurm scancel -b -s USR1 "$id+1"
    slurm scancel -p last
    wait_until 60 "the end of the one in that partition" eval '[[ $(slurm squeue -h -t all -o %T -j $id+1) == CANCELLED ]]'
    expect "the other one" "$(slurm squeue -h -o %T -j "$id+0")" RUNNING
    slurm scancel "$id"
    expect_state ears CANCELLED 60
    k delete partition last >/dev/null
    k delete qos last >/dev/null
    refused "there is no partition \"last\"" slurm sbatch -n 1 : -p last --wrap true

    id=$(slurm sbatch --parsable -t 5 -o out-%j -n 1 : -t 0:05 -N 2 -G 4 --wrap 'sleep 300')
    wait_until 60 "the end of the second" eval '[[ $(slurm squeue -h -t all -o %T -j $id+1) == TIMEOUT ]]'
    expect "limits and states" "$(slurm squeue -h -t all -j "$id" -S i -o '%i %T %l %r')" \
        "$(printf '%s+0 RUNNING 5:00 None\n%s+1 TIMEOUT 0:05 TimeLimit' "$id" "$id")"
    expect "what scontrol shows of both" "$(slurm scontrol show job "$id" | grep -oE '(JobState|TimeLimit)=[^ ]*' | xargs)" \
        "JobState=RUNNING TimeLimit=00:05:00 JobState=TIMEOUT TimeLimit=00:00:05"
    slurm scancel "$id"
    id=$(slurm sbatch --parsable -t 5 -o out-%j -n 1 : -N 2 -G 4 --wrap 'sleep 300')
    wait_until 60 "both run" eval '[[ $(slurm squeue -h -o %T -j $id+1) == RUNNING ]]'
    slurm scontrol update "jobid=$id+1" timelimit=9
    expect "a limit of its own" "$(slurm squeue -h -S i -o %l -j "$id")" $'5:00\n9:00'
    slurm scancel "$id+1"
    wait_until 60 "the end of the second alone" eval '[[ $(slurm squeue -h -t all -o %T -j $id+1) == CANCELLED ]]'
    expect "the state of the first" "$(slurm squeue -h -t all -j "$id+0" -o '%T %r')" "RUNNING None"
    refused "spec.actions[].component: only types Cancel" \
        k patch bj/couple --type=merge -p '{"spec":{"actions":[{"id":"x","type":"Requeue","component":1}]}}'
    slurm scancel "$id"
    wait_until 60 "the end of the first" eval '[[ $(slurm squeue -h -t all -o %T -j $id+0) == CANCELLED ]]'

    submit blocker "sleep 300" "nodes: 3" "gpusPerNode: 8" "timeLimit: '10'"
    expect_state blocker RUNNING
    id=$(slurm sbatch --parsable -t 5 -o out-%j -n 1 : -N 2 --gpus-per-node=8 --wrap true 2>/dev/null)
    next=$(slurm sbatch --parsable -t 5 -n 1 -o out-%j -d "afterok:$((id + 1))" --wrap true)
    wait_until 30 "all wait" eval '[[ $(slurm squeue -h -o %r -j $id+1) == Resources ]]'
    expect_text "why" "$(slurm scontrol show job "$id")" "JobState=PENDING Reason=Resources"
    refused "Operation not permitted on individual component of heterogeneous job" slurm scancel "$id+1"
    expect_text "who depends on the second" "$(slurm squeue -h -o '%r %E' -j "$next")" \
        "Dependency afterok:$((id + 1))(unfulfilled)"
    act blocker Cancel
    wait_until 60 "its end" eval '[[ -z $(slurm squeue -h -t pd,r,cg -j $id,$next) ]]'
    expect "the one that depended" "$(slurm squeue -h -t all -o %T -j "$next")" COMPLETED

    refused "Invalid node name specified: component 1: node n9 does not exist" \
        slurm sbatch -N 1 : -w n1,n9 -N 2 --wrap true
    refused "spec.components cannot be changed" k patch bj/couple --type=merge \
        -p '{"spec":{"components":[{"name":"head"}],"script":"#!/bin/sh"}}'
}

listener() { # NAME SHAPE
    cat <<END
  - name: $1
    ${2:-nodes: 1}
    template:
      spec:
        containers:
        - name: main
          image: local
          command: [sh, -c, 'trap "echo $1 USR1 >>$TMP/heard" USR1; echo $1 listens >>$TMP/heard; while :; do sleep 0.2; done']
END
}

component() { # NAME SHAPE
    cat <<END
  - name: $1
    ${2//, /$'\n    '}
    template:
      spec:
        containers:
        - name: main
          image: local
          command: [sh, -c, 'echo "$1 \$RANK of \$WORLD_SIZE in \$SLURM_HET_SIZE" >>$TMP/parts']
END
}
