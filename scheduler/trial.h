/*
 * trial - one job tried in one partition: it starts, or has the earliest plan there is.
 *
 *   ruled out --> a reason, whatever is free
 *   fits now  --> started: a decision, and room that is taken
 *   else      --> its plan stays, or is put to an earlier time; why not now
 *
 * A job that has a plan is lifted alone: its own room is given back, searched again with
 * all others in their places, and taken again, no later.
 */
#ifndef GANTRY_SCHEDULER_TRIAL_H
#define GANTRY_SCHEDULER_TRIAL_H

#include "scheduler/core.h"

/* What rules the job out in this partition, whatever is free; s->message says so. */
enum reason trial_ruled_out(struct sched *s, const struct entry *entry);
struct seeker trial_seeker(struct sched *s, const struct entry *entry);
/* Starts the job (true), or sees to it that it has the earliest plan there is. */
bool trial_run(struct sched *s, const struct entry *entry, const struct seeker *by,
               int64_t now_sec);
/* The first dated plans in the order of the queue become promises. */
void trial_promise(struct sched *s, struct jobrec *rec);
/* Resources or Priority; s->message says what is free. */
enum reason trial_why_not_now(struct sched *s, const struct entry *entry,
                              const struct seeker *by);

#endif
