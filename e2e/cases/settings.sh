# Alone: the controller is another one meanwhile.
# A changed gantry.yaml is read while the controller runs: where a ConfigMap's volume swaps its
# symlink, and at SIGHUP. A bad one is refused in one line and changes nothing. `scontrol show
# licenses` says which licences there are, and sbatch refuses others.
case_run() {
    local dir=$TMP/etc log=$STAND/log/gantry-controller.log
    mkdir -p "$dir"
    version 1 "priorityWeightPartition: 500"
    ln -s ..data/gantry.yaml "$dir/gantry.yaml"
    process_stop "$STAND" gantry-controller
    start_controller --config "$dir/gantry.yaml"
    define Partition weighty "nodes: n1, priorityJobFactor: 10"
    submit hog "sleep 1000" "partition: weighty" "exclusive: true"
    expect_state hog RUNNING
    submit big true "partition: weighty" "exclusive: true"
    expect_priority 500
    version 2 "priorityWeightPartition: 700"
    expect_priority 700
    version 3 "priorityWieghtPartition: 900"
    wait_until 30 "the refusal" grep -q "the settings stay as they are: .*:1: unknown key" "$log"
    expect "the priority" "$(field big .status.priority)" 700
    version 4 "{priorityWeightPartition: 800, scriptImage: other, licenses: 'matlab:2,octave'}"
    expect_priority 800
    wait_until 30 "the licences" has_licence
    refused "Invalid license specification" slurm sbatch -L matlab:3 --wrap true
    submit either true "licenses: 'octave:9|matlab:2'"
    expect_state either COMPLETED
    expect "its licence" "$(field either .status.license)" matlab
    grep -q "holds from the next start on: scriptImage" "$log" || fail "scriptImage is not named"
    process_pid "$STAND" gantry-controller | xargs kill -HUP
    wait_until 30 "SIGHUP" grep -q "is read again: nothing changes" "$log"
    process_stop "$STAND" gantry-controller
    start_controller
    expect_priority 1000
    act hog Cancel
    expect_state big COMPLETED
    k delete partition weighty >/dev/null
}

has_licence() {
    [[ $(slurm scontrol -o show licenses) == *"LicenseName=matlab Total=2 Used=0 Free=2 Reserved=0 Remote=no"* ]]
}

expect_priority() { # NUMBER: comes to it
    k wait bj/big --for="jsonpath={.status.priority}=$1" --timeout=30s >/dev/null 2>&1 ||
        fail "the priority is $(field big .status.priority), not $1"
}

version() { # NUMBER TEXT: as the kubelet brings a ConfigMap's new version
    mkdir "$dir/..$1"
    echo "$2" >"$dir/..$1/gantry.yaml"
    ln -s "..$1" "$dir/..data_tmp"
    mv -T "$dir/..data_tmp" "$dir/..data"
}
