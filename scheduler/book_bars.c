/* Are the nodes of a plan still such as the job may have? */
#include "scheduler/book_private.h"

#include <stdlib.h>

#include "base/util.h"
#include "scheduler/match.h"

/* What one component of a job asks of the nodes that are planned for it. */
struct bar {
    const struct cluster *cluster;
    struct shape *shape;
    const struct partrec *part;
    node_set nodes; /* where it asks something of all of them together */
};

/* Is the i-th of its partitions one for the reservation of its plan? */
static bool goes_with(const struct job *job, size_t i)
{
    return job->n_partitions > 0 || job->n_reservations == 0 ||
           str_eq(job->reservations[i], job_reservation(job));
}

/* Is it planned in a partition that it may still be in? */
static bool is_choice(const struct sched *s, const struct job *job)
{
    const struct partrec *part = cluster_partition(&s->cluster, job->plan.partition);

    for (size_t i = 0; i < reserve_n_partitions(job) && part != NULL; i++) {
        if (part == reserve_partition(s, job, i) && goes_with(job, i))
            return true;
    }
    return false;
}

/* Do they all have one of the alternatives of features? */
static bool have_same(const struct bar *bar)
{
    const struct job *like = bar->shape->like;
    bool have = like->n_same == 0;

    for (size_t i = 0; i < like->n_same && !have; i++) {
        const uint64_t *with = bar->shape->featured[like->n_counts + i];

        have = true;
        for (size_t k = 0; k < bar->cluster->words && have; k++)
            have = (bar->nodes[k] & ~with[k]) == 0;
    }
    return have;
}

/* Does each feature have the nodes that are counted of it, each node for one? */
static bool have_counted(const struct bar *bar)
{
    const struct job *like = bar->shape->like;
    size_t words = bar->cluster->words, lacking;
    AUTO_FREE uint64_t *none = xcalloc(words + 1, sizeof(*none));
    struct match m;
    bool have;

    match_init(&m, MIN(like->n_counts, CLAIMANTS_MAX), words);
    for (size_t i = 0; i < m.n; i++) {
        for (size_t k = 0; k < words; k++)
            m.of[i].open[k] = bar->nodes[k] & bar->shape->featured[i][k];
        m.of[i].fixed = none;
        m.of[i].need = like->counts[i].count;
    }
    have = match_all(&m, &lacking);
    match_fini(&m);
    return have;
}

/* Side by side, on few switches, in segments. */
static bool lie_well(struct sched *s, const struct bar *bar, const struct job *job)
{
    const struct placement at = {
        .shape = bar->shape,
        .part = bar->part,
        .within = reserve_within(s, job_reservation(job)),
        .few = job->plan.start_sec < jobrec_switches_until(s, job),
    };

    return placement_lies_well(&s->placer, &s->cluster, &at, bar->nodes);
}

/* Each node by itself; nodes that are gone are no longer there to be looked at. */
static enum broken bars_each(const struct bar *bar, const struct plan *plan,
                             const uint32_t *at, size_t component)
{
    for (size_t i = 0; i < plan->n_slots; i++) {
        if ((size_t)plan->slots[i].component != component || at[i] == CLAIM_NOWHERE)
            continue;
        if (!node_set_has(bar->part->nodes, at[i]))
            return BROKEN_RULES;
        if (!node_set_has(bar->shape->ready, at[i]))
            return BROKEN_NODE;
        if (bar->nodes != NULL)
            node_set_add(bar->nodes, at[i]);
    }
    return BROKEN_NOT;
}

static enum broken bars_of(struct sched *s, struct bar *bar, const struct job *job,
                           const uint32_t *at, size_t component)
{
    const struct job *like = bar->shape->like;
    enum broken bars;

    if (like->n_same == 0 && like->n_counts == 0 && !placement_asks_lie(like))
        return bars_each(bar, &job->plan, at, component);
    bar->nodes = xcalloc(bar->cluster->words + 1, sizeof(*bar->nodes));
    bars = bars_each(bar, &job->plan, at, component);
    if (bars == BROKEN_NOT &&
        (!have_same(bar) || !have_counted(bar) || !lie_well(s, bar, job)))
        bars = BROKEN_NODE;
    free(TAKE(bar->nodes));
    return bars;
}

enum broken book_bars(struct sched *s, struct jobrec *rec)
{
    const struct job *job = rec->job;
    const struct plan *plan = &job->plan;
    const uint32_t *at = book_positions(s, rec, plan->slots, plan->n_slots);
    enum broken bars = BROKEN_NOT;

    if (!is_choice(s, job))
        return BROKEN_RULES;
    shape_settle(rec->shape, &s->cluster);
    for (size_t i = 0; i <= job->n_others && bars == BROKEN_NOT; i++) {
        struct bar bar = {
            .cluster = &s->cluster,
            .shape = shape_component(rec->shape, i),
            .part = cluster_component_partition(
                &s->cluster, job, i, cluster_partition(&s->cluster, plan->partition))};

        bars = bars_of(s, &bar, job, at, i);
    }
    return bars;
}
