/*
 * tell - what a waiting job is told: why, when and where it is to start, who is ahead.
 *
 * Told once, and again when it has changed by enough to matter. A job that may start in
 * several partitions or reservations is told of the most hopeful one, and of equals of
 * that in which it is planned, else of its first choice (pass_choices), with the
 * priority of the one that comes first in the queue.
 *
 * One that waits for what is not free, and was tried in all of the window in vain, is
 * told "start later than the window of 7-00:00:00": it has no time, and no promise. One
 * that the plan did not come to (maxJobTest, NoReserve, a deadline before the window's
 * end), or that a limit keeps from a place, is not.
 */
#ifndef GANTRY_SCHEDULER_TELL_H
#define GANTRY_SCHEDULER_TELL_H

#include "scheduler/core.h"

void tell_job(struct sched *s, struct jobrec *rec, enum reason reason,
              const char *message, const struct priority *priority);
/* At the end of a walk: an array, of what its followers are promised since. */
void tell_array(struct sched *s, struct jobrec *rec);
/* One choice of the job's was tried in vain; the sentence is in s->message. `planned`:
 * in it the job has its plan. After the last one the job is told. Of the entry it takes
 * the job, which choice it is, and the priority. */
void tell_found(struct sched *s, const struct entry *entry, enum reason reason,
                bool planned);
/* Likewise, of one that says nothing of why the job waits. */
void tell_passed(struct sched *s, struct jobrec *rec);
/* It is to end as that says; told once. */
void tell_give_up(struct sched *s, struct jobrec *rec, enum reason reason,
                  const char *message);
/* Of an array that waits for others, whatever else keeps it waiting: those of its tasks
 * whose dependencies are decided are to be split off, and are no longer counted as
 * left. What they wait for may be forgotten before it is held no more. */
void tell_splits(struct sched *s, struct jobrec *rec);
/* The name of the QOS that it has, or asks for; NULL: none. */
const char *tell_qos(const struct sched *s, const struct job *job);

#endif
