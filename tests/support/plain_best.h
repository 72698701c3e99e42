/*
 * plain_best - which of the nodes that are open to a job it gets, once more, written
 * for clarity only (placement.h).
 *
 * A limit on nodes counts it already; it is its user's; its leaf has the earlier turn;
 * less stranded by it; fewer devices left over when it ends, and when it begins; less
 * cpu; fewer nodes open on its leaf; the earlier name.
 */
#ifndef GANTRY_TESTS_SUPPORT_PLAIN_BEST_H
#define GANTRY_TESTS_SUPPORT_PLAIN_BEST_H

#include "tests/support/plain_plan.h"

/* All that are open to a job; their costs, devices and neighbours are found out. */
struct plain_open {
    struct plain_spot *spots;
    size_t n;
};

/* Adds those that suit it best to `place`, whose slots are known, as many as it may
 * have, in the order of ranks. False: too few. */
bool plain_best(const struct plain_plan *p, const struct plain_job *job,
                struct plain_open *open, struct plain_place *place);

#endif
