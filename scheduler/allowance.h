/*
 * allowance - may a job hold what it would, under the limits of its QOS and account?
 *
 * A job is of several places, which are looked at in this order (Slurm's):
 *
 *     QOS of the partition, own QOS, member, account, account above, ... root
 *
 * The first that has a limit of a kind and TRES stands for those behind it; but of the
 * limits on all jobs of an account each counts, that of the account and of each above.
 * A member that lacks a limit on its jobs has its account's, or of the next above.
 *
 * Where limits say how many jobs may be submitted, one that waits in several partitions
 * counts in the QOS of each of them, once, as in Slurm, until it starts in one; for all
 * else it is in the first until then.
 *
 * Each component of a heterogeneous job counts as a job, as in Slurm: those of its own
 * partition's QOS hold for it, and what is each job's to keep is each component's. They
 * start together, so what they count for together has to be there for all of them.
 *
 * A limit on usage (GrpTRESMins, GrpWall) is on what jobs have been charged for
 * (charge.h), up to the end of the last period. Who has any of it waits while it is
 * used up. With limits_safe (AccountingStorageEnforce=safe) a job waits as well where
 * it, and all that run, might use more than there is until they end, as that counts
 * (UsageFactorSafe); for a later time, and beside plans, the others as they are
 * charged. Without, it is planned for no time by which those that run, and those
 * planned before, will have used all up; nor so that it has by when another one is
 * planned.
 *
 * What is held counts from a job's start until it holds nothing more: it is counted as
 * jobs start, within a step as well. Where the limits, or who they are for, have
 * changed, it is counted anew, in allowance_settle.
 */
#ifndef GANTRY_SCHEDULER_ALLOWANCE_H
#define GANTRY_SCHEDULER_ALLOWANCE_H

#include "base/str.h"
#include "scheduler/core.h"

/* At the begin of a step: the accounts are settled. False: the budget is spent, and the
 * next step goes on; until then nothing is to be decided. */
bool allowance_settle(struct sched *s, struct sched_budget budget);
/* Which limits there are is known from here on, though not yet what is held of them. */
void allowance_begin(struct sched *s);
/* Is that under way? */
bool allowance_is_settling(const struct sched *s);
/* Sets what bounds a job by itself: wall_sec and lifts; or keeps them as they were,
 * until the next step, where QOS or accounts have just changed. */
void allowance_bound(const struct sched *s, struct job *job, const struct job *old);
/* Counts what the job holds now, in the place of what it was counted for while it
 * waited; drops what it was counted for. Nothing happens while all is to be counted
 * anew. */
void allowance_take(struct sched *s, struct jobrec *rec);
void allowance_drop(struct sched *s, struct jobrec *rec);

/* May one more job that waits gain age, this one? Else with the sentence of the limit
 * that keeps it from that. */
bool allowance_may_accrue(struct sched *s, const struct job *job, struct str *message);

/* After jobs have been charged: those that run under a limit on usage that is used up
 * have to end, unless limits are safe. So have those that have come to run since. */
void allowance_end_over(struct sched *s);

/* After a check that has failed: the job need not be looked at until somebody holds
 * less of what it lacks, it is changed itself, or limits are; the walk does so all the
 * same. A job of several partitions or QOS, or with a choice of licences, is not.
 */
void allowance_hold_back(struct sched *s, struct jobrec *rec);

/* After a check that has failed: were there too many nodes? */
bool allowance_is_of_nodes(const struct sched *s);
/* Too many, some of which are counted already for those who count together? And each of
 * these, once. */
bool allowance_lacks_nodes(const struct sched *s);
/* Are GPUs of a type kept for others, and it takes any? Of which; else NULL. */
const char *allowance_kept_type(const struct sched *s);
/* Its own are more than are allowed in all? So many are; else LIMIT_UNLIMITED. */
int64_t allowance_nodes_most(const struct sched *s);
/* Which of its components count together for it, a bit each. */
unsigned allowance_nodes_of(const struct sched *s);
/* How many others it leaves to them; it is one on what is held now. */
int64_t allowance_nodes_left(const struct sched *s);
void allowance_each_node(const struct sched *s, void (*fn)(void *arg, const char *node),
                         void *arg);

/* So much priority it needs to be kept room for (MinPrioThreshold). */
int64_t allowance_least_priority(const struct sched *s, const struct job *job,
                                 const struct partition *part);

/* Each returns REASON_NONE, or the reason with its sentence appended to `message`.
 * One that nobody has taken in: the jobs that there are, and with DenyOnLimit (or where
 * it has no QOS at all) what the job would hold alone. Where those are to be counted
 * anew first: `ret_waits` is set, or with NULL all are counted at once. */
enum reason allowance_check_new(struct sched *s, const struct job *job,
                                const struct partition *part, struct str *message,
                                bool *ret_waits);
/* What is looked at before its nodes are: jobs and time. */
enum reason allowance_check(struct sched *s, const struct job *job,
                            const struct partition *part, struct str *message);
/* All TRES, by what it asks for at least; or, with slots, by what it is to have. */
enum reason allowance_check_tres(struct sched *s, const struct job *job,
                                 const struct partition *part, const struct slot *slots,
                                 size_t n, struct str *message);

/* Likewise of all of them those that do not depend on what others hold now, for one
 * that starts later. */
enum reason allowance_check_own(struct sched *s, const struct job *job,
                                const struct partition *part, const struct slot *slots,
                                size_t n, struct str *message);

/* Of one that would be planned for that time: limits on usage that those who run, or
 * are planned before, will have used up by then. Where that is forgotten later s->held
 * says when. With limits_safe: that leave too little once who runs has been charged up
 * to then. */
enum reason allowance_check_by(struct sched *s, const struct job *job,
                               const struct partition *part, const struct slot *slots,
                               size_t n, int64_t at_sec, struct str *message);

/* The longest time limit that one who would do with less may have if it starts now on
 * these slots, off the timeline: at least the least; LIMIT_UNLIMITED: no limit says. */
int64_t allowance_longest(struct sched *s, const struct job *job,
                          const struct partition *part, const struct slot *slots,
                          size_t n);

/* ---- over coming time: pledge.h ---- */

/* What the job's claim takes of limits, once its slots of the timeline are known; and
 * gives back. */
void allowance_pledge(struct sched *s, struct jobrec *rec);
void allowance_release(struct sched *s, struct jobrec *rec);
/* Is there room for that, from a slot on up to before another one? It is off the
 * timeline. Limits on what jobs may use are not looked at. */
bool allowance_has_room(struct sched *s, const struct jobrec *rec, size_t first,
                        size_t last);
/* Likewise of a plan, and those limits are: is some of each left when it starts? */
bool allowance_admits(struct sched *s, const struct jobrec *rec, size_t first,
                      size_t last);

/* A job in slots of the timeline; NULL: with what it asks for at least. */
struct allowance_then {
    const struct job *job;
    const struct partition *part;
    const struct slot *slots;
    size_t n_slots;
    size_t first, last;
};
/* What limits leave beside it, by what it asks for at least; lent until the next.
 * Returns how many of them bind it. */
size_t allowance_bounds(struct sched *s, const struct job *job,
                        const struct partition *part, const struct pledge_bound **ret);
/* May it be there, beside all that are there, or are planned there? */
enum reason allowance_check_then(struct sched *s, const struct allowance_then *then,
                                 struct str *message);

#endif
