# The API server is killed in the middle of a cascading delete, in the background and in the foreground, and started
# anew: what was owned goes, what an owner waits for is waited for, and nothing else goes.
# Alone: it takes the server from others.
wide=150 # dependents of one owner

owned() { # NAME OWNER [FINALIZER]: a ConfigMap; the owner's uid is in `uid`
    echo "---"
    cat <<END2
apiVersion: v1
kind: ConfigMap
metadata:
  name: $1
  labels: {case: cascade}
  ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: $2, uid: $uid, blockOwnerDeletion: true}]
$([[ ${3:-} ]] && echo "  finalizers: [$3]")
END2
}

make() { # NAME OWNER [FINALIZER]
    uid=$(uid_of "$2")
    owned "$@" | k create -f - >/dev/null
}

make_root() { # NAME
    k create cm "$1" >/dev/null
    k label cm "$1" case=cascade >/dev/null
}

uid_of() {
    k get cm "$1" -o 'jsonpath={.metadata.uid}'
}

maps() {
    k get cm -l case=cascade -o name | sed 's/.*\///' | tr '\n' ' '
}

maps_are() {
    [[ $(maps) == "$1" ]]
}

expect_maps() { # WHAT LIST
    until_true 60 maps_are "$2" || fail "$1: there is \"$(maps)\", not \"$2\""
}

release() {
    k patch cm "$1" --type=merge -p '{"metadata":{"finalizers":null}}' >/dev/null
}

kill_and_start() {
    kill_server
    start_server
}

# Half of it has happened: a is gone, b is held, what b owns stays for it.
background_half() {
    make_root a && make b a example.org/held && make c b && make d a
    k delete cm a --wait=false >/dev/null
    expect_maps "in the background, held" "b c other "
    kill_and_start
    expect_maps "in the background, held, after the kill" "b c other "
    release b
    expect_maps "in the background" "other "
}

foreground_half() {
    make_root a && make b a example.org/held && make c b && make d a
    k delete cm a --cascade=foreground --wait=false >/dev/null
    expect_maps "in the foreground, held" "a b other "
    kill_and_start
    expect "the owner's finalizer" "$(k get cm a -o 'jsonpath={.metadata.finalizers}')" '["foregroundDeletion"]'
    expect_maps "in the foreground, held, after the kill" "a b other "
    release b
    expect_maps "in the foreground" "other "
}

# Many go, and the kill comes when some have been seen to go. (gantry-local is quick: that it is killed in the middle of
# such a one is shown by tests/gantry-local/test_cascade_killed.c.)
wide_one() { # PROPAGATION CHANGES to see before the kill
    local i
    make_root a
    uid=$(uid_of a)
    for ((i = 0; i < wide; i++)); do owned "w$i" a; done | k create -f - >/dev/null
    expect "the number of maps" "$(maps | wc -w)" $((wide + 2))
    watch_changes cm
    await_changes $((wide + 2)) # what is there; a real server's own is not labelled, but counted
    k delete cm a --cascade="$1" --wait=false >/dev/null
    await_changes $((wide + 2 + $2))
    kill_and_start
    unwatch_changes $((wide + 2 + $2))
    expect_maps "$1, killed after $2 changes" "other "
}

case_run() {
    local command server_dir uid
    make_root other
    background_half
    foreground_half
    wide_one background 20
    wide_one foreground 20
    # The controller has found back to the server, too.
    submit after true
    expect_state after COMPLETED 90
}
