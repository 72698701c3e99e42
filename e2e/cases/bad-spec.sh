# A misspelt field and a field that Gantry does not act on yet are refused by name.
case_run() {
    refused 'unknown field "spec.gpusPerNod"' submit bad true "gpusPerNod: 8"
    refused 'spec.segment: Invalid value: 2: spec.segment is not supported yet' submit bad true 'segment: 2'
    refused 'spec.timeLimit: Invalid value: "soon": spec.timeLimit is no length' \
        submit bad true 'timeLimit: soon'
    expect "the list of jobs" "$(k get bj -o name)" ""
}
