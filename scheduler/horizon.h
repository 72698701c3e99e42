/*
 * horizon - before which slot nobody needs to look who asks for as much or more.
 *
 * While plans are only added, room only shrinks: where a job found no window, no job
 * finds one that needs as many nodes of the same kind for as long. The horizon keeps
 * what was found, per kind (demand, and the nodes to choose from), by nodes and length:
 *
 *              1 h      2 h      4 h     at least so long
 *   1 node      12       12       40
 *   2 nodes     12      *55       55     *: a job of 2 nodes for 2 h found slot 55
 *   4 nodes     70       70       70
 *
 * Once room has grown (something was given back), nothing of it holds any more.
 */
#ifndef GANTRY_SCHEDULER_HORIZON_H
#define GANTRY_SCHEDULER_HORIZON_H

#include <stddef.h>
#include <stdint.h>

#include "scheduler/window.h"

#define HORIZON_NODES 20   /* powers of two */
#define HORIZON_LENGTHS 96 /* quarters of powers of two, from a minute on */

struct horizon_kind {
    size_t demand;
    const struct fence *fence;
    node_set nodes;
    uint32_t slot[HORIZON_NODES][HORIZON_LENGTHS];
};

/* All zero is ready for horizon_reset. */
struct horizon {
    struct horizon_kind **kinds;
    size_t n, cap, words;
    uint64_t gen; /* of what kinds are of: moves with every reset */
};

void horizon_fini(struct horizon *h);
/* Forgets all. */
void horizon_reset(struct horizon *h, size_t words);

/* The kind of a seeker, found again in its fit; NULL: it asks for certain nodes. */
struct horizon_kind *horizon_kind(struct horizon *h, const struct seeker *by,
                                  struct fit *fit);
size_t horizon_look(const struct horizon_kind *kind, const struct seeker *by);
/* No window for such a seeker begins before the slot, for want of nodes alone. */
void horizon_raise(struct horizon_kind *kind, const struct seeker *by, size_t slot);

#endif
