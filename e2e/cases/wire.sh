# The numbers by which protobuf bodies are read are those of Kubernetes' own .proto files.

# The table of core types as lines "core.v1.Pod metadata 1".
table_numbers() {
    sed -n 's/^    {"\([a-z0-9]*\.v[a-z0-9]*\.[A-Za-z]*\)", *\(.*\)/\n\1 \2/p; s/^ *\(".*\)/\1/p
        s/^[a-z}].*/%/p' \
        "$kit"/../cmd/gantry-local/coretypes_[!k]*.c |
        awk '
        # Strings of one row are one text; a row begins with its name.
        /^%/ { flush(); name = "" } # other text of the file
        /^[a-z0-9]+\.v/ { flush(); name = $1; sub(/^[^ ]+ /, "") }
        { while (match($0, /"([^"\\]|\\.)*"/)) {
              text = text substr($0, RSTART + 1, RLENGTH - 2); $0 = substr($0, RSTART + RLENGTH) } }
        function flush(    n, i, field, word, k, w) {
            n = split(text, field, /; */)
            for (i = 1; i <= n; i++) {
                w = split(field[i], word, / /)
                for (k = 3; k <= w && name != ""; k++)
                    if (word[k] ~ /^@/) {
                        sub(/[!~]$/, "", word[1]); gsub(/[@?]/, "", word[k])
                        print name, word[1], word[k]
                    }
            }
            text = ""
        }
        END { flush() }' | sort
}

# Messages of .proto files as lines "core.v1.Pod metadata 1 meta.v1.ObjectMeta".
proto_numbers() { # DIR...
    find "$@" -path '*/v[0-9]*/generated.proto' | while read -r file; do
        awk '
        /^package / { gsub(/;/, ""); n = split($2, part, "."); package = part[n - 1] "." part[n] }
        /^message / { message = $2 }
        /^  (optional|repeated|map)/ {
            line = $0; sub(/;.*/, "", line); sub(/map<string, /, "map<string,", line)
            n = split(line, word, / +/)
            number = word[n]; name = word[n - 2]; type = word[n - 3]
            gsub(/^map<string,|>$/, "", type)
            m = split(type, part, ".")
            if (m > 2) type = part[m - 2] "." part[m - 1] "." part[m]
            else type = package "." type
            print package "." message, name, number, type
        }' "$file"
    done | sort
}

# Each line of the table, whose numbers do not lead to a field of that name.
strays() { # TABLE PROTO
    awk '
    NR == FNR { name[$1, $3] = $2; type[$1, $3] = $4; known[$1]; next }
    {
        message = $1; n = split($3, path, ".")
        for (i = 1; i < n; i++) { around = name[message, path[i]]; message = type[message, path[i]] }
        have = tolower(name[message, path[n]])
        # A list in a message of its own (Verbs) is the list itself in JSON.
        if (n > 1 && have == "items") have = tolower(around)
        # JSON has signs in some names: "$ref", "x-kubernetes-map-type".
        want = tolower($2)
        gsub(/[^a-z0-9]/, "", want)
        if (!($1 in known)) print $0 ": no such message"
        else if (have != want) print $0 ": is " have
    }' "$2" "$1"
}

# Each field of a message of the table that the table has not; what JSON has inline is one.
absent() { # TABLE PROTO
    awk '
    NR == FNR { split($3, path, "."); has[$1, path[1]]; message[$1]; next }
    ($1 in message) && !(($1, $3) in has) { print "not in the table: " $0 }' "$1" "$2"
}

case_run() {
    local api machinery extensions
    [[ $SERVER == local ]] || return 0
    command -v go >/dev/null || return 0
    api=$(cd "$kit/kubernetes" && go list -m -f '{{.Dir}}' k8s.io/api) || return 0
    machinery=$(cd "$kit/kubernetes" && go list -m -f '{{.Dir}}' k8s.io/apimachinery)
    extensions=$(cd "$kit/kubernetes" && go list -m -f '{{.Dir}}' k8s.io/apiextensions-apiserver)
    table_numbers >"$TMP/table"
    proto_numbers "$api" "$machinery/pkg/apis/meta" "$extensions/pkg/apis" >"$TMP/proto"
    (($(wc -l <"$TMP/table") > 1500)) || fail "the table has only $(wc -l <"$TMP/table") fields"
    strays "$TMP/table" "$TMP/proto" >"$TMP/strays"
    absent "$TMP/table" "$TMP/proto" >>"$TMP/strays"
    [[ ! -s $TMP/strays ]] || fail "$(head -n 5 "$TMP/strays" | tr '\n' ';')"
}
