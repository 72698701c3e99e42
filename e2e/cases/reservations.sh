# A reservation is for somebody, and shares its nodes with no other at its time; groups are those of
# who submits. One that nobody needs goes; others lend their node, float, skip a time, and end with or without their jobs. Nodes are marked, so other cases wait.
# Alone: it has a node.
case_run() {
    refused "spec.users: a reservation is for users or groups, accounts, QOS or partitions" \
        reservation nobody "nodes: n4, duration: '60'"
    refused "spec.groups and users exclude each other" \
        reservation both "nodes: n4, duration: '60', users: [a], groups: [b]"
    refused "Either Users/Groups and/or Accounts must be specified.  No reservation created." \
        slurm scontrol create reservation ReservationName=none StartTime=now Duration=60 Nodes=n4
    slurm scontrol create reservation ReservationName=lab StartTime=now Duration=60 Nodes=n4 \
        Groups=system:authenticated >/dev/null
    wait_until 30 "the reservation" active lab
    refused "Requested reservation overlaps with another reservation" \
        slurm scontrol create reservation ReservationName=other StartTime=now Duration=60 \
        Nodes=n4 Users=ann
    refused 'Invalid node name specified: there is no node "n99"' \
        slurm scontrol create reservation ReservationName=other StartTime=now+2hours Duration=60 \
        Nodes=n[4,99] Users=ann
    refused 'Invalid partition name specified: there is no partition "nowhere"' \
        slurm scontrol create reservation ReservationName=other StartTime=now+2hours Duration=60 \
        NodeCnt=1 PartitionName=nowhere Users=ann
    slurm scontrol update ReservationName=lab Duration+=30 >/dev/null
    expect "its length" "$(k get reservation lab -o 'jsonpath={.spec.duration}')" 01:30:00
    refused "Requested reservation is invalid: reservation none does not exist" \
        slurm sbatch --reservation=lab,none --wrap true
    submit in true "reservation: lab"
    expect_state in COMPLETED
    expect "its node" "$(field in .status.nodeList)" n4
    submit either true "reservation: 'none,lab'"
    expect_state either COMPLETED
    expect "its reservation" "$(field either .status.reservation)" lab
    slurm scontrol update ReservationName=lab Groups=staff >/dev/null
    submit out true "reservation: lab"
    expect_reason out Reservation
    slurm scontrol delete ReservationName=lab >/dev/null
    k delete bj out >/dev/null
    reservation short "nodes: n4, duration: '60', users: [ann], purgeComp: 0:02"
    gone() { ! k get reservation short >/dev/null 2>&1; }
    wait_until 30 "the end of the reservation" gone
    lend
    draw
    float
    skip
    end_with
}

# A magnetic one draws in those that would be over by its end, though they ask for none.
draw() {
    slurm scontrol create reservation ReservationName=pull StartTime=now Duration=60 Nodes=n4 \
        Groups=system:authenticated Flags=MAGNETIC >/dev/null
    wait_until 30 "the reservation" active pull
    submit drawn true "nodeList: n4" "timeLimit: '10'"
    expect_state drawn COMPLETED
    expect "its reservation" "$(field drawn .status.reservation)" pull
    submit longer true "nodeList: n4" "timeLimit: '90'"
    expect_reason longer ReqNodeNotAvail
    slurm scontrol delete ReservationName=pull >/dev/null
    expect_state longer COMPLETED
    expect "its reservation" "$(field longer .status.reservation)" ""
}

