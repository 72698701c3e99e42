/*
 * reclaim - running jobs that end early for the licences that they have
 * (PreemptParameters=reclaim_licenses).
 *
 * Without it nobody ends for a job that lacks licences, as in Slurm: it waits for them.
 * With it those of the herd that have them may end, on whatever nodes they run: as few
 * as have enough, so those that have most of them first, and of equals the cheapest.
 * Plans to use them that the job may break give way like plans on nodes.
 */
#ifndef GANTRY_SCHEDULER_RECLAIM_H
#define GANTRY_SCHEDULER_RECLAIM_H

#include "scheduler/core.h"
#include "scheduler/herd.h"

/* Does who asks lack licences now? */
bool reclaim_lacks(const struct sched *s, const struct seeker *by);
/* Takes those of a herd that was mustered whose licences are wanted beside those of the
 * ones that are taken. False: all of them have too few. */
bool reclaim_take(const struct sched *s, struct herd *herd, const struct seeker *by);
/* Has a job, or a plan, any of what is asked for, and may it be wanted? */
bool reclaim_wants(const struct sched *s, const struct job *job,
                   const struct seeker *by);

#endif
