#include "scheduler/lift.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/core.h"
#include "scheduler/follower.h"
#include "scheduler/herd.h"
#include "scheduler/yield.h"

/* One kind that another may preempt. */
struct prey {
    uint32_t kind;
    bool asks; /* only who has less priority */
};

/* Up to a priority, who of a kind stands first. */
struct step {
    int64_t priority;
    const struct queue_rank *first;
};

struct lift_kind {
    struct preempt_side side; /* of a job of its own, as those that wait may change */
    struct job *job;
    int64_t tier;
    uint32_t height; /* above all that it may preempt whatever their priorities */
    bool lifts;      /* its jobs may stand behind who they may preempt */
    struct prey *prey;
    size_t n_prey, prey_cap;
    bool any; /* somebody of it waits, and who stands first is: */
    struct queue_rank first;
    bool lifted; /* to before: */
    struct queue_rank before;
    struct step *steps; /* by priority, the lowest first */
    size_t n_steps, steps_cap;
};

static void kind_fini(struct lift_kind *k)
{
    free(k->prey);
    free(k->steps);
    job_free(k->job);
}

void lift_begin(struct lifts *l)
{
    for (size_t i = 0; i < l->n; i++)
        kind_fini(&l->kinds[i]);
    l->n = 0;
    free(TAKE(l->ranks));
    free(TAKE(l->order));
}

void lifts_fini(struct lifts *l)
{
    lift_begin(l);
    free(l->kinds);
}

/* ---- kinds ---- */

static size_t n_components(const struct job *job)
{
    return herd_is_apart(job) ? job->n_others + 1 : 1;
}

static bool is_alike(const struct sched *s, const struct preempt_side *a,
                     const struct preempt_side *b)
{
    size_t n = n_components(a->job);
    bool alike = a->part == b->part && a->qos == b->qos && n == n_components(b->job);

    for (size_t i = 1; i < n && alike; i++) {
        const struct preempt_side x = herd_component_side(s, a, i),
                                  y = herd_component_side(s, b, i);

        alike = x.part == y.part && x.qos == y.qos;
    }
    return alike;
}

static void add_kind(struct lifts *l, const struct preempt_side *side, int64_t tier)
{
    struct lift_kind kind = {.side = *side, .job = job_copy(side->job), .tier = tier};

    kind.side.job = kind.job;
    GROW(l->kinds, l->n, l->cap);
    l->kinds[l->n++] = kind;
}

/* What kinds are known by is no more, once rules have changed since the walk began. */
static bool are_known(const struct sched *s)
{
    return s->config.preempt_type != PREEMPT_BY_NOBODY &&
           s->rules_gen == s->pass.rules_gen;
}

void lift_know(struct sched *s, struct entry *entry)
{
    struct lifts *l = &s->lifts;
    struct preempt_side side;
    int64_t tier;

    if (!are_known(s))
        return;
    side = herd_side(s, entry->rec, entry->part);
    tier = pass_place_tier(s, entry->part, entry->resv);
    entry->kind = 0;
    while (entry->kind < l->n && (l->kinds[entry->kind].tier != tier ||
                                  !is_alike(s, &l->kinds[entry->kind].side, &side)))
        entry->kind++;
    if (entry->kind == l->n)
        add_kind(l, &side, tier);
}

/* ---- which may preempt which ---- */

/* Any component all of the other's. */
static bool may(const struct sched *s, const struct lift_kind *by, int64_t priority,
                const struct lift_kind *victim, int64_t other)
{
    struct preempt_side side = by->side, theirs = victim->side;
    size_t n = n_components(side.job);
    bool any = false;

    side.priority = priority;
    theirs.priority = other;
    for (size_t i = 0; i < n && !any; i++) {
        const struct preempt_side own = herd_component_side(s, &side, i);

        any = herd_is_prey(s, &own, &theirs);
    }
    return any;
}

static bool may_any(const struct sched *s, const struct lift_kind *k)
{
    size_t n = n_components(k->side.job);
    bool any = false;

    for (size_t i = 0; i < n && !any; i++) {
        const struct preempt_side own = herd_component_side(s, &k->side, i);

        any = own.part != NULL && preempt_may_any(&s->config, &own);
    }
    return any;
}

