/*
 * book - what jobs and pods take on the timeline, now and by plan.
 *
 *   pods of no job               for ever
 *   jobs that hold nodes         until their time limit and some slack; without one
 *                                until the far slot, never beyond: one day they end
 *   plans of pending jobs        from their start for the time limit and some slack
 *
 * So a job that waits for others without a limit is planned in the far slot: it cannot
 * be told when it starts, but no job behind it without a limit starts in its place.
 *
 * Slack keeps promises: a job that was told to start in a minute may run only some
 * seconds later, and one whose time is up takes a while to be gone; both were assumed.
 * A job that should have ended and has not, or whose pods are still going, is assumed
 * to take as long again as it is late: a minute at least.
 *
 * The timeline advances each minute, and is made anew when nodes or partitions have
 * changed, or when more is taken than there is; in between, every change is entered as
 * it comes. Made anew, plans are entered last, in the order of the queue, and only
 * where all of their room is there, on nodes that the job may have yet. What no longer
 * fits is a broken promise, as is a plan whose minute has passed. Where a job that is
 * late in ending is why, it slides: it keeps its nodes, from when they are free beside
 * those that were entered before it, and those behind it slide in their turn, so that
 * all keep their order. Else it is given up.
 */
#ifndef GANTRY_SCHEDULER_BOOK_H
#define GANTRY_SCHEDULER_BOOK_H

#include "scheduler/core.h"

/* Makes the timeline one of this minute and these nodes if it is not. The cluster is
 * settled, and the queue in order, and stays so until all is done. False: the budget is
 * spent, which is asked about after each job; what changes meanwhile is counted. */
bool book_renew(struct sched *s, int64_t now_sec, struct sched_budget budget);

/* The slots of the job's new allocation or plan are those that the placer found last:
 * where they are need not be looked up by the names of nodes. */
void book_place(struct sched *s, struct jobrec *rec);
/* A job's allocation or plan. Nothing happens while no timeline is up to date. */
void book_enter(struct sched *s, struct jobrec *rec);
void book_strike(struct sched *s, struct jobrec *rec);
/* It is to end at another time, and that is all: of what it holds only the slots up to
 * there are given back, or taken. */
void book_move_end(struct sched *s, struct jobrec *rec);
/* While the timeline is renewed a job may not have been come to: it is then. */
void book_freshen(const struct sched *s, struct jobrec *rec);
/* A foreign pod, as cluster.h has it; NULL is fine. */
void book_enter_pod(struct sched *s, struct podrec *pod);
void book_strike_pod(struct sched *s, struct podrec *pod);

/* How long a job of that limit is assumed to take, from the minute it starts in. */
int64_t book_length(int64_t limit_sec);

/* For how long a job could run on the nodes that it has just been given: from its least
 * limit up to the largest, without delaying what is planned there. */
int64_t book_longest(struct sched *s, struct jobrec *rec, int64_t least_sec,
                     int64_t largest_sec);

/* Gives the plan up, by what breaks it if it is a promise (broken.h). */
void book_cancel_plan(struct sched *s, struct jobrec *rec, enum broken cause);
/* Has the job its plan in that partition from now on, at the same time on the same
 * nodes? False: it may not, or it asks for something else there. */
bool book_move_over(struct sched *s, struct jobrec *rec, const struct partrec *part);
/* Enters a plan that was struck, or is not entered yet. Where others have come in
 * between or its minute has passed it slides, while the timeline is made anew, or is
 * given up: by that cause; BROKEN_NOT: whatever it is. */
void book_put_back(struct sched *s, struct jobrec *rec, enum broken cause);

/* Beside whom it is where it is, or is planned, in all of its components. */
enum sharing book_sharing(const struct sched *s, const struct job *job);
/* What it holds, or has planned, into s->uses. Returns how many. */
size_t book_uses(struct sched *s, struct jobrec *rec);
/* When what a component holds is assumed to be free. */
int64_t book_assumed_end(const struct sched *s, const struct jobrec *rec,
                         size_t component);
/* Is there room where it is, or is planned, for so long? It is off the timeline. */
bool book_fits(struct sched *s, struct jobrec *rec);
/* Do limits on what is used, or left, allow a plan as well, that was made for another
 * time or partition, or before somebody started? It is off the timeline. */
bool book_is_admitted(struct sched *s, struct jobrec *rec);
/* From which slot on what ends then is assumed to be free. */
size_t book_free_from(const struct sched *s, int64_t end_sec);
/* The first time that what ends then is assumed to be free from that slot on, and not
 * from one before; the slot is not the first. */
int64_t book_end_before(const struct sched *s, size_t slot);

#endif
