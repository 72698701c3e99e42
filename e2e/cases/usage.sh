# Alone: the controller is another one meanwhile.
# GrpTRESMins and UsageFactor: what a job has used is counted at the end of each period, by its
# QOS's factor, and kept in the QOS and in the account. When the QOS's minutes are used up the job
# ends, and the next one waits, also for a controller that has just begun.
case_run() {
    process_stop "$STAND" gantry-controller
    echo "{priorityCalcPeriod: 1, priorityDecayHalfLife: 0}" >"$TMP/gantry.yaml"
    start_controller --config "$TMP/gantry.yaml"
    define QOS metered "usageFactor: 2, limits: {grpTRESMins: {cpu: \"0.01\"}}"
    define QOS free "usageFactor: 0"
    define Account lab "members: [{user: ann}], defaultQOS: metered, qos: [metered, free]"
    submit first "sleep 1000" "user: ann" "cpusPerTask: 1"
    expect_state first RUNNING
    submit beside "sleep 1000" "user: ann" "qos: free"
    wait_until 90 "the end of a period" usage_is_kept
    wait_until 60 "the end of the job" ended_in_time
    expect "the state" "$(field first .status.state)" TIMEOUT
    expect "the QOS" "$(field first .status.qos)" metered
    expect "the job beside it" "$(field beside .status.state)" RUNNING
    expect_cost
    submit second true "user: ann"
    expect_reason second QOSGrpCPUMinutesLimit
    process_kill "$STAND" gantry-controller
    start_controller --config "$TMP/gantry.yaml"
    submit third true "user: ann"
    expect_reason third QOSGrpCPUMinutesLimit
    expect_text "the message" "$(field third .status.message)" \
        "QOS metered allows cpu=10m minutes in all, past jobs included; that is used up"
    define QOS metered "usageFactor: 2, limits: {grpTRESMins: {cpu: 1000}}"
    expect_state second COMPLETED
    expect_state third COMPLETED
    process_stop "$STAND" gantry-controller
    start_controller
    k delete account lab >/dev/null
    k delete qos metered free >/dev/null
}

usage() { # KIND NAME FIELD
    k get "$1" "$2" -o "jsonpath={.status.usage.$3}"
}

usage_is_kept() {
    [[ -n $(usage qos metered asOf) && -n $(usage account lab asOf) ]]
}

ended_in_time() {
    [[ $(field first .status.state) == TIMEOUT ]]
}

# Of one CPU, twice the seconds from its start up to when it is true or the job ended.
expect_cost() {
    local start until end cost
    start=$(date -d "$(field first .status.startTime)" +%s)
    end=$(date -d "$(field first .status.endTime)" +%s)
    until=$(date -d "$(usage qos metered asOf)" +%s)
    cost=$((2000 * ((until < end ? until : end) - start)))
    expect "CPU time of the QOS" "$(usage qos metered tresMilliseconds.cpu)" "$cost"
    expect "wall time of the QOS" "$(usage qos metered wallMilliseconds)" "$cost"
    expect "CPU time of the account" \
        "$(usage account lab 'members[0].tresMilliseconds.cpu')" "$cost"
}
