#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-sim/dues.h"
#include "cmd/gantry-sim/figures_private.h"

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

/* Of the workload and, as jobs may have one by default, of the pool. */
static void name_charges(struct figures *f, const struct pool *p,
                         const struct workload *load)
{
    size_t n = 0;
    f->charges = xcalloc(load->n_names + p->n_accounts + 1, sizeof(*f->charges));
    f->charges[n++].account = "";
    for (size_t i = 0; i < load->n_names; i++)
        f->charges[n++].account = load->names[i];
    for (size_t i = 0; i < p->n_accounts; i++)
        f->charges[n++].account = p->accounts[i]->name;
    qsort(f->charges, n, sizeof(*f->charges), by_account);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || strcmp(f->charges[i].account, f->charges[i - 1].account) != 0)
            f->charges[f->n_charges++].account = f->charges[i].account;
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

static void charge_wait(struct charge *c, const struct tale *t)
{
    c->jobs++;
    if (t->start_sec == TIME_UNSET || t->before)
        return;
    c->started++;
    c->wait_sec += (double)t->wait_sec;
}

double charge_wait_mean(const struct charge *c)
{
    return c->started > 0 ? c->wait_sec / (double)c->started : 0;
}

static void charge_jobs(struct figures *f, const struct pool *p,
                        const struct workload *load, const struct history *h)
{
    name_charges(f, p, load);
    for (size_t i = 0; i < h->n; i++)
        charge_wait(charge_of(f, history_account(h, load, i)), &h->tales[i]);
    for (size_t i = 0; i < history_stays(h); i++) {
        const struct stay stay = history_stay(h, i);
        struct charge *c = charge_of(f, history_account(h, load, stay.job));
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

void figures_measure_use(struct figures *f, const struct pool *p,
                         const struct workload *load, const struct history *h)
{
    measure_losses(f, p, h);
    measure_use(f, load, h);
    charge_jobs(f, p, load, h);
    measure_dues(f, p);
}
