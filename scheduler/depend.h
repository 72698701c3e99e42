/*
 * depend - what a job waits for: other jobs that are to start, or to end, first.
 *
 * Each dependency is looked at until it is met or has failed, and stays so: what
 * becomes of the other job afterwards (it is requeued, its object is deleted) changes
 * nothing. So the states are part of the job, in a snapshot too.
 *
 *   kind        met when the other job          fails when it
 *   after       runs, or ran, for so long       -
 *   afterany    has ended                       -
 *   afterok     has ended well                  has ended otherwise
 *   afternotok  has ended otherwise             has ended well
 *   aftercorr   of its own index has ended well  of its own index has ended otherwise
 *   singleton   is not there: no job of the same user and name runs, or waits with a
 *               lower number
 *
 * A component of a heterogeneous job, by its number, is all of that job: they start
 * together, and end so.
 *
 * The other job may be one task of an array, split off or not: what has become of tasks
 * whose own records are gone, their array knows.
 *
 * aftercorr between arrays is one of each task on the task of the same index; where
 * there is none, and between other jobs, it is afterok. While an array is one record,
 * those of its tasks for which that is decided are told apart: depend_of_task.
 * Of an array that goes before, what its tasks have come to is kept (depend.was).
 *
 * A job that is not known any more counts as met, as in Slurm. One that was not known
 * when the dependency was first looked at is a mistake where its end would have
 * mattered: afterok and afternotok fail. No job can wait for itself.
 *
 * Together: all must be met, and one that failed is enough to fail; or (depends_any)
 * one must be met, and all must fail.
 */
#ifndef GANTRY_SCHEDULER_DEPEND_H
#define GANTRY_SCHEDULER_DEPEND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "scheduler/model.h"
#include "scheduler/reason.h"

struct job;
struct sched;
struct jobrec;
struct single;

/* Who has which name, made when a singleton is looked at. */
struct singles {
    struct single *names; /* hash */
    bool stale;           /* jobs have come, gone or moved on since */
};

void singles_fini(struct singles *singles);

/* Looks at the dependencies of a pending job, whatever else keeps it waiting: *wake_sec
 * is lowered to when time alone may change them. */
void depend_look(struct sched *s, struct jobrec *rec, int64_t now_sec,
                 int64_t *wake_sec);
/* The same for all that depend on a job that is about to be forgotten. */
void depend_settle(struct sched *s, const struct jobrec *gone);
/* Does it wait for nothing, as far as was found? */
bool depend_is_met(const struct job *job);
/* Does it wait for what may still come? */
bool depend_is_open(const struct job *job);
/* What was found, circles (circle.h) as well: REASON_NONE, or a reason with its
 * sentence appended to `message`. */
enum reason depend_check(const struct sched *s, const struct jobrec *rec,
                         struct str *message);
/* Of an array: has it dependencies that its tasks have each by itself? */
bool depend_by_task(const struct sched *s, const struct job *job);
/* All that one of its tasks waits for: OPEN, MET, or FAILED. */
enum depend_state depend_of_task(const struct sched *s, const struct job *job,
                                 int64_t task);
/* All states as one number: another one is news. */
uint64_t depend_states(const struct job *job);
/* Is a job that waits in vain to be ended? Not for a circle: circle.h. */
bool depend_kills(const struct sched *s, const struct jobrec *rec);

#endif
