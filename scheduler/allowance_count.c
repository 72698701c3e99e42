/* What jobs are counted for under limits. */
#include <stddef.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/accrue.h"
#include "scheduler/allowance_private.h"

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
static bool counts_for(const struct job *job, const struct limit *limit)
{
    if (limit_rows[limit->kind].what == WHAT_ACCRUING)
        return accrue_since(job) != TIME_UNSET && job->accrue_sec != ACCRUES_NOT;
    if (limit_rows[limit->kind].whose == WHOSE_JOB)
        return false;
    if (job->gone && !limit_is_of_usage(limit->kind))
        return false;
    return limit_is_on_submits(limit->kind) ? is_submitted(job) : job->n_alloc > 0;
}

static void take_of(struct sched *s, struct jobrec *rec, const struct asking *a,
                    const struct places *places, size_t at)
{
    const struct limits *limits = places->items[at].limits;
    struct whose buffer;

    for (size_t i = 0; i < limits->n; i++) {
        const struct limit *limit = &limits->items[i];
        struct taking taking = {.limit = limit,
                                .component = (int64_t)a->component,
                                .factor = 1000,
                                .charged = 1000,
                                .start_sec = TIME_UNSET,
                                .end_sec = end_of(s, rec, a, limit),
                                .slots = a->slots,
                                .n_slots = a->n_slots};

        if (!counts_for(a->job, limit) ||
            place_passes_over(&places->items[at], limit) || asking_is_free(s, a, limit))
            continue;
        taking.whose = asking_whose(s, a, limit, &buffer);
        if (limit_is_on_submits(limit->kind))
            taking.amount = job_tasks(a->job);
        else if (!limit_has_tres(limit->kind))
            taking.amount = 1;
        else if (!limit_is_on_nodes(limit))
            taking.amount = asking_amount(s, a, limit);
        if (limit_is_of_usage(limit->kind)) {
            taking.start_sec = a->job->start_sec;
            taking.factor = asking_factor(s, a);
            taking.charged = asking_charged(s, a, limit);
        } else if (limit_counts_left(limit->kind)) {
            taking.factor = taking.charged = asking_usage_factor(s, a);
        }
        held_take(&s->held, &rec->takes, &taking);
    }
}

/* ---- as jobs change ---- */

/* Who was held back by what is held no longer may start. */
static void list_freed(struct sched *s)
{
    struct waiter *waiter;

    while ((waiter = held_freed(&s->held)) != NULL)
        starts_enlist(
            s, (struct jobrec *)((char *)waiter - offsetof(struct jobrec, waiter)));
}

const struct job *allowance_as_first(const struct sched *s, const struct job *job,
                                     struct job *view)
{
    if (job->phase != JOB_PENDING || job->qos != NULL || job->n_qos_list == 0)
        return job;
    *view = *job;
    view->qos_at = (int64_t)policy_qos_ranked(&s->policy, job, 0);
    return view;
}

/* Until it starts in one it is submitted to all partitions that it may be in. */
static void take_beside(struct sched *s, struct jobrec *rec, const struct asking *a)
{
    const struct job *job = a->job;
    struct places places;

    if (!s->held.of_submits || job->partition != NULL)
        return;
    for (size_t i = 1; i < reserve_n_partitions(job); i++) {
        places_find_beside(s, job, i, &places);
        if (places.n > 0)
            take_of(s, rec, a, &places, 0);
    }
}

void allowance_count(struct sched *s, struct jobrec *rec)
{
    struct job view;
    const struct job *job = allowance_as_first(s, rec->job, &view);
    struct askings all;

    askings_init(s, &all, job, places_part(s, job), job->alloc, job->n_alloc);
    for (size_t i = 0; i < all.n; i++) {
        const struct asking *a = &all.items[i];
        struct places places;

        places_find(s, a->job, a->part, &places);
        for (size_t k = 0; k < places.n; k++)
            take_of(s, rec, a, &places, k);
        take_beside(s, rec, a);
    }
}

void allowance_take(struct sched *s, struct jobrec *rec)
{
    if (s->policy.grown)
        held_outdate(&s->held);
    if (!s->held.stale) {
        allowance_take_now(s, rec);
        return;
    }
    rec->bound = rec->settled = 0;
    if (s->held.phase != HELD_OUTDATED) /* else all are looked at */
        revisit_add(&s->settling.changed, REVISIT_LIMITS, rec);
}

void allowance_take_now(struct sched *s, struct jobrec *rec)
{
    const struct job *job = rec->job;

    if (!s->held.any ||
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
    if (s->held.broken == NULL || reserve_n_partitions(rec->job) > 1 ||
        rec->job->n_qos_list > 0 || job_license_choices(rec->job) > 1 ||
        rec->waiter.by != NULL)
        return;
    held_back(&rec->waiter, s->held.broken);
    starts_enlist(s, rec);
}

bool allowance_is_of_nodes(const struct sched *s)
{
    return s->held.of_nodes;
}

bool allowance_lacks_nodes(const struct sched *s)
{
    return s->held.crowded != NULL ||
           (s->held.broken != NULL && held_has_nodes(s->held.broken));
}

const char *allowance_kept_type(const struct sched *s)
{
    return s->held.kept_type;
}

int64_t allowance_nodes_most(const struct sched *s)
{
    return s->held.nodes_most;
}

unsigned allowance_nodes_of(const struct sched *s)
{
    return s->held.nodes_of;
}

int64_t allowance_nodes_left(const struct sched *s)
{
    return s->held.nodes_left;
}

void allowance_each_node(const struct sched *s, void (*fn)(void *arg, const char *node),
                         void *arg)
{
    if (s->held.crowded != NULL)
        pledge_each_node(s->held.crowded, s->held.crowded_slot, fn, arg);
    else
        held_each_node(s->held.broken, fn, arg);
}
