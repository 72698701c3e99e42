# kit.sh: what a case may use. `bash kit.sh CASE-FILE` runs one.
#
# A case file begins with comment lines that say what the case shows, and defines case_run.
# It has failed when a command in it fails or when it calls fail; the reason goes to standard
# output. What it gets from run, by the environment:
#
#   SERVER  real or local            STAND  state directory of the control plane
#   BIN     Gantry's programs        NS     the case's own namespace, which exists
#   KUBECTL the kubectl to use       TMP    the case's own directory, empty
#
# Every stand has nodes n1 to n4 with 16 CPUs and 8 GPUs of type h100 each, the default partition main
# with all of them, and a controller; standard error of applying crds/ is STAND/crds.stderr. Controller and nodes
# have the rights of manifests/rbac/ and no others, by STAND/gantry-controller.kubeconfig and STAND/gantry-node.kubeconfig.
# shellcheck shell=bash
kit=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib.sh
source "$kit/lib.sh"

fail() {
    echo "$*"
    trap - ERR
    exit 1
}

# kubectl as the administrator, in the case's namespace.
kubectl=("$KUBECTL" --kubeconfig "$STAND/kubeconfig" --cache-dir "$STAND/cache" -n "$NS")
k() {
    "${kubectl[@]}" "$@"
}

as_alice() { # kubectl as the user alice, whom only a real server knows
    k --context alice "$@"
}

slurm() { # COMMAND...: one of Slurm's, in a directory of its own
    (cd "$TMP" && "$BIN/$1" --kubeconfig "$STAND/kubeconfig" --namespace "$NS" "${@:2}")
}

