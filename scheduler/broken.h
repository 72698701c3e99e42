/*
 * broken - promises that were not kept: what broke each.
 *
 * A promise (a start and nodes) that is given up, or moved later, is counted once, by
 * the first of these that is so. The job may be promised the same start elsewhere, or a
 * later one, in the same step.
 *
 *   maintenance  a reservation shuts its nodes
 *   node         a node of it is gone, not ready or cordoned, or no longer such as the
 *                job asks for: its labels, a taint; or they do not lie so any more:
 *                side by side, on few switches, in segments
 *   overrun      a job there outlasts its limit, or what else was to end it; one that
 *                ends for this job does, and the promise follows it
 *   limit        the limit of a job there was raised, so that it ends later
 *   preemption   its nodes are another's, who preempts
 *   priority     somebody has raised another job in the queue (overtake.h)
 *   pod          a pod of others runs there
 *   rules        a limit, an account, a partition does not let the job start any more,
 *                or not there: the partition has lost a node of it;
 *                nor in another partition of the job, at the same time; or the window
 *                (bf_window) has become too short for it
 *   other        none of these: its minute has passed with nobody there to start it (no
 *                leader, a stall), or it comes later behind one of which that is so
 *
 * A job that is held, or changed by its owner, gives its promise up by itself, and that
 * is not counted. What changes priorities by itself (age, usage) breaks no promise:
 * whoever has more now is planned around it.
 */
#ifndef GANTRY_SCHEDULER_BROKEN_H
#define GANTRY_SCHEDULER_BROKEN_H

#include "scheduler/reason.h"

enum broken {
    BROKEN_NOT,
    BROKEN_MAINTENANCE,
    BROKEN_NODE,
    BROKEN_OVERRUN,
    BROKEN_LIMIT,
    BROKEN_PREEMPTION,
    BROKEN_PRIORITY,
    BROKEN_POD,
    BROKEN_RULES,
    BROKEN_OTHER,
};
#define BROKEN_CAUSES (BROKEN_OTHER + 1)

struct sched;
struct jobrec;

/* "maintenance"; "" for NOT. */
const char *broken_word(enum broken cause);
/* The job's plan is about to be given up, or moved later: counted if it is a promise
 * and there is a cause. */
void broken_note(struct sched *s, struct jobrec *rec, enum broken cause);
/* What keeps the job from its plan; the plan is off the timeline, or its minute has
 * passed. */
enum broken broken_find(struct sched *s, struct jobrec *rec);
/* Of one that may not start any more, for that reason. */
enum broken broken_of_reason(enum reason reason);

#endif
