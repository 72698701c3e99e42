# Eight jobs that want twice the GPUs there are all complete, and at no time does a node run
# more of them than it has.
# Alone: it fills the cluster.
case_run() {
    local i waiting=()
    # Processes note what they hold; what they say is less than what is held for them.
    for i in 1 2 3 4 5 6 7 8; do
        job "gang-$i" "echo \$(date +%s%N) +4 \$SLURMD_NODENAME >>$TMP/use
            sleep 0.5
            echo \$(date +%s%N) -4 \$SLURMD_NODENAME >>$TMP/use" "nodes: 4" "gpusPerNode: 4"
        echo ---
    done | k apply -f - >/dev/null
    for i in 1 2 3 4 5 6 7 8; do
        waiting+=("bj/gang-$i")
    done
    k wait "${waiting[@]}" --for=condition=Complete --timeout=60s >/dev/null ||
        fail "not all complete: $(k get bj --no-headers | tr -s ' ' | tr '\n' ';')"
    expect "the number of ranks that ran" "$(grep -c + "$TMP/use")" 32
    local most
    most=$(sort -n "$TMP/use" | awk '{ use[$3] += $2; if (use[$3] > most) most = use[$3] }
        END { print most }')
    expect "the most GPUs used on a node" "$most" 8
}
