# A job that cannot be over by its deadline ends as DEADLINE; one with a least limit starts with less
# than its limit, so that it is over in time, and says which limit is in force.
case_run() {
    local id limit
    submit late true "timeLimit: '60'" "deadline: now+30minutes"
    expect_state late DEADLINE
    expect "why" "$(field late .status.reason)" DeadLine
    slurm sbatch -J fits -t 120 --time-min 10 --deadline now+1hour --wrap "sleep 1000" >/dev/null
    wait_until 30 "job fits runs" runs fits
    id=$(slurm squeue -h -n fits -o %i)
    limit=$(slurm squeue -h -j "$id" -o %l)
    [[ $limit == 1:00:00 || $limit == 59:* ]] || fail "the limit in force is $limit, not an hour"
    expect_text "scontrol" "$(slurm scontrol show job "$id")" "TimeMin=00:10:00"
    slurm scancel "$id"
    refused "spec.timeMin is no length of time" submit bad true "timeMin: soon"
}

runs() { # JOBNAME
    [[ $(slurm squeue -h -n "$1" -o %T) == RUNNING ]]
}
