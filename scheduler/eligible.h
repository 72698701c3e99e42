/*
 * eligible - since when a job could have started, had nobody else been there.
 *
 * Slurm's eligible time, from which age counts, and whatever else goes by how long a
 * job has waited. One that is held, or waits for another job, is not eligible; when it
 * no longer is, or does, it is from then on. A time before which it may not begin, its
 * own or that of a requeue, is when it will be. Partitions, limits, and how many tasks
 * of an array may run at a time change nothing, as in Slurm.
 *
 *     comes, or is requeued:
 *       is it held, does it wait for another job?
 *         no  ----------------------> since its submission, or from its begin on
 *                                         |   ^
 *             held, or it waits again     |   |  not any more: from now, or its begin
 *                                         v   |
 *         yes ----------------------> not eligible
 *
 * It is found when the job is looked at, and stays part of the job: also in a snapshot,
 * since what kept a job back once is not seen in it later.
 */
#ifndef GANTRY_SCHEDULER_ELIGIBLE_H
#define GANTRY_SCHEDULER_ELIGIBLE_H

#include <stdint.h>

#include "scheduler/model.h"

/* Since when it is eligible, or from when on as far as is known; ELIGIBLE_NOT. Of one
 * that is told to no core: as if nothing kept it back but its begin. */
int64_t eligible_since(const struct job *job);
/* Likewise for people, and for those who keep it; TIME_UNSET: it is not. */
int64_t eligible_told(const struct job *job);
/* A job has changed: what was found stays, but for one that is held or back in the
 * queue. `old` NULL: it is new. `array` is the one that it is a task of, of which it
 * was part until now; NULL. */
void eligible_keep(const struct job *old, const struct job *array, struct job *job);
/* A pending job is looked at; its dependencies have been. */
void eligible_look(struct job *job, int64_t now_sec);

#endif
