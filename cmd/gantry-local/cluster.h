/*
 * cluster - what `up`, `down` and `status` share: the directory of a local cluster.
 *
 *   DIR/            as auth.h and objectdb.h have it: the API server's
 *   DIR/nodes       which nodes there are, as `up` was told last (nodegroups.h)
 *   DIR/node/       the nodes' logs and work
 *   DIR/up.lock     held by `up` and `down`
 *   DIR/....pid, log/   daemons.h
 *
 * All of it is its owner's alone (mode 0700).
 */
#ifndef GANTRY_LOCAL_CLUSTER_H
#define GANTRY_LOCAL_CLUSTER_H

#include "base/loop.h"
#include "cmd/gantry-local/ask.h"
#include "cmd/gantry-local/daemons.h"

struct cluster {
    char *dir; /* absolute once it is there */
    struct loop *loop;
    int lock; /* -1: not taken */
};

/* `dir` NULL: $XDG_STATE_HOME/gantry-local, or ~/.local/state/gantry-local. */
int cluster_init(struct cluster *c, const char *dir, struct err *err);
void cluster_fini(struct cluster *c);

/* Makes the directory and takes its lock. ERR_EXISTS: another `up` or `down` has it. */
int cluster_take(struct cluster *c, struct err *err);

/* "DIR/name"; heap. */
char *cluster_path(const struct cluster *c, const char *name);
/* "export KUBECONFIG=...", as a shell takes it; heap. */
char *cluster_export(const struct cluster *c);
/* Asks its API server. NULL and err. */
struct ask *cluster_ask(const struct cluster *c, struct err *err);

#endif
