/*
 * inflation - how much later a plan in slots is than one at exact break points.
 *
 * The grid rounds starts and ends up, so that nodes wait. What that comes to is seen
 * where the same queue is planned twice, in the same order and with the same choice of
 * nodes: by a core in slots (timeline.h), and in times of any second (plain_exact.h).
 */
#ifndef GANTRY_TESTS_SUPPORT_INFLATION_H
#define GANTRY_TESTS_SUPPORT_INFLATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/support/mix.h"

/* A job has so many GPUs from start to limit. */
struct plan_span {
    int64_t start_sec, end_sec, gpus;
};

/* How long jobs wait from now on, on average; how long until the last one ends; and
 * what part of their time GPUs are used. */
struct plan_sums {
    double wait_sec;
    int64_t makespan_sec;
    double used;
};

/* The first `n_running` began long ago, and do not count as waiting. Of the `gpus` that
 * there are the time until `until_sec` is looked at. */
struct plan_sums plan_sums_of(const struct plan_span *spans, size_t n, size_t n_running,
                              int64_t gpus, int64_t until_sec);

/* Use is that until the last start at exact break points: then the queue is empty. */
struct inflation {
    struct plan_sums slots, exact;
    size_t jobs, earlier, later; /* in slots than at exact break points */
};

/* The core has planned all of a mix, from nothing. False: some job has no start, in
 * one of the plans; then `ret` is as it was. */
bool inflation_find(const struct mix *m, const struct sched *s, struct inflation *ret);

#endif
