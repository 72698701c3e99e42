/*
 * nodekind - nodes that are alike, as one.
 *
 * Nodes of equal room, GPU type and taints are of one kind: what depends on these alone
 * is worked out once for all of them. Names and labels may differ. Where memory is
 * counted to the byte there may be as many kinds as nodes, so that no kind has a set of
 * nodes of its own; each position has the number of its kind.
 *
 *   position   0 1 2 3 4 5 6 ...
 *   kind       0 0 0 1 1 0 2 ...        0: 8 GPUs   1: 4 GPUs   2: 8 GPUs, tainted
 */
#ifndef GANTRY_SCHEDULER_NODEKIND_H
#define GANTRY_SCHEDULER_NODEKIND_H

#include <stddef.h>
#include <stdint.h>

struct noderec;

struct nodekinds {
    const struct noderec **likes; /* of each kind one */
    size_t n, cap;
    uint32_t *of; /* by position */
};

void nodekinds_fini(struct nodekinds *kinds);
/* Those of n nodes that are there, by position, whose rooms are settled. The records
 * are lent until the next call. */
void nodekinds_settle(struct nodekinds *kinds, struct noderec *const *order, size_t n);

#endif
