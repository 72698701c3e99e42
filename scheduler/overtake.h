/*
 * overtake - a waiting job whose place in the queue somebody raises: with a priority of
 * its own (scontrol update Priority), a lower Nice, a higher SiteFactor, or a QOS of
 * higher priority.
 *
 * It is planned before all whom it comes before in the queue now. Those of them who are
 * promised an earlier start, on nodes of its partitions, give that up (broken.h), and
 * are planned again in the same walk, as they stand in the queue, as is it. Of an array
 * this goes for all its places.
 *
 * What rises by itself, age or fair share, overtakes nobody who has a promise, nor does
 * a job that comes later; nor is anybody overtaken for whom others end early already.
 * Who is put back keeps a promise.
 */
#ifndef GANTRY_SCHEDULER_OVERTAKE_H
#define GANTRY_SCHEDULER_OVERTAKE_H

#include "scheduler/core.h"

/* The job is changed from `old` (NULL: it is new): job->raised, unless it is over. It
 * stays so until a walk has seen it. */
void overtake_note(struct sched *s, const struct job *old, struct job *job);
/* At the begin of a walk: the queue is filled, all plans are entered. */
void overtake_run(struct sched *s);

#endif
