/*
 * starts - first of all in a step: who may start now, all promises in place.
 *
 * A walk through a long queue takes seconds, and what an end has made free should not
 * be idle meanwhile. So before a walk, and between its slices, those who could start
 * now are found without it:
 *
 *   - planned jobs whose lines are under the stairs (line.h, stairs.h) are tried, from
 *     the first one again after each start, which moves the stairs. Whose line was not
 *     under them is looked at again only where they have risen; as long as they have
 *     not, who was gathered is tried on, and nobody else looked at. Whose turn it is is
 *     mostly settled by size; priorities are worked out where it is not.
 *   - jobs without a promise, as they have just come, are tried in their turn as well,
 *     planned around all promises, and promised that in turn, in whichever of their
 *     choices is the earliest. One that cannot be promised a start ends the search: who
 *     is behind it waits for the walk.
 *
 * Whoever may be preempted by somebody that waits starts in the walk only, behind those
 * (hunters.h).
 *
 * Where many jobs have no promise, all of it is left to the walk.
 */
#ifndef GANTRY_SCHEDULER_STARTS_H
#define GANTRY_SCHEDULER_STARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scheduler/sched.h"
#include "scheduler/turn.h"

struct jobrec;
struct partrec;

/* A job that may start in a partition and reservation, as far as is known. */
struct candidate {
    struct jobrec *rec;
    struct partrec *part;
    size_t listed; /* which of the job's choices */
    bool fresh;    /* the job had no promise when the search began */
    bool done;
    int64_t tier, size; /* turn.h */
    int64_t priority;   /* -1: not worked out yet */
};

/* Of planned jobs, who is gathered. */
enum scope {
    SCOPE_AT_HAND, /* of those whose turn is early, as many as come first */
    SCOPE_FEW,     /* of all */
    SCOPE_ALL,
};

struct candidates {
    struct candidate *items;
    size_t n, cap;
    size_t n_planned; /* of them, from the first: of planned jobs; then those listed */
    struct turns turns; /* of those listed; where the queue is the order, of all */
    /* Of planned jobs, kept from search to search: they are tried on after a start. */
    struct turns offers;
    bool offered;   /* there are such turns */
    size_t *failed; /* who has been tried since the last start */
    size_t n_failed, failed_cap;
    size_t n_started; /* of them */
    enum scope scope;
    bool left_out; /* there may be others, none before this tier and size */
    int64_t left_tier, left_size;
    uint32_t at_hand; /* the largest key of those (line.h) */
    /* While there is one, and this is of now, they are those that would be gathered. */
    bool kept;
    uint64_t gen; /* moves when they are gathered */
    uint64_t told, lines_gen;
    int64_t now_sec;
};

void candidates_fini(struct candidates *c);

/* Sees to it that the job is among those to be looked at, or not: pending without a
 * promise, or with a promise of before it was changed. */
void starts_enlist(struct sched *s, struct jobrec *rec);

/* Is the timeline, with what has been entered since, that of a walk that began now? */
bool starts_are_ready(const struct sched *s, int64_t now_sec);
/* The timeline is that of now. False: the budget is spent, which is asked about after
 * each start and after each job that had no promise. */
bool starts_run(struct sched *s, int64_t now_sec, struct sched_budget budget);

#endif
