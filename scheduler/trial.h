/*
 * trial - one job tried in one partition and reservation: it starts, or has the
 * earliest plan there is.
 *
 *   ruled out --> a reason, whatever is free
 *   fits now  --> started: a decision, and room that is taken; or it would have more
 *                 than QOS or account allow: then it has no plan
 *   else      --> its plan stays, or is put to an earlier time, where it has no more
 *                 than they allow; why not now
 *
 * A job that has a plan is lifted alone: its own room is given back, searched again
 * with all others in their places, and taken again, no later.
 */
#ifndef GANTRY_SCHEDULER_TRIAL_H
#define GANTRY_SCHEDULER_TRIAL_H

#include "scheduler/core.h"

/* What rules the job out in this partition, whatever is free; s->message says so. */
enum reason trial_ruled_out(struct sched *s, const struct entry *entry);
/* What the job asks for in the partition; lent while it has its own shape. */
struct shape *trial_shape(struct sched *s, const struct entry *entry);
struct seeker trial_seeker(struct sched *s, const struct entry *entry);
/* The same, as if its own nodes were free from its plan's start on: none is looked for
 * in vain where this finds nothing, and no plan need be lifted. Lent until the next. */
struct seeker trial_hopeful(struct sched *s, const struct jobrec *rec,
                            const struct seeker *by);
/* May it have a plan? Else (its QOS has NoReserve, or its priority is too low) it
 * starts at once or not. */
bool trial_reserves(const struct sched *s, const struct entry *entry);
/* Before which slot a plan is looked for: an earlier one than there is; at once only,
 * where many wait already. */
size_t trial_before(const struct sched *s, const struct entry *entry, size_t n_waiting);
/* Behind the last slot in which it may start, to be over by its deadline. */
size_t trial_before_deadline(const struct sched *s, const struct entry *entry);
/* The first place that is free for long enough, beginning before a slot: s->window
 * says when. NULL: none. To be freed, or given to one of the next two. */
const struct slot *trial_find_place(struct sched *s, const struct entry *entry,
                                    const struct seeker *by, size_t before,
                                    size_t *ret_n);
/* Likewise, beginning with a slot from `from` on. */
const struct slot *trial_find_from(struct sched *s, const struct entry *entry,
                                   const struct seeker *by, size_t from, size_t before,
                                   size_t *ret_n);
/* Is there such a place now? */
bool trial_has_place(struct sched *s, const struct entry *entry,
                     const struct seeker *by);
/* Do the nodes of s->window do, as it is? Of a heterogeneous job: for its first
 * component. */
bool trial_has_room(struct sched *s, const struct entry *entry,
                    const struct seeker *by);
/* By its limits, as things are in the window that was found last. It is off the
 * timeline. */
bool trial_may_have(struct sched *s, const struct entry *entry, const struct seeker *by,
                    const struct slot *slots, size_t n);
/* `placed`: the slots are those that were found last. Of an array the next task starts,
 * and the array waits on, as long as it has any. */
void trial_start(struct sched *s, const struct entry *entry, const struct slot *slots,
                 size_t n, bool placed);
/* Is its plan in this one of its choices? */
bool trial_is_planned_there(const struct entry *entry);
void trial_set_plan(struct sched *s, const struct entry *entry,
                    const struct slot *slots, size_t n);
/* Starts the job (true), or sees to it that it has the earliest plan there is that
 * begins before a slot, or the one it had. */
bool trial_run(struct sched *s, const struct entry *entry, const struct seeker *by,
               size_t before);
/* The same in its turn in a walk: who is to be held (pass_hold.c) does not start, but
 * is promised a start now. */
bool trial_run_in_turn(struct sched *s, const struct entry *entry,
                       const struct seeker *by, size_t before);
/* It has been tried, and is planned in another of its choices, for later than now: its
 * plan comes over to this one for the same start, if it has a place then. */
void trial_move_over(struct sched *s, const struct entry *entry,
                     const struct seeker *by);
/* Is it one to be promised a start, if it cannot have one now? Not once enough others
 * are (reservation_depth), nor while it has waited too briefly or has too little
 * priority (bf_min_age_reserve, bf_min_prio_reserve), unless it was before. */
bool trial_may_promise(const struct sched *s, const struct entry *entry,
                       size_t n_promised);
/* A dated plan becomes a promise if it may be one; false: it is none. */
bool trial_promise(struct sched *s, const struct entry *entry, size_t n_promised);
/* Which limit kept it from starting where it fitted, or from a plan there, when this
 * choice was tried last; NONE: none did. `message` (NULL: it is not asked for) gets the
 * sentence. */
enum reason trial_limited(const struct entry *entry, struct str *message);
/* Is it that only by when it could be planned? It may start before, if others make room
 * for it. */
bool trial_is_limited_later(const struct entry *entry);
/* It may have a place after all. */
void trial_allow_then(const struct entry *entry);
/* What is known of that, of all of its choices. */
void trial_forget_limits(struct jobrec *rec);
/* Resources or Priority, and s->message says what is free; or the limit that kept it
 * from starting where it fitted. */
enum reason trial_why_not_now(struct sched *s, const struct entry *entry,
                              const struct seeker *by);

#endif
