# Jobs that wait for others, from sbatch: afterok starts when its job has succeeded, never when it has
# failed, which kubectl, squeue and scontrol say; afternotok the other way round; singletons one by one.
# scontrol update takes a dependency away. A job cancelled for a dependency that can never be met says so.
case_run() {
    local first
    submit first "until [ -s $TMP/go ]; do sleep 0.1; done; exit \$(cat $TMP/go)"
    expect_state first RUNNING
    first=$(field first .status.jobID)
    refused "Invalid --dependency specification: \"aftersoon:" \
        slurm sbatch -d "aftersoon:$first" --wrap true
    submit ok true "dependency: 'afterok:$first'"
    submit not-ok true "dependency: 'afternotok:$first'"
    submit never true "dependency: 'afterok:$first'" "killOnInvalidDep: true"
    submit free true "dependency: 'afterok:$first'"
    slurm sbatch -d "afterany:$first" -J last --wrap true >/dev/null
    expect_reason ok Dependency
    expect_reason not-ok Dependency
    expect_reason never Dependency
    expect_text "squeue" "$(slurm squeue -h -o '%j %T %r %E')" \
        "ok PENDING Dependency afterok:$first(unfulfilled)"
    expect_text "squeue" "$(slurm squeue -h -o '%j %T %r %E')" \
        "last PENDING Dependency afterany:$first(unfulfilled)"
    slurm scontrol update "JobId=$(field free .status.jobID)" Dependency=
    expect_state free COMPLETED
    echo 3 >"$TMP/go"
    expect_state first FAILED
    expect_reason ok DependencyNeverSatisfied
    expect_state not-ok COMPLETED
    expect_state never CANCELLED
    expect "why never" "$(field never .status.reason)" DependencyNeverSatisfied
    expect_text "scontrol" "$(slurm scontrol show job "$(field ok .status.jobID)")" \
        "Reason=DependencyNeverSatisfied Dependency=afterok:$first(failed)"
    expect "jobs left" "$(slurm squeue -h -o %j)" ok
}
