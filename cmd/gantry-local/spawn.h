/*
 * spawn - starts a program as a session and process group of its own.
 *
 * The child has no descriptor of ours, no signal blocked or ignored, /dev/null as
 * input, and dies with its parent.
 */
#ifndef GANTRY_LOCAL_SPAWN_H
#define GANTRY_LOCAL_SPAWN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "base/err.h"
#include "cmd/gantry-local/mountns.h"

struct spawn {
    char *const *argv; /* not empty; argv[0] is looked up in envp's PATH */
    char *const *envp;
    const char *dir;
    int output_fd;   /* standard output and error; -1: /dev/null */
    int announce_fd; /* takes a guardian_note before the program runs, and another if it
                        cannot be run */
    bool no_new_privs;
    uint64_t drop_capabilities; /* a bit each, as the kernel numbers them */
    const struct mountns *view; /* NULL: the machine's own file system */
    const struct rlimit *files; /* how many it may open; NULL: as we may */
    /* instead: the view of this process, which is a child of ours; 0: none */
    pid_t join;
    bool join_user; /* that has a user namespace of its own */
};

struct spawned {
    pid_t pid;
    int ns_fd; /* of the view's namespace (mountns_open); -1: it has none of its own */
};

/* Returns when the program runs or has failed to: then err says which step, on what. */
int spawn_process(const struct spawn *s, struct spawned *ret, struct err *err);

#endif