# job NAME COMMAND [LINE...]: a manifest; each LINE is one of spec, such as "nodes: 4". COMMAND
# is the shell's; Kubernetes would make one $ of its $$.
job() {
    cat <<END
apiVersion: gantry.dev/v1alpha1
kind: BatchJob
metadata:
  name: $1
spec:
$([[ $# -gt 2 ]] && printf '  %s\n' "${@:3}")
  template:
    spec:
      containers:
      - name: main
        image: local
        command:
        - sh
        - -c
        - |
$(sed 's/\$\$/&&/g;s/^/          /' <<<"$2")
END
}

submit() { # as job, and applies it
    job "$@" | k apply -f - >/dev/null
}

# define KIND NAME SPEC: one of Gantry's objects that belong to no namespace, made or changed; SPEC is the inside
# of {}.
define() {
    k apply -f - >/dev/null <<END
apiVersion: gantry.dev/v1alpha1
kind: $1
metadata: {name: $2}
spec: {$3}
END
}

field() { # JOB JSONPATH, such as .status.state
    k get "bj/$1" -o "jsonpath={$2}"
}

describe_job() { # JOB: one line
    k get "bj/$1" -o "jsonpath={.status.state} {.status.reason} {.status.message}"
}

expect() { # WHAT ACTUAL EXPECTED
    [[ $2 == "$3" ]] || fail "$1 is \"$2\", not \"$3\""
}

expect_text() { # WHAT TEXT PART
    [[ $2 == *"$3"* ]] || fail "$1 does not say \"$3\" but \"$2\""
}

# expect_state JOB STATE [SECONDS]: comes to it, by a watch.
expect_state() {
    k wait "bj/$1" --for="jsonpath={.status.state}=$2" --timeout="${3:-30}s" >/dev/null 2>&1 ||
        fail "job $1 is $(describe_job "$1"), not $2"
}

expect_reason() { # JOB REASON [SECONDS]: pending for it
    k wait "bj/$1" --for="jsonpath={.status.reason}=$2" --timeout="${3:-30}s" >/dev/null 2>&1 ||
        fail "job $1 is $(describe_job "$1"), not $2"
    expect "job $1" "$(field "$1" .status.state)" PENDING
}

# refused PART COMMAND...: it fails, and its standard error has PART.
refused() {
    local part=$1 said
    shift
    if said=$("$@" 2>&1 >/dev/null); then
        fail "accepted, but should say \"$part\""
    fi
    expect_text "the refusal" "$said" "$part"
}

act() { # JOB TYPE [ID]: adds an action to the job
    k patch "bj/$1" --type=merge \
        -p "{\"spec\":{\"actions\":[{\"id\":\"${3:-1}\",\"type\":\"$2\"}]}}" >/dev/null
}

pods_of() { # JOB: names of its pods
    k get pods -o name -l "gantry.dev/job-uid=$(field "$1" .metadata.uid)"
}

no_pods() {
    [[ -z $(k get pods -o name) ]]
}

wait_until() { # SECONDS WHAT COMMAND...
    until_true "$1" "${@:3}" || fail "not within $1 s: $2"
}

# Moments of a job's start are numbers of changes to the namespace's jobs and pods (or to what is named), as
# watches show them: watch_changes, make the job, await_changes COUNT, do what is to happen then, unwatch_changes.
watch_changes() { # [KIND]...
    local kind kinds=("$@")
    (($#)) || kinds=(bj pods)
    changes_seen=0 change_watches=()
    mkfifo "$TMP/changes"
    exec 5<>"$TMP/changes"
    rm "$TMP/changes"
    for kind in "${kinds[@]}"; do
        "${kubectl[@]}" get "$kind" --watch --output-watch-events --no-headers >&5 2>/dev/null &
        change_watches+=($!)
    done
}

await_changes() { # COUNT
    while ((changes_seen < $1)) && read -r -t 20 -u 5 _; do
        changes_seen=$((changes_seen + 1))
    done
}

unwatch_changes() { # COUNT that must have been seen
    kill "${change_watches[@]}" 2>/dev/null || true
    wait "${change_watches[@]}" 2>/dev/null || true
    exec 5<&-
    ((changes_seen == $1)) || fail "only $changes_seen changes of $1 came"
}

process_lives() { # FILE that holds a process id
    [[ -d /proc/$(cat "$1") ]]
}

process_ended() {
    ! process_lives "$1"
}

has_lines() { # FILE COUNT
    (($(cat "$1" 2>/dev/null | wc -l) >= $2))
}

start_controller() { # OPTION...
    process_start "$STAND" gantry-controller \
        "$BIN/gantry-controller" --kubeconfig "$STAND/gantry-controller.kubeconfig" "$@"
}

leads() { # PROCESS: its number is in the name that the Lease holds
    [[ $(k -n gantry-system get lease gantry-controller -o 'jsonpath={.spec.holderIdentity}') == \
        *_"$(process_pid "$STAND" "$1")"_* ]]
}

# The API server, in a case that has the stand alone. In between, `command` and `server_dir` say how it was started.
server_name() {
    if [[ $SERVER == real ]]; then echo kube-apiserver; else echo gantry-local; fi
}

kill_server() {
    process_command "$STAND" "$(server_name)"
    server_dir=$(readlink "/proc/$(process_pid "$STAND" "$(server_name)")/cwd")
    process_kill "$STAND" "$(server_name)"
}

start_server() { # at its old address, which is free when the last of its threads has ended
    local port i
    port=$(sed -n 's/.*server:[^0-9]*127.0.0.1:\([0-9]*\).*/\1/p' "$STAND/kubeconfig")
    wait_until 10 "port $port is free" port_is_free "$port"
    for ((i = 0; i < ${#command[@]}; i++)); do # gantry-local's was "any"
        [[ ${command[i]} != --port ]] || command[i + 1]=$port
    done
    (cd "$server_dir" && process_start "$STAND" "$(server_name)" "${command[@]}")
    wait_until 60 "the server is ready again" k get --raw /readyz
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
    set -eEuo pipefail
    trap 'fail "${BASH_SOURCE[0]##*/}:$LINENO: \"$BASH_COMMAND\" failed"' ERR
    trap 'jobs -p | xargs -r kill 2>/dev/null || true' EXIT
    # shellcheck source=/dev/null
    source "$1"
    case_run
fi
