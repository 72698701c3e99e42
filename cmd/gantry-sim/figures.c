#include "cmd/gantry-sim/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-sim/dues.h"

#define SLOWDOWN_BOUND_SEC 10
#define HOUR_SEC 3600

const int64_t horizon_sec[HORIZONS] = {HOUR_SEC, 6 * HOUR_SEC, 24 * HOUR_SEC,
                                       168 * HOUR_SEC, INT64_MAX};

const size_t off_percent[OFFS] = {1, 10, 50, 90, 99};

struct values {
    double *items;
    size_t n;
};

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double mean_of(const struct values *v)
{
    double sum = 0;
    for (size_t i = 0; i < v->n; i++)
        sum += v->items[i];
    return v->n > 0 ? sum / (double)v->n : 0;
}

/* Of sorted values. */
static double percentile(const struct values *v, size_t percent)
{
    return v->n > 0 ? v->items[(v->n * percent + 99) / 100 - 1] : 0;
}

static void values_sort(struct values *v)
{
    if (v->n > 0)
        qsort(v->items, v->n, sizeof(*v->items), by_value);
}

/* ---- what was used ---- */

/* In hours of one of a resource; of CPUs, thousandths of one. */
static double hours_used(const struct stay *stay, int resource)
{
    int64_t use = 0;
    if (stay->end_sec == TIME_UNSET)
        return 0;
    for (size_t i = 0; i < stay->n_shares; i++)
        use += stay->shares[i].slot.pods * stay->shares[i].slot.each.v[resource];
    return (double)use * (double)(stay->end_sec - stay->start_sec) / HOUR_SEC;
}

static int by_account(const void *a, const void *b)
{
    return strcmp(((const struct charge *)a)->account,
                  ((const struct charge *)b)->account);
}

static struct charge *charge_of(struct figures *f, const char *account)
{
    struct charge key = {.account = account};
    return bsearch(&key, f->charges, f->n_charges, sizeof(*f->charges), by_account);
}

static void name_charges(struct figures *f, const struct workload *load)
{
    f->charges = xcalloc(load->n_names + 1, sizeof(*f->charges));
    f->charges[f->n_charges++].account = ""; /* the names are sorted */
    for (size_t i = 0; i < load->n_names; i++)
        if (*load->names[i])
            f->charges[f->n_charges++].account = load->names[i];
}

/* Users have names too; they are charged nothing. */
static void drop_empty_charges(struct figures *f)
{
    size_t kept = 0;
    for (size_t i = 0; i < f->n_charges; i++)
        if (f->charges[i].jobs > 0)
            f->charges[kept++] = f->charges[i];
    f->n_charges = kept;
}

static void charge_jobs(struct figures *f, const struct pool *p,
                        const struct workload *load, const struct history *h)
{
    name_charges(f, load);
    for (size_t i = 0; i < h->n; i++)
        charge_of(f, load->jobs[i].account)->jobs++;
    for (size_t i = 0; i < history_stays(h); i++) {
        const struct stay stay = history_stay(h, i);
        struct charge *c = charge_of(f, load->jobs[stay.job].account);
        c->gpu_hours += hours_used(&stay, p->resources.gpu);
        c->cpu_hours += hours_used(&stay, RES_CPU) / 1000;
    }
    for (size_t i = 0; i < f->n_charges; i++) {
        f->gpu_hours += f->charges[i].gpu_hours;
        f->cpu_hours += f->charges[i].cpu_hours;
    }
    drop_empty_charges(f);
}

/* ---- what is due ---- */

static double hours_of(const struct charge *c, bool gpus)
{
    return gpus ? c->gpu_hours : c->cpu_hours;
}

static void measure_dues(struct figures *f, const struct pool *p)
{
    const bool gpus = pool_measure(p) != RES_CPU;
    const double all = gpus ? f->gpu_hours : f->cpu_hours;
    struct dues dues;
    dues_init(&dues, p);
    for (size_t i = 0; i < f->n_charges; i++)
        dues_use(&dues, f->charges[i].account, hours_of(&f->charges[i], gpus));
    f->dues = xcalloc(p->n_accounts + 1, sizeof(*f->dues));
    for (size_t i = 0; i < p->n_accounts; i++) {
        struct due *due = &f->dues[f->n_dues];
        if (!dues_of(&dues, i, &due->due))
            continue;
        due->account = p->accounts[i]->name;
        due->used = all > 0 ? dues.used[i] / all : 0;
        f->n_dues++;
    }
    dues_fini(&dues);
}

/* ---- what the samples say ---- */

