/*
 * easy - EASY backfill, written for clarity: what the core is measured against.
 *
 * GPUs only, to the second, with no window and no slots. The first job of the queue
 * (first come, first served) has a reservation, computed anew at each event: the
 * earliest time at which it fits when all that runs ends at its limit. Others start if
 * they fit now and do not delay it; they are tried in the order of their submission,
 * or the shortest limit first.
 *
 * Placement: a job that one node could hold goes to the fullest node it fits; a larger
 * one to free nodes, its remainder to the fullest node it fits.
 */
#ifndef GANTRY_TESTS_SUPPORT_EASY_H
#define GANTRY_TESTS_SUPPORT_EASY_H

#include "cmd/gantry-sim/history.h"
#include "cmd/gantry-sim/pool.h"
#include "cmd/gantry-sim/workload.h"

enum easy_order { EASY_FIRST_COME, EASY_SHORTEST };

/* Nodes must have equal numbers of GPUs. Free `ret` with history_fini. */
void easy_run(const struct pool *pool, const struct workload *load,
              enum easy_order order, struct history *ret);

#endif
