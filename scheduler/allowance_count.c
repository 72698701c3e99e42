/* What jobs are counted for under limits. */
#include <stddef.h>

#include "base/util.h"
#include "scheduler/accrue.h"
#include "scheduler/allowance_private.h"
#include "scheduler/book.h"
#include "scheduler/relative.h"

static int64_t end_of(const struct sched *s, const struct jobrec *rec,
                      const struct asking *a, const struct limit *limit)
{
    if (a->job->phase != JOB_COMPLETING)
        return jobrec_component_end(s, rec, a->component);
    return limit_is_of_usage(limit->kind) ? a->job->end_sec : INT64_MIN;
}

static bool is_submitted(const struct job *job)
{
    return job->phase <= JOB_RUNNING;
}

/* Does the job count for it as it is now? */
static bool counts_for(const struct job *job, const struct limit *limit, bool safe)
{
    if (limit_rows[limit->kind].what == WHAT_ACCRUING)
        return accrue_since(job) != TIME_UNSET && job->accrue_sec != ACCRUES_NOT;
    if (limit_rows[limit->kind].whose == WHOSE_JOB)
        return false;
    if (limit_is_of_usage(limit->kind) && !safe)
        return false;
    if (job->gone && !limit_is_of_usage(limit->kind))
        return false;
    return limit_is_on_submits(limit->kind) ? is_submitted(job) : job->n_alloc > 0;
}

static void take_of(struct sched *s, struct jobrec *rec, const struct asking *a,
                    const struct places *places, size_t at)
{
    const struct limits *limits = places->items[at].limits;
    STR_AUTO struct str whose;

    str_init(&whose, WHOSE_MAX);
    for (size_t i = 0; i < limits->n; i++) {
        const struct limit *limit = &limits->items[i];
        struct taking taking = {.limit = limit,
                                .component = (int64_t)a->component,
                                .factor = 1000,
                                .start_sec = TIME_UNSET,
                                .end_sec = end_of(s, rec, a, limit),
                                .slots = a->slots,
                                .n_slots = a->n_slots};

        if (!counts_for(a->job, limit, s->config.limits_safe))
            continue;
        asking_whose(s, a, limit, &whose);
        taking.whose = whose.s;
        if (limit_is_on_submits(limit->kind))
            taking.amount = job_tasks(a->job);
        else if (!limit_has_tres(limit->kind))
            taking.amount = 1;
        else if (!limit_is_on_nodes(limit))
            taking.amount = asking_amount(s, a, limit);
        if (limit_is_of_usage(limit->kind)) {
            taking.start_sec = a->job->start_sec;
            taking.factor = asking_factor(s, a);
        }
        held_take(&s->held, &rec->takes, &taking);
    }
}

/* Who was held back by what is held no longer may start. */
static void list_freed(struct sched *s)
{
    struct waiter *waiter;

    while ((waiter = held_freed(&s->held)) != NULL)
        starts_enlist(
            s, (struct jobrec *)((char *)waiter - offsetof(struct jobrec, waiter)));
}

void allowance_count(struct sched *s, struct jobrec *rec)
{
    const struct job *job = rec->job;
    struct askings all;

    askings_init(s, &all, job, places_part(s, job), job->alloc, job->n_alloc);
    for (size_t i = 0; i < all.n; i++) {
        const struct asking *a = &all.items[i];
        struct places places;

        places_find(s, a->job, a->part, &places);
        for (size_t k = 0; k < places.n; k++)
            take_of(s, rec, a, &places, k);
    }
}

void allowance_take(struct sched *s, struct jobrec *rec)
{
    const struct job *job = rec->job;

    s->held.stale |= s->policy.grown;
    if (s->held.stale || !s->held.any ||
        (job->n_alloc == 0 && !s->held.of_submits && !s->held.of_accrual))
        return;
    held_drop(&s->held, &rec->takes, job->alloc, job->n_alloc);
    list_freed(s);
    allowance_count(s, rec);
}

void allowance_drop(struct sched *s, struct jobrec *rec)
{
    held_on(&rec->waiter);
    held_drop(&s->held, &rec->takes, rec->job != NULL ? rec->job->alloc : NULL,
              rec->job != NULL ? rec->job->n_alloc : 0);
    list_freed(s);
}

