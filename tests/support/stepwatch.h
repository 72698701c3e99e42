/*
 * stepwatch - how long the steps of a core are, and the pieces of work between its
 * looks at the budget, whatever else the machine does meanwhile.
 *
 * The same history is run in several takes. In the first a step ends by the clock,
 * after SCHED_STEP_US, and each look at the budget is noted with its answer; in all
 * others it is given the same answers again, and so does the same work. Of each piece
 * the shortest take counts: what held the program up would have to do so at the same
 * piece in all of them. A take that looks elsewhere than the first is no longer the
 * same history: the program says so and ends (exit 1).
 *
 * A step is as long as its pieces are together, and never longer than its budget and
 * the longest piece that was not announced (`over`): before a longer one the core asks
 * for room, and only what has waited once needs none. The time of the wall: its clock
 * costs 20 ns, that of the processor fifty times as much, at each look.
 */
#ifndef GANTRY_TESTS_SUPPORT_STEPWATCH_H
#define GANTRY_TESTS_SUPPORT_STEPWATCH_H

#include "scheduler/sched.h"

struct stepwatch {
    struct look *looks; /* of the first take, in order, and of each step its end */
    size_t n_looks, cap_looks;
    size_t at; /* the next one of this take */
    int take;  /* from 1 on */
    int64_t last_ns, until_ns;
};

/* Milliseconds. */
struct stepwatch_times {
    double all, step,
        over; /* all steps, the longest, the longest piece above its room */
    size_t n_steps;
};

/* Monotonic time, in nanoseconds. */
int64_t stepwatch_now_ns(void);

/* The history begins: the first time, or once more from the same state. */
void stepwatch_take(struct stepwatch *w);
/* One step, watched. Its decisions are the core's, until the next. */
enum sched_progress stepwatch_step(struct stepwatch *w, struct sched *s,
                                   int64_t now_sec, struct decisions *ret);
/* Steps until there is nothing left to do. */
void stepwatch_to_rest(struct stepwatch *w, struct sched *s, int64_t now_sec);
/* Of the steps from that look on (w->at, before the first of them) until now. */
struct stepwatch_times stepwatch_since(const struct stepwatch *w, size_t from);
void stepwatch_free(struct stepwatch *w);

#endif
