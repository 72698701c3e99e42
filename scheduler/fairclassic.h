/*
 * fairclassic - Slurm's fair share without Fair Tree (PriorityFlags=NO_FAIR_TREE), over
 * the same tree: what somebody has had of what is his, in the whole cluster.
 *
 *   S   norm shares: its own, of those of all siblings, of S of the account above; the
 *       root's is 1
 *   U   norm usage: its own, of all there is
 *   E   effective usage: U of who is right below the root; of others
 *       U + (E above - U) x shares / shares of all siblings
 *   factor: 2^(-(E / S) / damping); without shares 0
 *
 *   root                  S      U      E       factor, with a damping of 1
 *    +- a    1 share,    1/2    100 of 150      2^-(4/3) = 0.397
 *    |   +- ann  1 share 1/2    100/150  2/3    2^-(4/3) = 0.397
 *    +- b    1 share,    1/2     50 of 150      2^-(2/3) = 0.630
 *        +- bob  2 shares 1/3    50/150  1/3    2^-1     = 0.500
 *        +- cem  1 share  1/6    0       1/9    2^-(2/3) = 0.630
 *
 * Whoever has the shares of his parent (SHARES_PARENT) has the parent's S and E.
 *
 * DEPTH_OBLIVIOUS: E = R x S, where R of a node is R above x L^k. L is its usage for
 * its shares (U / S) over that of all siblings, (sum of their U) / (S above). k is 1,
 * but 1 / (1 + (5 ln(R above))^2) where L would bring R back towards 1: so depth does
 * not blur the factor. Where one of these is 0, E is U.
 *
 * All but powers and logarithms is rounded once a step, and factors are cut to 2^-30.
 */
#ifndef GANTRY_SCHEDULER_FAIRCLASSIC_H
#define GANTRY_SCHEDULER_FAIRCLASSIC_H

#include <stdbool.h>
#include <stdint.h>

#include "scheduler/fairtree.h"

struct fairclassic {
    int64_t damping; /* FairShareDampeningFactor: 1 or more */
    bool depth_oblivious;
};

/* Ranks of all nodes are factors, in 1 / FAIRCLASSIC_ONE; that is the tree's `of`. */
#define FAIRCLASSIC_ONE (INT64_C(1) << 30)

/* Finds usage, shares and factors anew. True if a user has another than before. */
bool fairclassic_rank(struct fairtree *t, const struct fairclassic *rules);

#endif
