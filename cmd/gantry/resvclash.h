/*
 * resvclash - reservations that would have the same nodes at the same time: Slurm takes
 * none, unless one of them has the flag OVERLAP or MAINT.
 */
#ifndef GANTRY_CLI_RESVCLASH_H
#define GANTRY_CLI_RESVCLASH_H

#include "cmd/gantry/api.h"
#include "scheduler/reservation.h"

/* Asks the server for the others. -1: it clashes with one, or the server cannot be
 * asked. Nodes that are to be chosen are chosen from those that are free. */
int resvclash_check(const struct reservation *r, struct api *c, struct err *err);

#endif
