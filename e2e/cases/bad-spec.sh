# A misspelt field and a field that Gantry does not act on yet are refused by name.
case_run() {
    refused 'unknown field "spec.gpusPerNod"' submit bad true "gpusPerNod: 8"
    refused 'spec.killOnBadExit: Invalid value: false: spec.killOnBadExit: false is not supported yet' \
        submit bad true 'killOnBadExit: false'
    refused 'spec.timeLimit: Invalid value: "soon": spec.timeLimit is no length' \
        submit bad true 'timeLimit: soon'
    expect "the list of jobs" "$(k get bj -o name)" ""
}
