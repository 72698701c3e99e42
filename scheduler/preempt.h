/*
 * preempt - running jobs that end early, so that a job which waits can start.
 *
 *   who may           running jobs that it may preempt (preempt_rules.h), and are past
 *                     their exempt time
 *   what goes first   promises to waiting jobs that it may preempt, which cost no work;
 *                     also of room that others are ending for: who ends for a job that
 *                     may be preempted itself ends for whoever may have its place
 *   whom              as few as will do, and of those the cheapest (victims.h; for all
 *                     pods of a gang together: fewest.h, bulk.h); where
 *                     single nodes do not say who that is, the cheapest are all tried,
 *                     more and more of them, and then without those that are not
 *                     needed (hunt.h); for licences, where settings say so: reclaim.h
 *   when              if it then starts as soon as they are gone, earlier than it is
 *                     planned, and its limits let it (allowance.h), also with all who
 *                     start before it; else nobody is touched, however often it is
 *                     asked
 *
 * Each victim is decided once (DECIDE_PREEMPT) and runs on for its grace time; its job
 * says for whom it yields and until when, also in a snapshot. Its room is kept for that
 * job by a promise from the victims' end on. While one of them still holds nodes the
 * promise follows it, if that lasts longer than assumed, and no others are taken,
 * unless they serve it no more (yield.h): one that may preempt it has taken what they
 * leave, or a node is lost.
 *
 * Of a heterogeneous job each component preempts for its own nodes alone: where room
 * that one may make would go to another one that may not, nobody ends. So in the last
 * attempt none is on a node of another one.
 *
 * Nobody ends, and no promise is broken, for a job whose room another one would have
 * that waits before it and may preempt it: it would be ended at once (hunt_may.c). So
 * where A may preempt B, and B may preempt C, but A not C: C does not end for B while A
 * waits for those nodes; where A comes while C ends, A has the room.
 *
 * Promises of jobs that it may not preempt are never delayed; those that it does break
 * are counted.
 */
#ifndef GANTRY_SCHEDULER_PREEMPT_H
#define GANTRY_SCHEDULER_PREEMPT_H

#include "scheduler/core.h"

/* May it preempt anybody, as things are configured and reserved? Not while others end
 * for a start that is promised to it. */
bool preempt_may_hunt(const struct sched *s, const struct entry *entry);
/* Finds who may be preempted for such jobs at all, in slices, for one that may hunt.
 * False: the budget is spent. */
bool preempt_muster(struct sched *s, const struct entry *entry, int64_t now_sec,
                    struct sched_budget budget);
enum hunted {
    HUNTED,         /* some end for it, and it has their room; or nobody does */
    HUNTED_STARTED, /* it has started, without a victim */
    HUNTED_ON, /* it is to be asked again at once: there is more to find, or to try */
};
/* For a job that waits, and was told neither a reason nor a start in this walk. Who may
 * be preempted at all is found before, in slices (preempt_muster), and where several
 * choices of victims are tried each is a piece of work of its own. Where things
 * have changed before the next one it begins anew; if that happens over and over, it is
 * not cut in pieces. */
enum hunted preempt_run(struct sched *s, const struct entry *entry,
                        const struct seeker *by, int64_t now_sec);
/* Is it to be asked again? */
bool preempt_goes_on(const struct sched *s, const struct entry *entry);

/* Appends to s->message why nobody ends for the job, where its QOS is to blame. */
void preempt_say(struct sched *s, const struct jobrec *rec);

#endif
