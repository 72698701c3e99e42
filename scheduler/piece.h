/*
 * piece - what is not cut in slices begins only where the step has the time for it.
 *
 * Whoever is refused goes the next time he asks, whatever time it is: he would never,
 * else, where something is told to the core after each step.
 */
#ifndef GANTRY_SCHEDULER_PIECE_H
#define GANTRY_SCHEDULER_PIECE_H

#include "scheduler/core.h"

enum piece {
    PIECE_ENDS,     /* a look at all who are charged, for those whose time is up */
    PIECE_SETTLE,   /* nodes are put in order */
    PIECE_CHOOSE,   /* nodes are chosen for a reservation */
    PIECE_WALK,     /* a walk begins */
    PIECE_TIMELINE, /* the timeline is made anew, with nothing on it */
    PIECE_HUNT,     /* a search for victims, or one try of it */
};

static inline bool piece_was_refused(const struct sched *s, enum piece what)
{
    return (s->refused & (1U << what)) != 0;
}

/* What is shorter may be done whenever it comes. */
#define PIECE_LEAST_US 100

/* False: it takes so many microseconds, which the step does not have. */
static inline bool piece_has_time(struct sched *s, enum piece what, int64_t us,
                                  struct sched_budget budget)
{
    const unsigned bit = 1U << what;

    if (us >= PIECE_LEAST_US && !sched_has_room(budget, us) &&
        !piece_was_refused(s, what)) {
        s->refused |= bit;
        return false;
    }
    s->refused &= ~bit;
    return true;
}

#endif
