/*
 * resvclash - reservations that would have the same nodes at the same time: Slurm takes
 * none, unless one of them has the flag OVERLAP or MAINT; nor one that jobs run into,
 * unless it has the flag IGNORE_JOBS; nor do we one too many.
 */
#ifndef GANTRY_CLI_RESVCLASH_H
#define GANTRY_CLI_RESVCLASH_H

#include "cmd/gantry/api.h"
#include "cmd/gantry/joblist.h"
#include "scheduler/reservation.h"

/* Asks the server for the others, which come again by the clocks of the zone. -1: it
 * clashes with one, or the server cannot be asked. Nodes that are to be chosen are
 * chosen from those that are free; those that have been chosen stay. */
int resvclash_check(const struct reservation *r, const struct zone *zone, struct api *c,
                    struct err *err);

/* Jobs that are not in it run on its nodes, and will into its time, or into the next
 * one of those to come: -1. */
int resvclash_check_jobs(const struct reservation *r, const struct joblist *jobs,
                         struct api *c, struct err *err);
/* One more would not act, or keep its licences, for so many are there (fence.h,
 * stock.h): -1, likewise. */
int resvclash_check_room(const struct reservation *r, struct api *c, struct err *err);

#endif
