# What kubectl says is the same on both servers, word for word: see e2e/transcripts/.
# Alone: it plays several sessions at a time itself.
transcripts=$kit/transcripts

# Times, identities, versions, addresses, ages and the namespace differ from run to run; one of
# the two says where no controller acts. A watch that ends as it begins, and prune, make kubectl write a line of its log.
normalize() {
    sed -E \
        -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z/TIME/g' \
        -e 's/[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} [+-][0-9]{4}/TIME/g' \
        -e 's/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/UID/g' \
        -e 's/(resourceVersion"?): "[0-9]+"/\1: "VERSION"/' \
        -e 's/\b10\.96\.[0-9]+\.[0-9]+ */ADDRESS /g' -e 's/ [0-9]{1,2}s( |$) */ AGE\1/' \
        -e '/^[EIW][0-9]{4} [0-9:.]+ .* (reflector|prune)\.go:/d' \
        -e '/^Warning: gantry-local runs no controller for /d' \
        -e "s/\\b$NS\\b/NAMESPACE/g"
}

# What kubectl explain says of core kinds without its words, which are each server's own: the
# transcript "explain" is held to that.
shape() {
    awk '
    /^DESCRIPTION:/ { print; words = 1; next }
    /^FIELDS:/ { words = 0; fields = 1 }
    words || (fields && /^ / && !/^ *[^ \t]+\t</ && !/^ *enum: /) { next }
    { print }'
}

# One command of a transcript, and what it said; "[N]" is an exit status other than 0.
play() { # COMMAND, its standard input on ours; of the transcript $name
    local said status=0 words
    # Quotes as the shell reads them; the transcripts are ours.
    eval "words=(${1//NAMESPACE/$NS})"
    # No pipe: who need not read it ends before it is written.
    said=$(k "${words[@]}" 2>&1 < <(sed "s/NAMESPACE/$NS/g")) || status=$?
    [[ $name != explain ]] || said=$(shape <<<"$said")
    echo "\$ $1"
    [[ -z $said ]] || normalize <<<"$said"
    ((status == 0)) || echo "[$status]"
}

# Plays all commands of FILE ("$ ..."), each with its input ("< ..."), and prints the transcript.
replay() { # FILE
    local line command="" input=""
    while IFS= read -r line || [[ $line ]]; do
        case $line in
        "#"*)
            [[ -z $command ]] || play "$command" <<<"$input"
            command="" input=""
            echo "$line"
            ;;
        '$ '*)
            [[ -z $command ]] || play "$command" <<<"$input"
            command=${line#\$ } input=""
            ;;
        "< "*) input+=${line#< }$'\n' ;;
        esac
    done <"$1"
    [[ -z $command ]] || play "$command" <<<"$input"
}

# What differs between two texts: the lines of the first alone with "-", of the second with "+".
differences() { # FILE FILE
    diff --unchanged-line-format= --old-line-format='-%L' --new-line-format='+%L' "$1" "$2" || true
}

# Plays FILE in a namespace of its own; what is otherwise goes to TMP/NAME.diff.
hold_to() { # FILE
    local name NS=$NS
    name=$(basename "$1" .txt)
    NS+=-$name
    kubectl[-1]=$NS
    k create namespace "$NS" >/dev/null
    replay "$1" >"$TMP/$name.txt"
    differences <(grep -v '^< ' "$1") "$TMP/$name.txt" >"$TMP/$name.diff"
    k delete namespace "$NS" --wait=false >/dev/null 2>&1
}

at_once=3 # most of the time is kubectl's own, or its patience

# Plays all; each must be otherwise as KNOWN/NAME.diff says, or not at all without that file.
hold_to_all() { # KNOWN
    local file name known
    export KUBE_EDITOR="sed -i s/before/after/"
    for file in "$transcripts"/*.txt; do
        (($(jobs -rp | wc -l) < at_once)) || wait -n
        hold_to "$file" &
    done
    wait
    for file in "$transcripts"/*.txt; do
        name=$(basename "$file" .txt)
        known=$1/$name.diff
        [[ -f $known ]] || known=/dev/null
        cmp -s "$known" "$TMP/$name.diff" ||
            fail "$name: $(differences "$known" "$TMP/$name.diff" | head -n 6 | tr '\n' ' ')"
    done
}

case_run() {
    # Other versions have other words.
    [[ $("$KUBECTL" version --client 2>/dev/null) == *v1.37.* ]] || return 0
    hold_to_all /nonexistent
}
