#include "cmd/gantry-sim/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-sim/figures_private.h"
#include "cmd/gantry-sim/values.h"

#define SLOWDOWN_BOUND_SEC 10

const int64_t horizon_sec[HORIZONS] = {HOUR_SEC, 6 * HOUR_SEC, 24 * HOUR_SEC,
                                       168 * HOUR_SEC, INT64_MAX};

const size_t off_percent[OFFS] = {1, 10, 50, 90, 99};

/* ---- how long jobs waited ---- */

static void measure_waits(struct figures *f, const struct history *h)
{
    struct values waits = {xcalloc(h->n + 1, sizeof(double)), 0};
    struct values slowdowns = {xcalloc(h->n + 1, sizeof(double)), 0};
    for (size_t i = 0; i < h->n; i++) {
        const struct tale *t = &h->tales[i];
        if (t->start_sec == TIME_UNSET || t->before)
            continue;
        double wait = (double)t->wait_sec;
        waits.items[waits.n++] = wait;
        if (t->end_sec == TIME_UNSET)
            continue;
        double run = (double)(t->end_sec - t->start_sec);
        slowdowns.items[slowdowns.n++] =
            MAX((wait + run) / MAX(run, SLOWDOWN_BOUND_SEC), 1);
    }
    f->wait_mean = values_mean(&waits);
    f->slowdown_mean = values_mean(&slowdowns);
    values_sort(&waits);
    values_sort(&slowdowns);
    f->wait_median = values_percentile(&waits, 50);
    f->wait_p99 = values_percentile(&waits, 99);
    f->wait_max = values_percentile(&waits, 100);
    f->slowdown_median = values_percentile(&slowdowns, 50);
    f->slowdown_p99 = values_percentile(&slowdowns, 99);
    free(waits.items);
    free(slowdowns.items);
}

/* ---- how true it was what was told ---- */

static void measure_accuracy(struct accuracy *ret, const struct history *h,
                             bool promised, int64_t from_sec, int64_t below_sec)
{
    struct values off = {xcalloc(h->n + 1, sizeof(double)), 0};
    struct values by = {xcalloc(h->n + 1, sizeof(double)), 0};
    for (size_t i = 0; i < h->n; i++) {
        const struct tale *t = &h->tales[i];
        const struct forecast *told = promised ? &t->promised : &t->foretold;
        if (told->told_sec == TIME_UNSET || t->first_sec == TIME_UNSET)
            continue;
        int64_t ahead = told->start_sec - told->told_sec;
        int64_t late = t->first_sec - told->start_sec;
        if (ahead < from_sec || ahead >= below_sec)
            continue;
        off.items[off.n++] = fabs((double)late);
        by.items[by.n++] = (double)late;
        ret->late += late > 0;
        ret->worst_late = MAX(ret->worst_late, late);
    }
    ret->n = (int64_t)off.n;
    ret->mean = llround(values_mean(&off));
    values_sort(&off);
    ret->median = llround(values_percentile(&off, 50));
    ret->p99 = llround(values_percentile(&off, 99));
    values_sort(&by);
    for (size_t i = 0; i < OFFS; i++)
        ret->off[i] = llround(values_percentile(&by, off_percent[i]));
    free(off.items);
    free(by.items);
}

static void count_unstarted(struct figures *f, const struct tale *t, size_t job)
{
    const bool refused = t->fate == FATE_REFUSED, again = t->first_sec != TIME_UNSET;
    size_t i = 0;
    while (i < f->n_never &&
           (f->never[i].reason != t->reason || f->never[i].refused != refused ||
            f->never[i].again != again))
        i++;
    if (i == f->n_never) {
        GROW(f->never, f->n_never, f->cap_never);
        f->never[f->n_never++] =
            (struct unstarted){.refused = refused,
                               .again = again,
                               .reason = t->reason,
                               .first = job,
                               .message = xstrdup_null(t->message)};
    }
    f->never[i].jobs++;
}

static void count_fates(struct figures *f, const struct history *h)
{
    f->jobs = (int64_t)h->n;
    for (size_t i = 0; i < h->n; i++) {
        enum fate fate = h->tales[i].fate;
        f->completed += fate == FATE_COMPLETED;
        f->timeouts += fate == FATE_TIMEOUT;
        f->cancelled += fate == FATE_PREEMPTED;
        f->lost += fate == FATE_LOST;
        f->given_up += fate == FATE_GIVEN_UP;
        f->refused += fate == FATE_REFUSED;
        f->running += fate == FATE_RUNS;
        f->never_started += fate == FATE_WAITS || fate == FATE_UNSEEN;
        if (fate == FATE_WAITS || fate == FATE_REFUSED)
            count_unstarted(f, &h->tales[i], i);
    }
}

/* It started later; or waits at the end, when nothing will change any more. */
static bool is_broken(const struct tale *t)
{
    if (t->first_sec == TIME_UNSET)
        return t->fate == FATE_WAITS;
    return t->first_sec > t->promised.start_sec;
}

/* One that is late though its own promise was kept is late for other causes. */
static void count_broken(struct figures *f, const struct history *h)
{
    memcpy(f->given_up_by, h->broken, sizeof(f->given_up_by));
    for (size_t i = 0; i < h->n; i++) {
        const struct tale *t = &h->tales[i];
        if (t->promised.told_sec == TIME_UNSET)
            continue;
        f->promised++;
        if (!is_broken(t))
            continue;
        f->broken++;
        f->late_by[t->broken != BROKEN_NOT ? t->broken : BROKEN_OTHER]++;
    }
}

void figures_make(struct figures *ret, const struct pool *pool,
                  const struct workload *load, const struct history *h)
{
    *ret = (struct figures){0};
    count_fates(ret, h);
    count_broken(ret, h);
    measure_waits(ret, h);
    figures_measure_use(ret, pool, load, h);
    measure_accuracy(&ret->promises, h, true, INT64_MIN, INT64_MAX);
    measure_accuracy(&ret->forecasts, h, false, INT64_MIN, INT64_MAX);
    int64_t from_sec = INT64_MIN;
    for (size_t i = 0; i < HORIZONS; i++) {
        measure_accuracy(&ret->ahead[i], h, false, from_sec, horizon_sec[i]);
        from_sec = horizon_sec[i];
    }
}

void figures_fini(struct figures *f)
{
    free(f->charges);
    free(f->dues);
    for (size_t i = 0; i < f->n_never; i++)
        free(f->never[i].message);
    free(f->never);
    *f = (struct figures){0};
}
