/*
 * yield - those that end early for another job (Slurm: they are being preempted), from
 * the decision on until they hold no node any more.
 *
 * A job says itself for whom it yields (preempted_by), also in a snapshot. They are
 * kept by the number of that job, which need not be known yet; how many yield to it is
 * counted as they come and go.
 */
#ifndef GANTRY_SCHEDULER_YIELD_H
#define GANTRY_SCHEDULER_YIELD_H

#include "scheduler/core.h"

void yield_fini(struct sched *s);
/* Sees to it that a job is among those that yield, or not. */
void yield_enlist(struct sched *s, struct jobrec *rec, bool yields);
/* Counts who yields to a job that has just come, or has got its number. */
void yield_count(struct sched *s, struct jobrec *rec);
/* Does anybody yield to it? Then it is before all others in the queue: what is freed is
 * for it, also where a restart has lost its promise. */
static inline bool yield_any(const struct jobrec *rec)
{
    return rec->n_victims > 0;
}
/* Is it promised room that others end for, or have ended for? Nobody else may be given
 * that who may not preempt them. */
static inline bool yield_keeps(const struct jobrec *rec)
{
    return rec->job->plan.promised && (yield_any(rec) || rec->job->plan.yielded);
}
/* The slot from which on all are gone that are told to end at that time. */
size_t yield_gone(const struct sched *s, int64_t now_sec);
/* Likewise those that yield to it, if that is later. */
size_t yield_all_gone(const struct sched *s, const struct jobrec *rec);
/* Do they, for the start that is promised to it? Another one that may preempt it may
 * have taken what they leave: it has lost its promise, or is to start long after they
 * are gone. Then it may look for others. */
bool yield_serves(const struct sched *s, const struct jobrec *rec);
/* Of those that wait and have a promise, the first to whom somebody yields and that is
 * such a one; NULL: none is. */
struct jobrec *yield_find(const struct sched *s,
                          bool (*is)(void *arg, struct jobrec *rec), void *arg);
/* They hold its nodes longer than its plan says: true, and the plan says so; if it is
 * a promise it counts as broken. */
bool yield_follow(struct sched *s, struct jobrec *rec);
/* Appends to s->message how many they are, if there are any that serve it. */
void yield_say(struct sched *s, const struct jobrec *rec);

#endif
