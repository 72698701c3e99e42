/*
 * accrue - who gains age, where limits say how many jobs may.
 *
 * Slurm's GrpJobsAccrue, MaxJobsAccrue, MaxJobsAccruePerUser and -PerAccount keep no
 * job from starting: they say how many that wait grow older together. If there is a
 * place for a job when it is seen it grows older as without such limits; else from when
 * it gets one: the first to be submitted does, of those that may start as far as they
 * are themselves concerned.
 *
 *     unseen ----------------------------> gains age, since it is eligible (eligible.h)
 *      ^ |                                    ^   |  |
 *      | '---> does not, until others leave --'   |  '--> starts; or is held: does not
 *      |                        (from then on)    |
 *      '--- waits for a job, or a time, again ----'
 *
 * It keeps its place until it waits no longer or is not eligible, whatever becomes of
 * the limits. An array has one place; its next task, and whoever is requeued, begins
 * anew. With PRIORITY_ACCRUE_ALWAYS there are no such limits.
 */
#ifndef GANTRY_SCHEDULER_ACCRUE_H
#define GANTRY_SCHEDULER_ACCRUE_H

#include <stdbool.h>

#include "scheduler/core.h"

/* A walk begins: before it orders jobs, those that have places to get are gathered. */
void accrue_begin(struct sched *s);
/* Goes on until all have been seen (true) or the budget is spent (false). */
bool accrue_run(struct sched *s, struct sched_budget budget);
/* A job waits no longer: if it gave a place back, others are to be seen. */
void accrue_leave(struct sched *s, struct jobrec *rec);

/* Since when a job gains age as far as limits are concerned, for people and for those
 * who keep it; TIME_UNSET: no limit is on it, or it has not been seen. */
int64_t accrue_since(const struct job *job);

#endif
