/*
 * nodegroups - the nodes of one program: groups of equal ones, as options name them.
 *
 *   2xh100:8,2xa100:8    two nodes with eight GPUs of type h100, two with a100
 *   4                    four nodes with the GPUs that --gpus says
 *
 * Nodes are numbered through all groups in order. Pure.
 */
#ifndef GANTRY_LOCAL_NODEGROUPS_H
#define GANTRY_LOCAL_NODEGROUPS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define NODEGROUPS_MAX 16
#define NODEGROUPS_NODES_MAX 10000
#define NODEGROUPS_GPUS_MAX 64
#define NODEGROUPS_TYPE_MAX 63

struct nodegroup {
    int64_t count;                          /* 1 or more */
    int64_t gpus;                           /* of each node */
    char gpu_type[NODEGROUPS_TYPE_MAX + 1]; /* "": none */
};

struct nodegroups {
    struct nodegroup items[NODEGROUPS_MAX];
    size_t n;
};

/* "[TYPE:]N": GPUs of each node. Sets gpus and gpu_type, leaves count. */
int nodegroup_parse_gpus(const char *text, struct nodegroup *ret, struct err *err);

/* A group without GPUs of its own takes those of `otherwise`. */
int nodegroups_parse(const char *text, const struct nodegroup *otherwise,
                     struct nodegroups *ret, struct err *err);

/* As nodegroups_parse reads it: "2xh100:8,1x0". */
void nodegroups_print(const struct nodegroups *groups, struct str *out);

int64_t nodegroups_count(const struct nodegroups *groups); /* of nodes */

#endif
