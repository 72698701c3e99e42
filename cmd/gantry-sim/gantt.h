/*
 * gantt - which lanes of its nodes each job ran in.
 *
 * A node has a lane for each GPU (each CPU where the pool has no GPUs). Which of its
 * GPUs a job had, nobody recorded: it gets the lowest lanes that are free when it
 * starts, so that a picture has them without overlaps.
 */
#ifndef GANTRY_SIM_GANTT_H
#define GANTRY_SIM_GANTT_H

#include "cmd/gantry-sim/history.h"
#include "cmd/gantry-sim/pool.h"

/* Neighbouring lanes of one node that a job had. */
struct bar {
    size_t job, node;
    int64_t lane, count;
    int64_t start_sec, end_sec;
};

struct gantt {
    struct bar *bars; /* in the order of their starts */
    size_t n, cap;
    int64_t *lanes; /* of each node, 1 at least */
};

void gantt_make(struct gantt *ret, const struct pool *pool, const struct history *h);
void gantt_fini(struct gantt *g);

#endif
