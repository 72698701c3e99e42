# A job that cannot be over by its deadline ends as DEADLINE; one with a least limit starts with less
# than its limit, so that it is over in time, and says which limit is in force.
case_run() {
    local id
    submit late true "timeLimit: '60'" "deadline: now+30minutes"
    expect_state late DEADLINE
    expect "why" "$(field late .status.reason)" DeadLine
    slurm sbatch -J fits -t 120 --time-min 10 --deadline now+1hour --wrap "sleep 1000" >/dev/null
    wait_until 30 "job fits runs" runs fits
    id=$(slurm squeue -h -n fits -o %i)
    expect_text "the limit in force" "$(slurm squeue -h -j "$id" -o %l)" "0:5"
    expect_text "scontrol" "$(slurm scontrol show job "$id")" "TimeMin=00:10:00"
    slurm scancel "$id"
    refused "spec.timeMin is no length of time" submit bad true "timeMin: soon"
}

runs() { # JOBNAME
    [[ $(slurm squeue -h -n "$1" -o %T) == RUNNING ]]
}
