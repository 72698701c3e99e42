# Every file of manifests/examples/ runs to its end, and its output is the one that the file promises.
# Alone: one of them is a default partition, which takes the place of the stand's.
examples=$kit/../manifests/examples

is_default() { # main: true or false
    k patch partition main --type=merge -p "{\"spec\":{\"default\":$1}}" >/dev/null
}

put_back() {
    k delete partition batch --ignore-not-found >/dev/null || true
    is_default true
}

logs_of() { # JOB
    local pod
    for pod in $(pods_of "$1"); do
        k logs "$pod"
    done
}

# What each BatchJob has to have said.
said_hello() {
    [[ $1 =~ ^job\ [0-9]+\ runs\ on\ n[1-4]$ ]] || fail "hello said \"$1\""
}
said_hello-gang() {
    expect "the ranks" "$(cut -d' ' -f1-4 <<<"$1" | sort | tr '\n' ';')" \
        "rank 0 of 4;rank 1 of 4;rank 2 of 4;rank 3 of 4;"
    expect "where they find rank 0" "$(sed 's/.*, rank 0 at //' <<<"$1" | sort -u | grep -cE '^127(\.[0-9]+){3}$')" 1
    expect "their GPUs" "$(sed 's/.*GPUs \([0-9,]*\);.*/\1/' <<<"$1" | tr -d '0-9\n')" ",,,,"
}

runs_batchjob() { # NAME FILE
    k apply -f "$2" >/dev/null
    k wait "bj/$1" --for=condition=Complete --timeout=60s >/dev/null 2>&1 ||
        fail "$2: the job is $(describe_job "$1")"
    expect "its partition" "$(field "$1" .status.partition)" batch
    "said_$1" "$(logs_of "$1")"
}

runs_script() { # FILE
    local id out
    id=$(cd "$TMP" && "$BIN/sbatch" --kubeconfig "$STAND/kubeconfig" --namespace "$NS" --parsable -W "$1") ||
        fail "$1 failed"
    out=$(echo "$TMP"/*-"$id".out)
    expect "the first line of $out" "$(sed -n 1p "$out" | sed "s/on n.*; GPUs here: /on NODES; GPUs /")" \
        "job $id runs on NODES; GPUs 0,1,2,3,4,5,6,7"
    expect "the last line of $out" "$(tail -n 1 "$out")" "epoch 6 of 6"
}

case_run() {
    local file name kind
    trap put_back EXIT
    is_default false
    k apply -f "$examples/partition.yaml" >/dev/null
    for file in "$examples"/*; do
        name=$(basename "$file")
        kind=$(sed -n 's/^kind: //p' "$file")
        case $name:$kind in
        partition.yaml:Partition) ;; # has been applied
        *.yaml:BatchJob) runs_batchjob "${name%.yaml}" "$file" ;;
        *.sbatch:) runs_script "$file" ;;
        *) fail "$file: the case does not know how to run it" ;;
        esac
    done
}
