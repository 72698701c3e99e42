/* What a job pays for each second. */
#include "base/util.h"
#include "scheduler/billing.h"
#include "scheduler/charge_private.h"
#include "scheduler/quota.h"

#define ONE 1000 /* thousandths */

struct rating {
    struct usage_charge *charge;
    int64_t factor; /* thousandths */
};

static void add_rate(const struct rating *r, enum tres tres, const char *type,
                     __int128 thousandths)
{
    __int128 rate = MIN(thousandths, (__int128)INT64_MAX) * r->factor / ONE;

    usage_charge_add(r->charge, tres, type, (int64_t)MIN(rate, (__int128)INT64_MAX));
}

/* Other than GPUs; columns of ours are none. */
static void add_devices(const struct sched *s, const struct resvec *counts,
                        const struct rating *r)
{
    const struct cluster *c = &s->cluster;

    for (int i = RES_FIXED; i < c->res.n; i++) {
        if (counts->v[i] > 0 && i != c->res.gpu && !quota_is_column(c, i) &&
            i != c->quotas.whole)
            add_rate(r, TRES_DEVICE, c->res.name[i], (__int128)counts->v[i] * ONE);
    }
}

static void add_slot(const struct sched *s, const struct holding *h, size_t slot,
                     const struct rating *r)
{
    const struct noderec *node = cluster_node(&s->cluster, h->slots[slot].node);
    const struct resvec counts = cluster_counts(&s->cluster, h, slot);
    int gpu = s->cluster.res.gpu;

    add_rate(r, TRES_CPU, NULL, counts.v[RES_CPU]);
    add_rate(r, TRES_MEM, NULL, (__int128)counts.v[RES_MEM] * ONE / USED_MEM_UNIT);
    add_devices(s, &counts, r);
    if (gpu < 0 || counts.v[gpu] == 0)
        return;
    add_rate(r, TRES_GPU, NULL, (__int128)counts.v[gpu] * ONE);
    if (node != NULL && node->node != NULL && node->node->gpu_type != NULL)
        add_rate(r, TRES_GPU, node->node->gpu_type, (__int128)counts.v[gpu] * ONE);
}

const struct partition *charge_part(const struct sched *s, const struct job *job)
{
    const struct partrec *part = cluster_partition(&s->cluster, job->partition);

    return part != NULL ? part->part : NULL;
}

bool charge_has_end(const struct job *job)
{
    return job->phase == JOB_COMPLETING && job->end_sec != TIME_UNSET;
}

struct usage_charge charge_of(const struct sched *s, const struct job *job,
                              int64_t to_sec)
{
    const struct qos *qos = policy_qos(&s->policy, job);
    const struct license_list takes = job_licenses(job);
    struct usage_charge ret = {
        .from_sec = MAX(job->start_sec, job->paid_sec),
        .to_sec = charge_has_end(job) ? MIN(job->end_sec, to_sec) : to_sec,
    };
    const struct partition *part = charge_part(s, job);
    const struct holding h = {job->alloc, job->n_alloc, job_is_alone(job, part), takes};
    const struct rating r = {&ret, qos != NULL ? qos->usage_factor : ONE};

    add_rate(&r, TRES_BILLING, NULL,
             (__int128)billing_of(&s->cluster, part, &h, s->config.priority_flags) *
                 ONE);
    add_rate(&r, TRES_NONE, NULL, ONE);
    add_rate(&r, TRES_NODE, NULL,
             (__int128)slots_nodes(job->alloc, job->n_alloc) * ONE);
    for (size_t i = 0; i < job->n_alloc; i++)
        add_slot(s, &h, i, &r);
    for (size_t i = 0; i < takes.n; i++)
        add_rate(&r, TRES_LICENSE, takes.items[i].name,
                 (__int128)takes.items[i].count * ONE);
    return ret;
}
