# A misspelt field and a field that Gantry does not act on yet are refused by name.
case_run() {
    refused 'unknown field "spec.gpusPerNod"' submit bad true "gpusPerNod: 8"
    refused 'spec.array: Invalid value: "0-3": spec.array is not supported yet' submit bad true 'array: "0-3"'
    refused 'spec.timeLimit: Invalid value: "soon": spec.timeLimit is no length' \
        submit bad true 'timeLimit: soon'
    expect "the list of jobs" "$(k get bj -o name)" ""
}
