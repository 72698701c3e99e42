# lib.sh: what cluster and run share: waiting on conditions, free ports, processes.
#
# A process is known by DIR/run/NAME.pid, which holds its id and its start time, so that a
# stale file never points at somebody else's process. Its output goes to DIR/log/NAME.log.
# shellcheck shell=bash

# until_true SECONDS COMMAND...: polls until the command succeeds; 1 when time is over.
until_true() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < deadline)) || return 1
        sleep 0.1 # between two looks, not a wait for anything
    done
}

port_is_free() { # PORT
    ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# A port that nobody listens on now, below the kernel's own range for outgoing connections.
free_port() {
    local port
    while :; do
        port=$((10000 + RANDOM % 20000))
        port_is_free "$port" && break
    done
    echo "$port"
}

process_birth() { # PID: start time in ticks since boot; fails when there is none
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    # The name in parentheses may hold anything; what follows starts with the state.
    read -ra stat <<<"${stat##*) }"
    [[ ${stat[0]} != Z ]] || return 1
    echo "${stat[19]}"
}

process_pid() { # DIR NAME: the id, if it runs
    local pid birth
    read -r pid birth 2>/dev/null <"$1/run/$2.pid" || return 1
    [[ $(process_birth "$pid") == "$birth" ]] && echo "$pid"
}

process_command() { # DIR NAME: leaves in `command` how it was started
    local pid
    pid=$(process_pid "$1" "$2") && mapfile -d '' command <"/proc/$pid/cmdline"
}

# process_start DIR NAME COMMAND...: in a session, and so a process group, of its own.
process_start() {
    local dir=$1 name=$2
    shift 2
    mkdir -p "$dir/run" "$dir/log"
    setsid "$@" >>"$dir/log/$name.log" 2>&1 </dev/null &
    echo "$! $(process_birth $!)" >"$dir/run/$name.pid"
    disown $!
}

process_gone() { # DIR NAME
    ! process_pid "$1" "$2"
}

# process_stop DIR NAME [SECONDS]: asks, and after SECONDS (10) kills the group.
process_stop() {
    local pid
    if pid=$(process_pid "$1" "$2"); then
        kill -TERM "$pid" 2>/dev/null
        until_true "${3:-10}" process_gone "$1" "$2" || process_kill "$1" "$2"
    fi
    rm -f "$1/run/$2.pid"
}

process_kill() { # DIR NAME: at once
    local pid
    if pid=$(process_pid "$1" "$2"); then
        kill -KILL -- "-$pid" 2>/dev/null
        until_true 10 process_gone "$1" "$2"
    fi
    rm -f "$1/run/$2.pid"
}