/* Of none, no part is in use. */
static double part(double used, double all)
{
    return all > 0 ? used / all : 0;
}

static void measure_use(struct figures *f, const struct workload *load,
                        const struct history *h)
{
    const int64_t last_submit = load->n > 0 ? load->jobs[load->n - 1].submit_sec : 0;
    double used = 0, used_arrivals = 0, free_ = 0, fragments = 0;
    double all = 0, all_arrivals = 0;
    for (size_t i = 0; i + 1 < h->n_samples; i++) {
        const struct sample *s = &h->samples[i];
        int64_t to_sec = h->samples[i + 1].sec;
        double lasts = (double)(to_sec - s->sec);
        double arrivals = (double)MAX(MIN(to_sec, last_submit) - s->sec, 0);
        used += (double)(s->total - s->free) * lasts;
        all += (double)s->total * lasts;
        used_arrivals += (double)(s->total - s->free) * arrivals;
        all_arrivals += (double)s->total * arrivals;
        free_ += s->waiting > 0 ? (double)s->free * lasts : 0;
        fragments += s->waiting > 0 ? (double)s->fragments * lasts : 0;
    }
    if (h->n_samples == 0)
        return;
    f->span_sec = h->samples[h->n_samples - 1].sec - h->samples[0].sec;
    f->utilisation = part(used, all);
    f->utilisation_arrivals = part(used_arrivals, all_arrivals);
    f->fragmentation = part(fragments, free_);
}

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
    f->wait_mean = mean_of(&waits);
    f->slowdown_mean = mean_of(&slowdowns);
    values_sort(&waits);
    values_sort(&slowdowns);
    f->wait_median = percentile(&waits, 50);
    f->wait_p99 = percentile(&waits, 99);
    f->wait_max = percentile(&waits, 100);
    f->slowdown_median = percentile(&slowdowns, 50);
    f->slowdown_p99 = percentile(&slowdowns, 99);
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
    ret->mean = llround(mean_of(&off));
    values_sort(&off);
    ret->median = llround(percentile(&off, 50));
    ret->p99 = llround(percentile(&off, 99));
    values_sort(&by);
    for (size_t i = 0; i < OFFS; i++)
        ret->off[i] = llround(percentile(&by, off_percent[i]));
    free(off.items);
    free(by.items);
}

static void count_unstarted(struct figures *f, enum reason reason, size_t job)
{
    size_t i = 0;
    while (i < f->n_never && f->never[i].reason != reason)
        i++;
    if (i == f->n_never) {
        GROW(f->never, f->n_never, f->cap_never);
        f->never[f->n_never++] = (struct unstarted){.reason = reason, .first = job};
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
        f->given_up += fate == FATE_GIVEN_UP;
        f->running += fate == FATE_RUNS;
        f->never_started += fate == FATE_WAITS || fate == FATE_UNSEEN;
        if (fate == FATE_WAITS)
            count_unstarted(f, h->tales[i].reason, i);
    }
}

/* Runs that were cut off, and what was used in vain. */
static void measure_losses(struct figures *f, const struct pool *p,
                           const struct history *h)
{
    const int what = pool_measure(p);
    const double unit = what == RES_CPU ? 1000 : 1;
    for (size_t i = 0; i < history_stays(h); i++) {
        const struct stay stay = history_stay(h, i);
        const bool again = i < h->n_cuts && !stay.part;
        double hours = again || stay.preempted ? hours_used(&stay, what) / unit : 0;
        f->requeues += again;
        f->lost_hours += again ? hours : 0;
        f->preemptions += stay.preempted;
        f->preempted_hours += stay.preempted ? hours : 0;
    }
}

/* One that is late though its own promise was kept is late for other causes. */
static void count_broken(struct figures *f, const struct history *h)
{
    memcpy(f->given_up_by, h->broken, sizeof(f->given_up_by));
    for (size_t i = 0; i < h->n; i++) {
        const struct tale *t = &h->tales[i];
        if (t->promised.told_sec == TIME_UNSET || t->first_sec <= t->promised.start_sec)
            continue;
        f->late_by[t->broken != BROKEN_NOT ? t->broken : BROKEN_OTHER]++;
    }
}

void figures_make(struct figures *ret, const struct pool *pool,
                  const struct workload *load, const struct history *h)
{
    *ret = (struct figures){0};
    count_fates(ret, h);
    count_broken(ret, h);
    measure_losses(ret, pool, h);
    measure_waits(ret, h);
    measure_use(ret, load, h);
    charge_jobs(ret, pool, load, h);
    measure_dues(ret, pool);
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
    free(f->never);
    *f = (struct figures){0};
}
