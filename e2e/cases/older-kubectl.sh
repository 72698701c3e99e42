# kubectl 1.32 says the same on both servers, too; where it has other words than 1.37 they are in
# e2e/transcripts/1.32.
# Alone: it plays several sessions at a time itself.
# shellcheck source=transcripts.sh
source "$kit/cases/transcripts.sh"

case_run() {
    kubectl[0]=$kit/bin/kubectl-1.32
    [[ -x ${kubectl[0]} ]] || return 0
    hold_to_all "$transcripts/1.32"
}
