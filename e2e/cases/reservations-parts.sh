# A reservation of cores or TRES holds a part of a node, of which its jobs have no more and others nothing; it may be of a
# named node, grows and shrinks, comes again, and goes when nobody needs it.
# Alone: it looks at whole nodes.
case_run() {
    refused "Requested nodes are busy: 1000 CPUs are asked for, of nodes that have" \
        slurm scontrol create reservation ReservationName=many StartTime=now Duration=60 CoreCnt=1000 Users=ann
    refused "spec.nodeCount: a reservation has this or spec.nodes" \
        slurm scontrol create reservation ReservationName=both StartTime=now Duration=60 Nodes=n4 NodeCnt=1 Users=ann
    cores
    gpus
    static
    lists
    purge
    skip
}

# Twelve of the sixteen cores of n4: those who are in it have these, others the four beside them.
cores() {
    slurm scontrol create reservation ReservationName=cores StartTime=now Duration=60 Nodes=n4 CoreCnt=12 \
        Groups=system:authenticated >/dev/null
    wait_until 30 "the reservation" has_nodes cores n4
    expect "what it shows" "$(shown cores CoreCnt) $(shown cores TRES) $(shown cores Flags)" "12 cpu=12 SPEC_NODES"
    submit inside "sleep 1000" "reservation: cores" "ntasks: 8"
    expect_state inside RUNNING
    submit too-many true "reservation: cores" "ntasks: 5"
    expect_reason too-many Reservation
    submit beside "sleep 1000" "nodeList: n4" "ntasks: 4"
    expect_state beside RUNNING
    submit over true "nodeList: n4" "ntasks: 1" "timeLimit: '10'"
    expect_reason over Resources
    refused "Requested reservation is in use" slurm scontrol delete ReservationName=cores
    slurm scontrol update ReservationName=cores CoreCnt=11 >/dev/null # of the others' part
    expect_state over COMPLETED
    k delete bj beside >/dev/null
    slurm scontrol update ReservationName=cores CoreCnt=13 >/dev/null
    expect_state too-many COMPLETED
    k delete bj inside >/dev/null
    slurm scontrol delete ReservationName=cores >/dev/null
}

# Half the GPUs of one node and a quarter of its memory; with FLEX its jobs may have more.
gpus() {
    slurm scontrol create reservation ReservationName=gpus StartTime=now Duration=60 TRES=gres/gpu=4,mem=1G \
        Groups=system:authenticated >/dev/null
    wait_until 30 "the reservation" has_nodes gpus 'n[1-4]'
    expect "what it shows" "$(shown gpus NodeCnt) $(shown gpus TRES)" "1 mem=1G,gres/gpu=4"
    submit half true "reservation: gpus" "gpusPerNode: '4'"
    expect_state half COMPLETED
    submit whole true "reservation: gpus" "gpusPerNode: '8'"
    expect_reason whole Reservation
    slurm scontrol update ReservationName=gpus Flags+=FLEX >/dev/null
    expect_state whole COMPLETED
    slurm scontrol delete ReservationName=gpus >/dev/null
}

# What is chosen stays with STATIC_ALLOC though its node is drained; without it another node is chosen.
static() {
    local node
    slurm scontrol create reservation ReservationName=stays StartTime=now Duration=60 CoreCnt=4 Users=ann \
        Flags=STATIC_ALLOC >/dev/null
    wait_until 30 "the reservation" has_nodes stays 'n[1-4]'
    node=$(nodes_of stays)
    k cordon "$node" >/dev/null
    slurm scontrol create reservation ReservationName=moves StartTime=now Duration=60 CoreCnt=4 Users=ann >/dev/null
    wait_until 30 "another node" has_nodes moves 'n[1-4]'
    expect "its node" "$(nodes_of stays)" "$node"
    [[ $(nodes_of moves) != "$node" ]] || fail "it has the drained node $node"
    slurm scontrol update ReservationName=stays Flags=-STATIC_ALLOC >/dev/null
    moved() { [[ $(nodes_of stays) != "$node" ]]; }
    wait_until 30 "another node" moved
    k uncordon "$node" >/dev/null
    slurm scontrol delete ReservationName=stays >/dev/null
    slurm scontrol delete ReservationName=moves >/dev/null
}