static void find_prey(const struct sched *s, struct lifts *l, struct lift_kind *k)
{
    const size_t n = may_any(s, k) ? l->n : 0;

    for (size_t i = 0; i < n; i++) {
        struct prey prey = {.kind = (uint32_t)i};

        if (!may(s, k, INT64_MAX, &l->kinds[i], INT64_MIN))
            continue;
        prey.asks = !may(s, k, INT64_MIN, &l->kinds[i], INT64_MAX);
        GROW(k->prey, k->n_prey, k->prey_cap);
        k->prey[k->n_prey++] = prey;
    }
}

/* True: it is higher than it was. By QOS nobody preempts one of the same priority. */
static bool raise_above(const struct sched *s, const struct lifts *l,
                        struct lift_kind *k)
{
    bool by_qos = s->config.preempt_type == PREEMPT_BY_QOS;
    uint32_t before = k->height;

    for (size_t i = 0; i < k->n_prey; i++) {
        const struct prey *prey = &k->prey[i];
        uint32_t least = l->kinds[prey->kind].height + (prey->asks && by_qos ? 0 : 1);

        k->height = MAX(k->height, least);
    }
    return k->height > before;
}

/* Those of a higher tier, or of the same and by priority, stand before it anyway. */
static bool is_behind(const struct lifts *l, const struct lift_kind *k,
                      const struct prey *prey)
{
    const struct lift_kind *other = &l->kinds[prey->kind];

    return other->lifts || k->tier < other->tier ||
           (k->tier == other->tier && !prey->asks);
}

static bool find_behind(const struct lifts *l, struct lift_kind *k)
{
    bool before = k->lifts;

    for (size_t i = 0; i < k->n_prey; i++)
        k->lifts |= is_behind(l, k, &k->prey[i]);
    return k->lifts && !before;
}

/* Nobody may preempt himself by way of others, so that this comes to an end. */
static bool find_relations(const struct sched *s, struct lifts *l)
{
    bool changed = true, any = false;

    for (size_t i = 0; i < l->n; i++)
        find_prey(s, l, &l->kinds[i]);
    for (size_t round = 0; changed && round <= 2 * l->n; round++) {
        changed = false;
        for (size_t i = 0; i < l->n; i++) {
            changed |= raise_above(s, l, &l->kinds[i]);
            changed |= find_behind(l, &l->kinds[i]);
        }
    }
    for (size_t i = 0; i < l->n; i++)
        any |= l->kinds[i].lifts;
    return any;
}

/* ---- where priorities do not count ---- */

static void note_first(struct lift_kind *k, const struct queue_rank *rank)
{
    if (!k->any || queue_compare_ranks(rank, &k->first) < 0)
        k->first = *rank;
    k->any = true;
}

static void lift_kind(const struct lifts *l, struct lift_kind *k)
{
    for (size_t i = 0; i < k->n_prey; i++) {
        const struct lift_kind *other = &l->kinds[k->prey[i].kind];

        if (!other->any || k->prey[i].asks)
            continue;
        if (!k->lifted || queue_compare_ranks(&other->first, &k->before) < 0)
            k->before = other->first;
        k->lifted = true;
    }
    if (k->lifted && k->any)
        note_first(k, &k->before);
}

/* Those of one height after the other. */
static void lift_kinds(struct lifts *l)
{
    uint32_t most = 0;

    for (size_t i = 0; i < l->n; i++)
        most = MAX(most, l->kinds[i].height);
    for (uint32_t height = 1; height <= most; height++) {
        for (size_t i = 0; i < l->n; i++) {
            if (l->kinds[i].height == height)
                lift_kind(l, &l->kinds[i]);
        }
    }
}

static void lift_all(struct sched *s)
{
    struct queue *q = &s->pass.queue;
    struct lifts *l = &s->lifts;

    for (size_t i = 0; i < q->n; i++) {
        const struct queue_rank own = queue_rank_of(&q->entries[i]);

        note_first(&l->kinds[q->entries[i].kind], &own);
    }
    lift_kinds(l);
    for (size_t i = 0; i < q->n; i++) {
        struct entry *entry = &q->entries[i];
        const struct lift_kind *k = &l->kinds[entry->kind];
        const struct queue_rank own = queue_rank_of(entry);

        if (k->lifted && queue_compare_ranks(&own, &k->before) > 0)
            entry->before = &k->before;
    }
}

/* ---- where they do ---- */

/* May one of a priority preempt one of another, as far as that goes by priorities? */
static bool priority_allows(const struct sched *s, const struct prey *prey,
                            int64_t priority, int64_t other)
{
    bool by_qos = s->config.preempt_type == PREEMPT_BY_QOS;

    return !prey->asks || (by_qos ? other < priority : other <= priority);
}

