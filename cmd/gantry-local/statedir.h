/*
 * statedir - what `up`, `down` and `status` share: the directory of a local cluster.
 *
 *   DIR/            as auth.h and objectdb.h have it: the API server's
 *   DIR/nodes       which nodes there are, as `up` was told last (nodegroups.h)
 *   DIR/node/       the nodes' logs and work
 *   DIR/up.lock     held by `up` and `down`
 *   DIR/....pid, log/   daemons.h
 *
 * All of it is its owner's alone (mode 0700).
 */
#ifndef GANTRY_LOCAL_STATEDIR_H
#define GANTRY_LOCAL_STATEDIR_H

#include "base/loop.h"
#include "cmd/gantry-local/ask.h"
#include "cmd/gantry-local/daemons.h"

/* The row of a command's option table (base/opt.h) that names it. */
#define STATEDIR_OPT(offset)                                        \
    {                                                               \
        "dir", 0, OPT_STRING, "GANTRY_LOCAL_DIR", offset, "DIR",    \
            "all that it keeps (~/.local/state/gantry-local)", 0, 0 \
    }

struct statedir {
    char *dir; /* absolute once it is there */
    struct loop *loop;
    int lock; /* -1: not taken */
};

/* `dir` NULL: $XDG_STATE_HOME/gantry-local, or ~/.local/state/gantry-local. */
int statedir_init(struct statedir *c, const char *dir, struct err *err);
void statedir_fini(struct statedir *c);

/* Makes the directory and takes its lock. ERR_EXISTS: another `up` or `down` has it. */
int statedir_take(struct statedir *c, struct err *err);

/* "DIR/name"; heap. */
char *statedir_path(const struct statedir *c, const char *name);
/* "export KUBECONFIG=...", as a shell takes it; heap. */
char *statedir_export(const struct statedir *c);
/* Asks its API server. NULL and err. */
struct ask *statedir_ask(const struct statedir *c, struct err *err);

#endif