# One more and one less; whoever was denied may again.
lists() {
    slurm scontrol create reservation ReservationName=lists StartTime=now Duration=60 CoreCnt=4 Users=ann >/dev/null
    slurm scontrol update ReservationName=lists Users+=bob,carl >/dev/null
    slurm scontrol update ReservationName=lists Users-=ann >/dev/null
    expect "its users" "$(shown lists Users)" bob,carl
    refused "Reservation request lacks users, groups or accounts" \
        slurm scontrol update ReservationName=lists Users-=bob,carl
    slurm scontrol update ReservationName=lists Users= Groups=-system:authenticated,-staff >/dev/null
    wait_until 30 "the reservation" has_nodes lists 'n[1-4]'
    submit denied true "reservation: lists"
    expect_reason denied Reservation
    slurm scontrol update ReservationName=lists Groups+=system:authenticated >/dev/null
    expect "its groups" "$(shown lists Groups)" -staff
    expect_state denied COMPLETED
    refused 'Flags: "nonsense" is no flag of a reservation' slurm scontrol update ReservationName=lists Flags-=nonsense
    slurm scontrol delete ReservationName=lists >/dev/null
}

# It goes once its job is over for so long, unless that is taken back.
purge() {
    slurm scontrol create reservation ReservationName=brief StartTime=now Duration=60 CoreCnt=4 \
        Groups=system:authenticated Flags=PURGE_COMP=0:03 >/dev/null
    slurm scontrol create reservation ReservationName=stays StartTime=now Duration=60 CoreCnt=4 Users=ann \
        Flags=PURGE_COMP=0:03 >/dev/null
    slurm scontrol update ReservationName=stays Flags-=PURGE_COMP >/dev/null
    wait_until 30 "the reservation" has_nodes brief 'n[1-4]'
    submit member "sleep 5" "reservation: brief"
    expect_state member RUNNING
    gone() { ! k get reservation brief >/dev/null 2>&1; }
    wait_until 60 "the end of the reservation" gone
    expect "its job" "$(field member .status.state)" COMPLETED
    expect "the other one" "$(shown stays Flags)" "(null)"
    slurm scontrol delete ReservationName=stays >/dev/null
}

# Today is left out: who runs in it goes on, who waits for it waits for tomorrow.
skip() {
    local was
    slurm scontrol create reservation ReservationName=daily StartTime=now Duration=60 Nodes=n4 CoreCnt=16 Flags=DAILY \
        Groups=system:authenticated >/dev/null
    wait_until 30 "the reservation" has_nodes daily n4
    was=$(shown daily StartTime)
    submit runs "sleep 1000" "reservation: daily" "ntasks: 8" "timeLimit: '30'"
    expect_state runs RUNNING
    submit other true "nodeList: n4" "ntasks: 4" "timeLimit: '30'"
    expect_reason other Resources
    slurm scontrol update ReservationName=daily Skip >/dev/null
    expect_state other COMPLETED
    expect "its job" "$(field runs .status.state)" RUNNING
    [[ $(shown daily StartTime) > $was ]] || fail "it begins at $(shown daily StartTime), as before"
    submit tomorrow true "reservation: daily"
    expect_reason tomorrow Reservation
    k delete bj runs >/dev/null
    slurm scontrol delete ReservationName=daily >/dev/null
    expect_reason tomorrow ReservationDeleted
    k delete bj tomorrow >/dev/null
}

nodes_of() { # NAME
    k get reservation "$1" -o 'jsonpath={.status.nodes}'
}

has_nodes() { # NAME PATTERN
    # shellcheck disable=SC2053 # it is a pattern
    [[ $(nodes_of "$1") == $2 ]]
}

shown() { # NAME KEY: what `scontrol show reservation` says of it
    slurm scontrol -o show reservation "$1" | tr ' ' '\n' | sed -n "s/^$2=//p"
}
