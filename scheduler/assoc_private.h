/* What the files of assoc share. */
#ifndef GANTRY_SCHEDULER_ASSOC_PRIVATE_H
#define GANTRY_SCHEDULER_ASSOC_PRIVATE_H

#include "scheduler/assoc.h"

/* ---- assoc_place.c ---- */

/* Of all accounts; those that are in the tree become nodes of it. */
void assocs_find_places(struct assocs *a);

/* ---- assoc_sum.c ---- */

void assocs_drop_sums(struct assocs *a);

#endif
