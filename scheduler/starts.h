/*
 * starts - first of all in a step: who may start now, all promises in place.
 *
 * A walk through a long queue takes seconds, and what an end has made free should not
 * be idle meanwhile. So before a walk, and between its slices, those who could start
 * now are found without it:
 *
 *   - each planned job has a line: how many nodes of which demand it needs, up to which
 *     slot if it began now, and the slot in which it is to start. For each demand there
 *     are stairs: how many nodes stay open from now on up to which slot. Most lines are
 *     above the stairs, which takes a look each; the others are tried in the order of
 *     the queue, from the first one again after each start.
 *   - jobs without a promise, as they have just come, are tried in their turn as well,
 *     planned around all promises, and promised that in turn. One that cannot be
 *     promised a start ends the search: who is behind it waits for the walk.
 *
 * Where many jobs have no promise, all of it is left to the walk.
 */
#ifndef GANTRY_SCHEDULER_STARTS_H
#define GANTRY_SCHEDULER_STARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scheduler/sched.h"

struct claim;
struct jobrec;

/* A planned job; nodes and slots at least. */
struct line {
    struct jobrec *rec;
    int64_t length_sec; /* that it takes at least; LIMIT_UNSET: any */
    uint32_t demand, need;
    uint32_t end;   /* one past the last slot, if it began in the first */
    uint32_t first; /* of its plan */
};

/* Puts a line up for a job with a claim on the timeline, sees to it that it is of the
 * slots of now, and takes it down. */
void starts_add_line(struct sched *s, struct jobrec *rec);
void starts_move_line(struct sched *s, const struct claim *claim);
void starts_drop_line(struct sched *s, struct jobrec *rec);

/* Sees to it that the job is among those to be looked at, or not: pending without a
 * promise, or with a promise of before it was changed. */
void starts_enlist(struct sched *s, struct jobrec *rec);

/* Is the timeline, with what has been entered since, that of a walk that began now? */
bool starts_are_ready(const struct sched *s, int64_t now_sec);
/* The timeline is that of now. False: the budget is spent, which is asked about after
 * each job that had no promise. */
bool starts_run(struct sched *s, int64_t now_sec, struct sched_budget budget);

#endif
