/*
 * stairs - how many nodes stay open to a demand from now on, and how long.
 *
 *   nodes
 *     3 |=====
 *     2 |===========               untils: 12, 7, 3
 *     1 |====================
 *       +----|-----|--------|---- slots
 *            3     7        12
 *
 * On a full cluster few nodes are open now, so that stairs are made from the lanes of
 * these, and cost what they change in. Those of before are kept beside them: where no
 * node is open for longer than it was, nobody fits who did not before.
 */
#ifndef GANTRY_SCHEDULER_STAIRS_H
#define GANTRY_SCHEDULER_STAIRS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scheduler/timeline.h"

/* Nodes that are open at a time, and up to when. */
struct treads {
    uint32_t *positions; /* of these nodes, in no order */
    size_t n;
    uint32_t *by_position; /* 0: it is not open */
};

/* Of one demand. Of a node: the first slot in which it is not open, or that behind the
 * last. */
struct stairs {
    uint32_t *untils; /* of the nodes that are open now, now.n of them; falling */
    struct treads now, before;
    /* Some node is open for longer, since stairwell_forget_risen and _forget_rise. */
    bool risen, rise;
};

/* By demand. All zero is ready for stairwell_build. */
struct stairwell {
    struct stairs *stairs;
    size_t n, cap;
    size_t n_nodes;
    uint64_t mutation;      /* of the timeline that they are of */
    uint32_t *counts;       /* scratch: by slot, */
    uint64_t *still, *open; /* and sets of demands and of nodes */
};

void stairwell_fini(struct stairwell *w);
/* Those of the timeline as it is now. */
void stairwell_build(struct stairwell *w, struct timeline *tl);

/* From now on only what rises in the builds to come. */
void stairwell_forget_risen(struct stairwell *w);
void stairwell_forget_rise(struct stairwell *w);

/* Up to before which slot so many nodes, at least one, stay open; 0: not now. */
static inline uint32_t stairs_until(const struct stairs *stairs, uint32_t nodes)
{
    return nodes <= stairs->now.n ? stairs->untils[nodes - 1] : 0;
}

/* How many nodes are open in all of the first `end` slots, of at least one. */
uint32_t stairs_nodes(const struct stairs *stairs, uint32_t end);

#endif
