# Objects go with their owners: in the background, in the foreground, or not at all; owners that never were, or
# are in another namespace, own nothing.
map() { # NAME [OWNER [BLOCKS [FINALIZER]]]: a ConfigMap; OWNER may be "never"
    local uid=never
    if [[ ${2:-} && $2 != never ]]; then
        uid=$(k get cm "$2" -o 'jsonpath={.metadata.uid}')
    fi
    cat <<END
apiVersion: v1
kind: ConfigMap
metadata:
  name: $1
$([[ ${2:-} ]] && echo "  ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: $2, uid: $uid,
    blockOwnerDeletion: ${3:-true}}]")
$([[ ${4:-} ]] && echo "  finalizers: [$4]")
END
}

make() {
    map "$@" | k create -f - >/dev/null
}

maps_are() { # LIST: what the case made; a real server puts its CA into every namespace
    [[ $(k get cm -o name | grep -v kube-root-ca | tr '\n' ' ') == "$1" ]]
}

expect_maps() { # WHAT [NAME...]
    local what=$1 names=""
    shift
    (($# == 0)) || names=$(printf 'configmap/%s ' "$@")
    until_true 30 maps_are "$names" ||
        fail "$what: there is $(k get cm -o name | tr '\n' ' '), not $names"
}

release() { # NAME
    k patch cm "$1" --type=merge -p '{"metadata":{"finalizers":null}}' >/dev/null
}

owners_of() {
    k get cm "$1" -o 'jsonpath={.metadata.ownerReferences}'
}

case_run() {
    make a && make b a && make c b && make other
    k delete cm a >/dev/null
    expect_maps "background" other

    make a && make b a true example.org/held && make c b
    k delete cm a --cascade=foreground --wait=false >/dev/null
    expect_maps "foreground, held" a b other
    expect "the owner's finalizer" "$(k get cm a -o 'jsonpath={.metadata.finalizers}')" '["foregroundDeletion"]'
    release b
    expect_maps "foreground" other

    make a && make b a
    k delete cm a --cascade=orphan >/dev/null
    expect_maps "orphan" b other
    expect "its owners" "$(owners_of b)" ""
    k delete cm b >/dev/null

    make a && make b a true example.org/held
    k delete cm a --cascade=foreground --wait=false >/dev/null
    k delete cm a --cascade=background >/dev/null
    expect_maps "in the background after all" b other
    release b
    expect_maps "and released" other

    make b never
    expect_maps "of one that never was" other

    k create namespace "$NS-2" >/dev/null
    make a
    map b a | k create -n "$NS-2" -f - >/dev/null
    k wait -n "$NS-2" cm/b --for=delete --timeout=30s >/dev/null
    k delete namespace "$NS-2" >/dev/null
    expect_maps "of one in another namespace" a other
}
