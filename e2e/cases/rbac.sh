# What a user without rights is told, by kubectl and by Slurm's commands, and what one can do who has those
# of manifests/rbac/users.yaml: submit as herself, see, change and cancel her jobs; not act as another or as an
# operator, until she is one; delete a reservation that is hers to delete. Kubernetes' own roles have them too.
slurm() { # COMMAND...: as alice
    (cd "$TMP" && "$BIN/$1" --kubeconfig "$STAND/kubeconfig" --context alice --namespace "$NS" "${@:2}")
}

# told PART COMMAND...: it fails with one line that has the part.
told() {
    local part=$1 said
    shift
    if said=$("$@" 2>&1 >/dev/null); then
        fail "accepted, but should say \"$part\": $*"
    fi
    expect "the number of lines in \"$said\"" "$(wc -l <<<"$said")" 1
    expect_text "what $1 $2 said" "$said" "$part"
}

has_no_rights() {
    local forbidden='User "alice" cannot'
    refused "Forbidden" as_alice get bj
    refused "Forbidden" as_alice create -f <(job nope true)
    told "$forbidden list resource \"batchjobs\"" slurm squeue
    told "$forbidden create resource \"batchjobs\"" slurm sbatch --wrap true
    told "$forbidden" slurm scancel 1
    told "$forbidden" slurm scontrol show job 1
    told "$forbidden list resource \"partitions\"" slurm sinfo
    expect "what is there" "$(k get bj -o name)" ""
}

user_rights() {
    k create rolebinding user --clusterrole=gantry-user --user=alice
    k create clusterrolebinding alice-sees-nodes --clusterrole=gantry-cluster-view --user=alice
}

operator_rights() {
    k create clusterrolebinding alice-operates --clusterrole=gantry-operator --user=alice
}

withdraw_rights() {
    k delete clusterrolebinding alice-sees-nodes alice-operates alice-reserves --ignore-not-found >/dev/null
}

# What is given to Kubernetes' role comes a moment after the role.
edit_has_ours() {
    [[ $(k get clusterrole edit -o json | tr -d ' \n') == *'"batchjobs"'* ]]
}

submits() {
    local id
    id=$(slurm sbatch --parsable -W -o /dev/null --wrap 'exit 0') || fail "alice's job failed"
    expect "its user" "$(k get bj -o "jsonpath={.items[?(@.status.jobID==$id)].spec.user}")" alice
    job hers "sleep 1000" "timeLimit: '5'" | as_alice apply -f - >/dev/null
    expect_state hers RUNNING
    wait_until 30 "the events of her job" hers_has_events
    expect "squeue --me" "$(slurm squeue --me -h -o '%j %u %t')" "hers alice R"
}

hers_has_events() {
    [[ $(as_alice events --for batchjob/hers -o 'jsonpath={.items[*].reason}') == Started ]]
}

is_not_another() {
    as_bob() { job his true "user: bob" | as_alice apply -f -; }
    refused "spec.user is bob, but you are alice" as_bob
    refused "spec.user" as_alice patch bj hers --type=merge -p '{"spec":{"user":"bob"}}'
    refused "spec.user" as_alice patch bj hers --type=json -p '[{"op":"remove","path":"/spec/user"}]'
    refused "by must be alice" as_alice patch bj hers --type=merge \
        -p '{"spec":{"actions":[{"id":"1","type":"Cancel","by":"bob"}]}}'
    expect "the user" "$(field hers .spec.user)" alice
}

is_operator() {
    as_alice patch bj hers --type=merge -p '{"spec":{"timeLimit":"9"}}' >/dev/null
    job others "sleep 1000" "user: bob" "hold: Admin" | as_alice apply -f - >/dev/null
    expect "whose it is" "$(field others .spec.user)" bob
    as_alice patch part main --type=merge -p '{"metadata":{"annotations":{"seen-by":"alice"}}}' >/dev/null
    slurm scancel "$(field others .status.jobID)"
}

is_no_operator() {
    refused "hold: Admin is set and lifted by operators only" as_alice patch bj hers --type=merge \
        -p '{"spec":{"hold":"Admin"}}'
    refused "raised by operators only" as_alice patch bj hers --type=merge -p '{"spec":{"timeLimit":"10"}}'
    local id
    id=$(slurm sbatch --parsable -t 5 -o /dev/null -n 1 : -n 1 --wrap "sleep 1000")
    wait_until 30 "her components" eval '[[ $(slurm squeue -h -j $id+1 -o %T) == RUNNING ]]'
    told "raised by operators only" slurm scontrol update "jobid=$id+1" timelimit=6
    slurm scontrol update "jobid=$id+1" timelimit=4
    slurm scancel "$id"
    as_alice patch bj hers --type=merge -p '{"spec":{"timeLimit":"4"}}' >/dev/null
    expect "a shorter limit" "$(field hers .spec.timeLimit)" 4
    refused "Forbidden" as_alice patch bj hers --subresource=status --type=merge -p '{"status":{"state":"COMPLETED"}}'
    refused "Forbidden" as_alice delete pods --all
}

# Of reservations she deletes those that say so and name her.
deletes_reservations() {
    k create clusterrolebinding alice-reserves --clusterrole=gantry-reservation-user --user=alice >/dev/null
    define Reservation hers "nodes: gone, duration: '60', users: [alice], flags: [USER_DELETE]"
    define Reservation plain "nodes: gone, duration: '60', users: [alice], flags: [OVERLAP]"
    define Reservation not-hers "nodes: gone, duration: '60', users: [bob], flags: [USER_DELETE, OVERLAP]"
    define Reservation theirs \
        "nodes: gone, duration: '60', groups: ['system:authenticated'], flags: [USER_DELETE, OVERLAP]"
    define Reservation refuses-her \
        "nodes: gone, duration: '60', users: [bob, -alice], flags: [USER_DELETE, OVERLAP]"
    wait_until 20 "what the role lets her" slurm scontrol delete ReservationName=hers
    told "reservation plain lacks the flag USER_DELETE" slurm scontrol delete ReservationName=plain
    told "reservation not-hers does not name alice" slurm scontrol delete ReservationName=not-hers
    told "reservation refuses-her does not name alice" slurm scontrol delete ReservationName=refuses-her
    slurm scontrol delete ReservationName=theirs
    refused "Forbidden" as_alice delete reservations --all
    expect "what is left" "$(k get reservations -o name | sort | tr '\n' ' ')" \
        "reservation.gantry.dev/not-hers reservation.gantry.dev/plain reservation.gantry.dev/refuses-her "
    k delete reservations --all >/dev/null
}

case_run() {
    [[ $SERVER == real ]] || return 0 # gantry-local has one user, its administrator
    has_no_rights
    trap withdraw_rights EXIT
    user_rights >/dev/null
    submits
    expect_text "sinfo" "$(slurm sinfo -h)" main
    is_not_another
    is_no_operator
    deletes_reservations
    operator_rights >/dev/null
    is_operator
    wait_until 20 "role edit has Gantry's" edit_has_ours
    slurm scancel "$(field hers .status.jobID)"
    expect_state hers CANCELLED
}