# One that floats lets those run on its node that are over before it would begin, whenever that is.
float() {
    slurm scontrol create reservation ReservationName=drain StartTime=now+1hours Duration=100 Nodes=n4 \
        Users=ann Flags=TIME_FLOAT >/dev/null
    wait_until 30 "its node" has_node drain
    submit short true "timeLimit: '60'" "nodeList: n4"
    expect_state short COMPLETED
    submit long true "timeLimit: '61'" "nodeList: n4"
    expect_reason long ReqNodeNotAvail
    refused "reservation drain floats (TIME_FLOAT): no job runs in it" \
        slurm sbatch --reservation=drain,none --wrap true
    submit within true "reservation: drain"
    expect_reason within Reservation
    k delete bj within >/dev/null
    slurm scontrol show reservation drain >"$TMP/drain"
    grep -q "StartTime=20.* Duration=01:40:00" "$TMP/drain" || fail "$(cat "$TMP/drain")"
    slurm scontrol delete ReservationName=drain >/dev/null
    expect_state long COMPLETED
}

# The time of today is left out; nobody whom it names with - is in it.
skip() {
    slurm scontrol create reservation ReservationName=daily StartTime=now Duration=60 Nodes=n4 Flags=DAILY \
        Groups=-system:authenticated >/dev/null
    wait_until 30 "the reservation" active daily
    submit denied true "reservation: daily"
    expect_reason denied Reservation
    submit other true "nodeList: n4" "timeLimit: '30'"
    expect_reason other ReqNodeNotAvail
    slurm scontrol update ReservationName=daily Skip >/dev/null
    expect_state other COMPLETED
    expect "its state" "$(k get reservation daily -o 'jsonpath={.status.state}')" INACTIVE
    slurm scontrol delete ReservationName=daily >/dev/null
    k delete bj denied >/dev/null
}

# Who runs in it is over with it; who waits is held, or needs it no more.
end_with() {
    reservation brief "nodes: n4, duration: 0:08, groups: ['system:authenticated']"
    reservation kept "nodes: gone, duration: 0:08, users: [ann]"
    reservation free "nodes: gone, duration: 0:08, users: [ann], flags: [NO_HOLD_JOBS_AFTER_END]"
    submit runs "sleep 1000" "reservation: brief"
    submit waits true "reservation: kept"
    submit freed true "reservation: free"
    expect_state runs TIMEOUT
    expect_state freed COMPLETED
    expect_reason waits ReservationDeleted
    k delete bj waits >/dev/null
    k delete reservation brief kept free >/dev/null
}

has_node() { # NAME
    [[ $(k get reservation "$1" -o 'jsonpath={.status.nodes}') == n4 ]]
}

# A job with --signal=R: has the node until a job of the reservation needs it: it is told by its signal, and
# goes back to the queue.
lend() {
    local id
    slurm scontrol create reservation ReservationName=course StartTime=now Duration=60 Nodes=n4 \
        Groups=system:authenticated MaxStartDelay=0:30 >/dev/null
    wait_until 30 "the reservation" active course
    slurm scontrol show reservation course >"$TMP/course"
    grep -q "MaxStartDelay=00:00:30" "$TMP/course" || fail "$(cat "$TMP/course")"
    cat >"$TMP/borrower" <<END
#!/bin/bash
#SBATCH --signal=RB:USR1@10 --nodelist=n4 --exclusive --time=1-0 -o /dev/null
trap 'echo yields >>$TMP/yields' USR1
>$TMP/borrows
while :; do sleep 0.1 & wait \$!; done
END
    id=$(slurm sbatch --parsable "$TMP/borrower")
    wait_until 30 "a job borrows the node" test -e "$TMP/borrows"
    submit member true "reservation: course" "exclusive: true"
    expect_state member COMPLETED 60
    expect "what the other one was told" "$(cat "$TMP/yields")" yields
    slurm scontrol show job "$id" >"$TMP/borrower.shown"
    grep -q "Restarts=1" "$TMP/borrower.shown" || fail "$(cat "$TMP/borrower.shown")"
    slurm scancel "$id"
    slurm scontrol delete ReservationName=course >/dev/null
}

active() { # NAME
    [[ $(k get reservation "$1" -o 'jsonpath={.status.state}') == ACTIVE ]]
}

reservation() { # NAME SPEC
    define Reservation "$@"
}
