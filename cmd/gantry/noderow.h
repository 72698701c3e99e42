/*
 * noderow - a Node as sinfo and scontrol show it: what it has, what jobs hold of it,
 * and the state that follows.
 *
 * What is held is read from the placements of BatchJobs, so that listing nodes and jobs
 * is all that is needed. Pods of others do not count: a node with nothing but its
 * system's own pods is idle to Slurm's users.
 */
#ifndef GANTRY_CLI_NODEROW_H
#define GANTRY_CLI_NODEROW_H

#include "base/arena.h"
#include "cmd/gantry/api.h"
#include "cmd/gantry/joblist.h"
#include "cmd/gantry/nodestate.h"
#include "crds/convert.h"

/* Why a node was drained: the reason, and "name@2026-11-26T00:09:19Z". */
#define NODE_ANNOTATION_REASON "gantry.dev/reason"
#define NODE_ANNOTATION_REASON_BY "gantry.dev/reason-by"

struct noderow {
    struct node *model;
    const char *name, *addr, *host, *arch, *os, *kernel, *version;
    int64_t created_sec, ready_since_sec; /* TIME_UNSET */
    int64_t cpu_total;                    /* of the machine; CPUs */
    int64_t cpus, mem_bytes, gpus;        /* that jobs may have */
    int64_t used_milli, used_bytes, used_gpus;
    int64_t jobs, completing;
    const char *owner; /* whose jobs alone may be there; NULL: anybody's */
    const char *reason, *reason_user; /* NULL: none; nobody knows */
    int64_t reason_sec;
    struct node_state state;
};

struct nodelist {
    struct noderow *rows; /* by name, n2 before n10 */
    size_t n, cap;
    struct arena *arena;
    struct restable resources;
    struct convert convert; /* its texts are constant, or the arena's */
};
#define NODELIST_AUTO __attribute__((cleanup(nodelist_fini)))

void nodelist_init(struct nodelist *list);
void nodelist_fini(struct nodelist *list);
/* Before nodes are fetched: which resource GPUs are, and which label names their type,
 * as the controller tells (clusterconf.h); the usual ones where one may not read that.
 * Who does not ask sees no GPUs of another resource. */
int nodelist_ask_gpus(struct nodelist *list, struct api *c, const char *controller_ns,
                      struct err *err);
int nodelist_fetch(struct nodelist *list, struct api *c, struct err *err);
/* Adds what jobs hold and plan, then sets all states. Once. */
void nodelist_settle(struct nodelist *list, const struct joblist *jobs);
struct noderow *nodelist_find(const struct nodelist *list, const char *name);

/* CPUs held, rounded up. */
int64_t noderow_used_cpus(const struct noderow *n);
/* "a100,ib"; "(null)" without. */
void noderow_features(const struct noderow *n, struct str *out);
/* "gpu:h100:8"; "(null)" without. */
void noderow_gres(const struct noderow *n, int64_t count, struct str *out);

#endif