void allowance_hold_back(struct sched *s, struct jobrec *rec)
{
    if (s->held.broken == NULL || rec->job->n_partitions > 1 ||
        job_license_choices(rec->job) > 1 || rec->waiter.by != NULL)
        return;
    held_back(&rec->waiter, s->held.broken);
    starts_enlist(s, rec);
}

bool allowance_lacks_nodes(const struct sched *s)
{
    return s->held.broken != NULL && held_has_nodes(s->held.broken);
}

bool allowance_has_node(const struct sched *s, const char *node)
{
    return held_has_node(s->held.broken, node);
}

static bool see_limits(struct held *held, const struct limits *limits)
{
    for (size_t i = 0; i < limits->n; i++) {
        enum limit_kind kind = limits->items[i].kind;

        held->of_usage |= limit_is_of_usage(kind);
        held->of_bounds |= kind == LIMIT_MAX_WALL || kind == LIMIT_MAX_TRES_PER_NODE;
        held->of_submits |= limit_is_on_submits(kind);
        held->of_priority |= kind == LIMIT_MIN_PRIO_THRESHOLD;
        held->of_accrual |= kind >= LIMIT_ACCRUALS;
    }
    held->any |= limits->n > 0;
    return limits->n > 0;
}

static void look_for_limits(struct held *held, const struct policy *p, bool accrual)
{
    held->any = held->of_accounts = held->of_submits = held->of_bounds = false;
    held->of_usage = held->of_priority = held->of_accrual = false;
    for (size_t i = 0; i < p->n_qos; i++) {
        see_limits(held, &p->qos[i]->limits);
        held->of_bounds |= (p->qos[i]->flags & QOS_LIFTS) != 0;
    }
    for (size_t i = 0; i < p->n_accounts; i++) {
        const struct account *account = p->accounts[i];

        held->of_accounts |= see_limits(held, &account->limits);
        for (size_t k = 0; k < account->n_members; k++)
            held->of_accounts |= see_limits(held, &account->members[k].limits);
    }
    held->of_accrual &= accrual;
    held->of_bounds |= held->of_accrual;
}

/* Its shape, and its end if it runs, may be others. */
static void bind_anew(struct sched *s, struct jobrec *rec)
{
    struct job *job = rec->job;
    const uint64_t lifts = bounds_lifts(job), walls = bounds_walls(job);
    struct shape *shape;

    allowance_bound(s, job, job);
    if (bounds_walls(job) != walls && job->limit_sec == LIMIT_UNSET) {
        s->timeline_gen = 0;
        s->end_sec = INT64_MIN;
    }
    if (bounds_lifts(job) == lifts || rec->shape == NULL)
        return;
    book_cancel_plan(s, rec, BROKEN_RULES);
    shape = shape_get(&s->shapes, job);
    shape_put(&s->shapes, rec->shape);
    rec->shape = shape;
    rec->version++;
}

/* Before jobs: what a partition's QOS lifts is lifted for all who are in it. */
static void settle_lifts(struct sched *s)
{
    struct partrec *part, *next;

    HASH_ITER (hh, s->cluster.parts, part, next) {
        const struct qos *qos = policy_part_qos(&s->policy, part->part);

        cluster_set_lifts(&s->cluster, part, qos != NULL ? qos->flags & QOS_LIFTS : 0);
    }
}

static void bind_all(struct sched *s)
{
    struct jobrec *rec, *next;

    settle_lifts(s);

    HASH_ITER (hh, s->jobs, rec, next) {
        if (!rec->gone && rec->job->phase <= JOB_COMPLETING)
            bind_anew(s, rec);
    }
}

void allowance_settle(struct sched *s)
{
    struct jobrec *rec, *next;
    bool had_any = s->held.any, had_bounds = s->held.of_bounds;

    if (!s->held.stale)
        return;
    if (relative_settle(s)) {
        s->dirty = true;
        s->rules_changed = true;
        s->rules_gen++;
    }
    look_for_limits(&s->held, &s->policy,
                    (s->config.priority_flags & PRIORITY_ACCRUE_ALWAYS) == 0);
    s->held.stale = false;
    if (had_bounds || s->held.of_bounds)
        bind_all(s);
    if (!had_any && !s->held.any)
        return;
    HASH_ITER (hh, s->jobs, rec, next) {
        allowance_drop(s, rec);
        starts_enlist(s, rec);
    }
    held_reset(&s->held);
    HASH_ITER (hh, s->jobs, rec, next) {
        if (!rec->gone)
            allowance_take(s, rec);
    }
}
