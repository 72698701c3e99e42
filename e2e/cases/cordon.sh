# A cordoned node, with the taint that Kubernetes puts on it, is drained and not ruled out: jobs that need it
# are taken and wait (ReqNodeNotAvail, Constraints), and start when it is back.
# Alone: it cordons a node.
taint=node.kubernetes.io/unschedulable

tainted() { k get node n4 -o "jsonpath={.spec.taints[*].key}" | grep -q "$taint"; }

case_run() {
    k cordon n4 >/dev/null
    # Its node lifecycle controller does that; gantry-local has none.
    [[ $SERVER == real ]] || k taint node n4 $taint:NoSchedule >/dev/null
    wait_until 30 "n4 has the taint" tainted

    expect "sinfo" "$(slurm sinfo -h -n n4 -o %T)" drained
    submit listed true "nodeList: n4"
    submit all true "nodes: 4" "gpusPerNode: 8"
    expect_reason listed ReqNodeNotAvail
    expect_reason all Constraints
    expect "sbatch" "$(slurm sbatch --parsable -w n4 --wrap true | grep -c '^[0-9]*$')" 1

    k uncordon n4 >/dev/null
    [[ $SERVER == real ]] || k taint node n4 $taint- >/dev/null
    expect_state listed COMPLETED 60
    expect_state all COMPLETED 60
}
