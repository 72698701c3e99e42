/*
 * prospect - is there any for a job, had all of a herd ended and all plans that may
 * given way?
 *
 * Where what stays, running or promised, holds too much of too many nodes, nobody is
 * chosen, tried and spared again, however many jobs ask, and however often. It is
 * worked out once for all jobs of a shape that ask of one herd, and errs on the side of
 * hope.
 */
#ifndef GANTRY_SCHEDULER_PROSPECT_H
#define GANTRY_SCHEDULER_PROSPECT_H

#include "scheduler/core.h"

/* Of the job that asks, which is of that side. False: whoever ends, it would not fit.
 * `fit` is that of the seeker. */
bool prospect_any(struct sched *s, const struct herd *herd,
                  const struct preempt_side *side, const struct jobrec *rec,
                  const struct seeker *by, struct fit *fit);

#endif
