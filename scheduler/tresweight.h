/*
 * tresweight - PriorityWeightTRES: what each TRES of a job adds to its priority.
 *
 *   weight x (what the job asks for in the partition / what the partition's nodes have)
 *
 * With PRIORITY_RAW_TRES: weight x what it asks for; CPUs, MiB, nodes, devices. A
 * negative weight takes off. All in integers; each term is cut to a whole number.
 */
#ifndef GANTRY_SCHEDULER_TRESWEIGHT_H
#define GANTRY_SCHEDULER_TRESWEIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scheduler/limits.h"
#include "scheduler/model.h"

struct cluster;
struct partrec;

#define TRES_WEIGHTS_MAX 8

struct tres_weight {
    enum tres of;            /* billing and licences have no weight */
    char type[RES_NAME_MAX]; /* of GPUs, "": every type; of a device its name */
    int64_t weight;
};

struct tres_weights {
    size_t n;
    struct tres_weight items[TRES_WEIGHTS_MAX];
};

/* What a partition's nodes have of each, once its node set is settled. */
struct tres_totals {
    uint64_t gen; /* cluster.gen that they are of; 0: unknown */
    int64_t v[TRES_WEIGHTS_MAX];
};

/* The sum of the terms of a job that asks for `ask` there. Keeps the totals. */
int64_t tresweight_term(const struct tres_weights *weights, const struct cluster *c,
                        struct partrec *part, const struct job *ask, bool raw);

#endif
