/* How much of each node the QOS and account of a job let it have (nodecap.h). */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/allowance_private.h"

/* Why it waits is the first of them. CPUs and memory a partition may add. */
static void bound(const struct sched *s, const struct asking *a,
                  const struct place_of *place, const struct limit *limit,
                  struct node_cap *cap)
{
    int resource = resource_of_tres(s, limit);
    int64_t allowed = limit_allows(place, limit);

    bool asks = a->job->each.v[resource] > 0;

    if (allowed == 0 || !(asks || resource < RES_FIXED))
        return;
    if (cap->reason == REASON_NONE)
        cap->reason = reason_of_limit(limit->kind, limit->tres, place->qos == NULL);
    if (cap->most.v[resource] == 0 || allowed < cap->most.v[resource])
        cap->most.v[resource] = allowed;
}

/* By one place. */
static void bound_by(const struct sched *s, const struct asking *a,
                     const struct places *places, size_t at, struct node_cap *cap)
{
    const struct place_of *place = &places->items[at];

    for (size_t i = 0; i < place->limits->n; i++) {
        const struct limit *limit = &place->limits->items[i];

        if (limit->kind == LIMIT_MAX_TRES_PER_NODE && resource_of_tres(s, limit) >= 0 &&
            !places_mask(places, at, limit) && asking_is_bound(a, limit))
            bound(s, a, place, limit, cap);
    }
}

/* Its partition is lent. */
static void add_cap(struct job *component, const struct node_cap *cap)
{
    component->caps =
        xrealloc(component->caps, (component->n_caps + 1) * sizeof(*component->caps));
    component->caps[component->n_caps] = *cap;
    component->caps[component->n_caps++].partition = xstrdup(cap->partition);
}

static struct job *component_of(struct job *job, size_t component)
{
    return component == 0 ? job : &job->others[component - 1];
}

/* May it have more than one pod, or one unit, on a node? */
static bool is_packed(const struct job *job)
{
    return job->n_units > 0 || (!job->one_per_node && job->max_pods > 1);
}

/* Of those that have a partition of their own once. */
static void find_there(const struct sched *s, struct job *job,
                       const struct partition *part, bool is_first)
{
    struct askings all;

    askings_init(s, &all, job, part, NULL, 0);
    for (size_t i = 0; i < all.n; i++) {
        const struct asking *a = &all.items[i];
        struct node_cap cap = {0};
        struct places places;

        if (a->part == NULL || (!is_first && a->part != part) || !is_packed(a->job))
            continue;
        cap.partition = a->part->name;
        places_find(s, a->job, a->part, &places);
        for (size_t k = 0; k < places.n; k++)
            bound_by(s, a, &places, k, &cap);
        if (cap.reason != REASON_NONE)
            add_cap(component_of(job, i), &cap);
    }
}

void caps_drop(struct job *job)
{
    for (size_t i = 0; i <= job->n_others; i++) {
        struct job *component = component_of(job, i);

        node_caps_free(TAKE(component->caps), component->n_caps);
        component->n_caps = 0;
    }
}

/* Who holds nodes is not placed. */
void caps_find(const struct sched *s, struct job *job)
{
    caps_drop(job);
    if (job->phase != JOB_PENDING && job->phase != JOB_ASIDE)
        return;
    for (size_t i = 0; i < reserve_n_partitions(job); i++) {
        const struct partrec *part = reserve_partition(s, job, i);

        find_there(s, job, part != NULL ? part->part : NULL, i == 0);
    }
}

void caps_keep(struct job *job, const struct job *old)
{
    if (old == NULL || old == job)
        return;
    caps_drop(job);
    for (size_t i = 0; i <= MIN(job->n_others, old->n_others); i++) {
        const struct job *before = job_component(old, i);
        struct job *component = component_of(job, i);

        component->caps = node_caps_copy(before->caps, before->n_caps);
        component->n_caps = before->n_caps;
    }
}
