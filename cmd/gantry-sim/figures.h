/*
 * figures - a history in numbers.
 *
 * Waits are of jobs that started: all time from submission to their last start that
 * they did not run. Hours are of all runs, also of those that were cut off. The p-th
 * percentile of n values is the ceil(p n / 100)-th smallest. Bounded slowdown is
 * (wait + run) / max(run, 10 s), at least 1. Utilisation is the part in use of what
 * there was (ledger.h), over the whole replay, from the first submission to the last
 * end, and, free of its long tail, until the last submission. Fragmentation: while
 * something waited, the part of what was free that lay on nodes partly in use. A
 * promise is broken by a first start after the second that was promised first.
 */
#ifndef GANTRY_SIM_FIGURES_H
#define GANTRY_SIM_FIGURES_H

#include <stdint.h>

#include "cmd/gantry-sim/history.h"
#include "cmd/gantry-sim/pool.h"
#include "cmd/gantry-sim/workload.h"

enum { OFFS = 5 };
extern const size_t off_percent[OFFS];

/* How far off the starts were that had been told, told so far ahead. */
struct accuracy {
    int64_t n, late;           /* told; started later than that */
    int64_t mean, median, p99; /* |told - real| in seconds */
    int64_t worst_late;
    int64_t off[OFFS]; /* real - told, negative where it was earlier: percentiles */
};
enum { HORIZONS = 5 };
/* Upper bounds: told less than an hour ahead, 6 hours, a day, a week, more. */
extern const int64_t horizon_sec[HORIZONS];

struct charge {
    const char *account; /* lent from the workload; "": none */
    int64_t jobs;
    double gpu_hours, cpu_hours;
    int64_t started; /* of the jobs, since the replay began */
    double wait_sec; /* of these together */
};
/* 0: none started. */
double charge_wait_mean(const struct charge *c);

/* Of an account, with all below it: parts of all hours of the pool's measure. */
struct due {
    const char *account; /* lent from the pool */
    double due, used;
};

/* Jobs that never started, or not again, or were refused, by the reason that they were
 * told last. */
struct unstarted {
    bool refused, again;
    enum reason reason;
    int64_t jobs;
    size_t first;  /* of them, by its place in the workload */
    char *message; /* what it was told; NULL: nothing */
};

struct figures {
    int64_t jobs, completed, timeouts, never_started;
    int64_t cancelled; /* ended for another job, not to come back */
    int64_t lost;      /* with a node, not to come back */
    int64_t given_up;  /* waited for what can never be */
    int64_t refused;   /* when they were submitted */
    int64_t running;   /* to the end */
    double wait_mean, wait_median, wait_p99, wait_max;
    double slowdown_mean, slowdown_median, slowdown_p99;
    double utilisation, utilisation_arrivals; /* parts of 1 */
    double gpu_hours, cpu_hours;
    double fragmentation;
    int64_t span_sec; /* from the first submission to the last end */
    int64_t requeues;
    double
        lost_hours; /* GPU-hours (CPU-hours without GPUs) of runs that were cut off */
    int64_t preemptions; /* runs that ended early for another job */
    double preempted_hours;
    int64_t promised, broken; /* jobs: a start; of these, later or never */
    /* By what broke them (broken.h): promises that were given up, whatever came then,
     * and jobs whose first was broken, which add up to `broken`. */
    int64_t given_up_by[BROKEN_CAUSES], late_by[BROKEN_CAUSES];
    struct unstarted *never; /* in the order of their first jobs */
    size_t n_never, cap_never;
    struct accuracy promises, forecasts;
    struct accuracy ahead[HORIZONS]; /* forecasts, by how far ahead */
    struct charge *charges;          /* in the order of the accounts' names */
    size_t n_charges;
    struct due *dues; /* of accounts that have one (dues.h), in the same order */
    size_t n_dues;
};

/* Free with figures_fini. */
void figures_make(struct figures *ret, const struct pool *pool,
                  const struct workload *load, const struct history *h);
void figures_fini(struct figures *f);

#endif
