/*
 * exchange - two jobs that ask for the same change the places that they are planned in.
 *
 * What is taken on the timeline, and of limits, stays as it is; only whose it is
 * changes. Tasks of an array do (follower.h), and jobs that are alike (twins.h).
 */
#ifndef GANTRY_SCHEDULER_EXCHANGE_H
#define GANTRY_SCHEDULER_EXCHANGE_H

#include "scheduler/core.h"

/* Either may have none. */
void exchange_places(struct sched *s, struct jobrec *a, struct jobrec *b);

#endif