/* Of those that it may preempt, by its priority, who stands first; NULL: there are
 * none. */
static const struct queue_rank *first_of(const struct sched *s,
                                         const struct lift_kind *k,
                                         const struct prey *prey, int64_t priority)
{
    size_t n =
        BISECT(k->n_steps, i, priority_allows(s, prey, priority, k->steps[i].priority));

    return n > 0 ? k->steps[n - 1].first : NULL;
}

static void note_step(struct lift_kind *k, int64_t priority,
                      const struct queue_rank *rank)
{
    if (k->n_steps > 0 && queue_compare_ranks(k->steps[k->n_steps - 1].first, rank) < 0)
        rank = k->steps[k->n_steps - 1].first;
    GROW(k->steps, k->n_steps, k->steps_cap);
    k->steps[k->n_steps++] = (struct step){priority, rank};
}

static void lift_one(const struct sched *s, struct lifts *l, size_t at)
{
    struct entry *entry = &s->pass.queue.entries[at];
    struct lift_kind *k = &l->kinds[entry->kind];
    const struct queue_rank *own = &l->ranks[at], *before = own;

    for (size_t i = 0; i < k->n_prey; i++) {
        const struct queue_rank *first =
            first_of(s, &l->kinds[k->prey[i].kind], &k->prey[i], entry->priority.total);

        if (first != NULL && queue_compare_ranks(first, before) < 0)
            before = first;
    }
    entry->before = before != own ? before : NULL;
    note_step(k, entry->priority.total, before);
}

static int compare_preempted(const void *left, const void *right, void *arg)
{
    const struct sched *s = arg;
    const struct entry *a = &s->pass.queue.entries[*(const uint32_t *)left],
                       *b = &s->pass.queue.entries[*(const uint32_t *)right];

    if (a->height != b->height)
        return a->height < b->height ? -1 : 1;
    return (a->priority.total > b->priority.total) -
           (a->priority.total < b->priority.total);
}

static void lift_by_priority(struct sched *s)
{
    struct queue *q = &s->pass.queue;
    struct lifts *l = &s->lifts;

    l->ranks = xcalloc(q->n, sizeof(*l->ranks));
    l->order = xcalloc(q->n, sizeof(*l->order));
    for (size_t i = 0; i < q->n; i++) {
        l->ranks[i] = queue_rank_of(&q->entries[i]);
        l->order[i] = (uint32_t)i;
    }
    qsort_r(l->order, q->n, sizeof(*l->order), compare_preempted, s);
    for (size_t i = 0; i < q->n; i++)
        lift_one(s, l, l->order[i]);
}

/* ---- all of them ---- */

/* Do priorities say who is behind whom? */
static bool asks_priority(const struct lifts *l)
{
    bool asks = false;

    for (size_t i = 0; i < l->n; i++) {
        const struct lift_kind *k = &l->kinds[i];

        for (size_t n = 0; n < k->n_prey; n++)
            asks |= k->prey[n].asks && is_behind(l, k, &k->prey[n]);
    }
    return asks;
}

static bool is_prey(const struct lifts *l, uint32_t kind)
{
    bool is = false;

    for (size_t i = 0; i < l->n; i++) {
        for (size_t n = 0; n < l->kinds[i].n_prey; n++)
            is |= l->kinds[i].prey[n].kind == kind;
    }
    return is;
}

/* What others have ended for one stays promised to it wherever it stands: no reason to
 * stand before who may have that. Nor have those behind the next task of an array. */
static void prepare(struct sched *s, struct entry *entry)
{
    const struct lifts *l = &s->lifts;

    entry->height = l->kinds[entry->kind].height;
    if (yield_any(follower_array(entry->rec)) && is_prey(l, entry->kind))
        entry->tier = l->kinds[entry->kind].tier;
}

void lift_run(struct sched *s)
{
    struct queue *q = &s->pass.queue;
    bool any;

    if (!are_known(s) || s->lifts.n < 2)
        return;
    any = find_relations(s, &s->lifts);
    if (!any && s->yielding == NULL)
        return;
    for (size_t i = 0; i < q->n; i++)
        prepare(s, &q->entries[i]);
    if (any && asks_priority(&s->lifts))
        lift_by_priority(s);
    else if (any)
        lift_all(s);
}
