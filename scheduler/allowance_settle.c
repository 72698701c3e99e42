/*
 * All counted anew, where limits have changed or who they are for.
 *
 *   OUTDATED --> BIND, a job after the other: what bounds it is found, and what it was
 *                counted for dropped --> COUNT, likewise: it is counted --> settled
 *
 * A step that has no time left stops between two jobs, and what is next stands in
 * sched.settling. Until all is settled nothing is decided, and no new job that is under
 * a limit on who waits has its answer. Jobs that change meanwhile lose their mark, and
 * are looked at again behind the last one (revisit.h).
 */
#include <stdlib.h>

#include "base/util.h"
#include "scheduler/allowance_private.h"
#include "scheduler/book.h"
#include "scheduler/follower.h"
#include "scheduler/guise.h"
#include "scheduler/relative.h"
#include "scheduler/starts.h"

/* Between looks at the budget; a job takes about half a microsecond. */
#define SETTLE_JOBS 64

static bool see_limits(struct held *held, const struct limits *limits)
{
    for (size_t i = 0; i < limits->n; i++) {
        enum limit_kind kind = limits->items[i].kind;

        held->of_usage |= limit_is_of_usage(kind);
        held->of_bounds |= kind == LIMIT_MAX_WALL || kind == LIMIT_MAX_TRES_PER_NODE ||
                           kind == LIMIT_MAX_TRES_MINS_PER_JOB;
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
    held->of_charged = held->of_factors = false;
    for (size_t i = 0; i < p->n_qos; i++) {
        const struct qos *qos = p->qos[i];

        see_limits(held, &qos->limits);
        held->of_bounds |= (qos->flags & QOS_LIFTS) != 0;
        held->of_charged |=
            qos->usage_factor > 1000 && (qos->flags & QOS_USAGE_FACTOR_SAFE) == 0;
        held->of_factors |= qos->usage_factor != 1000;
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

    allowance_bound_now(s, job, job);
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

/* Settling that was begun before, of other limits, may have been half done. */
static void begin(struct sched *s)
{
    struct settling *st = &s->settling;
    bool bound = s->held.of_bounds || st->binds, counted = s->held.any || st->counts;

    if (relative_settle(s)) {
        s->dirty = true;
        s->rules_changed = true;
        s->rules_gen++;
    }
    look_for_limits(&s->held, &s->policy,
                    (s->config.priority_flags & PRIORITY_ACCRUE_ALWAYS) == 0);
    st->binds = bound || s->held.of_bounds;
    st->counts = counted || s->held.any;
    st->next = st->binds || st->counts ? s->jobs : NULL;
    st->round++;
    revisit_fini(&st->changed, REVISIT_LIMITS);
    s->held.phase = HELD_BIND;
    if (st->binds)
        settle_lifts(s);
}

static void bind(struct sched *s, struct jobrec *rec)
{
    if (s->settling.counts) {
        allowance_drop(s, rec);
        starts_enlist(s, rec);
    }
    if (s->settling.binds && !rec->gone && rec->job->phase <= JOB_COMPLETING)
        (rec->guises != NULL ? guise_bind_anew : bind_anew)(s, rec);
    follower_bind_anew(s, rec);
    rec->bound = s->settling.round;
}

static void count(struct sched *s, struct jobrec *rec)
{
    if (rec->settled == s->settling.round)
        return;
    if (rec->bound != s->settling.round)
        bind(s, rec);
    if (s->settling.counts && !rec->gone)
        allowance_take_now(s, rec);
    rec->settled = s->settling.round;
}

/* The jobs from the next one on. False: the budget is spent. */
static bool go_through(struct sched *s, void (*look)(struct sched *, struct jobrec *),
                       struct sched_budget budget)
{
    struct settling *st = &s->settling;

    for (size_t n = 1; st->next != NULL; n++) {
        struct jobrec *rec = st->next;

        st->next = rec->hh.next;
        look(s, rec);
        if (n % SETTLE_JOBS == 0 && sched_is_spent(budget))
            return false;
    }
    return true;
}

/* And those that have changed meanwhile. */
static bool count_all(struct sched *s, struct sched_budget budget)
{
    struct revisits *changed = &s->settling.changed;

    if (!go_through(s, count, budget))
        return false;
    for (size_t n = 1; changed->n > 0; n++) {
        count(s, revisit_take(changed, REVISIT_LIMITS));
        if (n % SETTLE_JOBS == 0 && sched_is_spent(budget))
            return false;
    }
    return true;
}

void allowance_begin(struct sched *s)
{
    if (s->held.stale && s->held.phase == HELD_OUTDATED)
        begin(s);
}

bool allowance_settle(struct sched *s, struct sched_budget budget)
{
    struct settling *st = &s->settling;

    if (!s->held.stale)
        return true;
    allowance_begin(s);
    if (s->held.phase == HELD_BIND) {
        if (!go_through(s, bind, budget))
            return false;
        if (st->counts)
            held_reset(&s->held);
        st->next = st->counts ? s->jobs : NULL;
        s->held.phase = HELD_COUNT;
        if (st->counts && sched_is_spent(budget))
            return false;
    }
    if (!count_all(s, budget))
        return false;
    s->held.stale = false;
    if (st->counts)
        s->timeline_gen = 0; /* plans may be too many for these limits */
    st->binds = st->counts = false;
    return true;
}

bool allowance_is_settling(const struct sched *s)
{
    return s->held.stale && s->held.phase != HELD_OUTDATED;
}
