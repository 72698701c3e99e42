/*
 * reclaim - running jobs that end early for the licences that they have
 * (PreemptParameters=reclaim_licenses).
 *
 * Without it nobody ends for a job that lacks licences, as in Slurm: it waits for them.
 * With it those of the herd that have them may end, on whatever nodes they run: as few
 * as have enough, so those that have most of them first, and of equals the cheapest.
 * They end also for what lacks later in the time of who asks, as others are promised it
 * or a reservation keeps it then.
 * Plans to use them that the job may break give way like plans on nodes.
 */
#ifndef GANTRY_SCHEDULER_RECLAIM_H
#define GANTRY_SCHEDULER_RECLAIM_H

#include "scheduler/core.h"
#include "scheduler/herd.h"

/* Does who asks lack licences now? */
bool reclaim_lacks(const struct sched *s, const struct seeker *by);
/* Who asks would start in a slot, and those of the herd that are taken are cut on the
 * timeline: who is to end as well, so that it has its licences for as long as it runs?
 * To be asked again once that one is cut. NULL: it has enough, or all of them together
 * have too few. */
struct victim *reclaim_next(struct sched *s, struct herd *herd, const struct seeker *by,
                            size_t first);
/* Has a job, or a plan, any of what is asked for, and may it be wanted? */
bool reclaim_wants(const struct sched *s, const struct job *job,
                   const struct seeker *by);

#endif
