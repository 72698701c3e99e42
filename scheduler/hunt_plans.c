/* Plans of others that give way to a job which preempts. */
#include "scheduler/hunt.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/book.h"
#include "scheduler/reclaim.h"
#include "scheduler/yield.h"

struct preempt_side hunt_plan_side(struct sched *s, const struct hunt *h,
                                   struct jobrec *rec)
{
    const struct partrec *part =
        cluster_partition(&s->cluster, rec->job->plan.partition);
    struct preempt_side side = herd_side(s, rec, part);

    side.priority = herd_asks_priority(s, &h->side)
                        ? pass_priority(s, rec, part, h->now_sec).total
                        : INT64_MIN;
    return side;
}

/* A job's own plan is in its own way only. */
static bool may_lift(struct sched *s, const struct hunt *h, struct jobrec *rec)
{
    struct preempt_side side;

    if (rec == h->entry->rec)
        return true;
    if (!herd_may_lift(s, h->herd, &h->side, rec))
        return false;
    if (!rec->job->plan.promised || !herd_asks_priority(s, &h->side))
        return true;
    side = hunt_plan_side(s, h, rec);
    return herd_may_have(s, &h->side, &side);
}

static void add_plan(struct sched *s, struct hunt *h, struct jobrec *rec)
{
    size_t n;

    if (!may_lift(s, h, rec))
        return;
    GROW(h->plans, h->n_plans, h->plans_cap);
    h->plans[h->n_plans++] = rec;
    n = book_uses(s, rec);
    victims_add_plan(h->victims, s->uses, n, &rec->claim, yield_any(rec));
}

struct yields {
    struct sched *s;
    struct hunt *h;
    size_t behind;
};

static bool note_yielded(void *arg, struct jobrec *rec)
{
    struct yields *y = arg;

    /* Thousands are asked, of whom most start together. */
    if (rec->claim.first >= y->behind && rec != y->h->entry->rec &&
        may_lift(y->s, y->h, rec) && yield_serves(y->s, rec))
        y->behind = rec->claim.first + 1;
    return false;
}

size_t hunt_yielded(struct sched *s, struct hunt *h)
{
    struct yields y = {.s = s, .h = h};

    if (yield_any(h->entry->rec))
        y.behind = yield_all_gone(s, h->entry->rec) + 1;
    yield_find(s, note_yielded, &y);
    return y.behind;
}

void hunt_find_plans(struct sched *s, struct hunt *h)
{
    for (size_t i = 0; i < s->lines.n; i++)
        add_plan(s, h, s->lines.recs[i]);
}

void hunt_lift_plans(struct sched *s, struct hunt *h)
{
    h->n_lifted = 0;
    for (size_t i = 0; i < h->n_plans; i++) {
        struct jobrec *rec = h->plans[i];
        bool meets = reclaim_wants(s, rec->job, h->by);

        for (size_t k = 0; k < rec->claim.n_positions && !meets; k++)
            meets = victims_use(h->victims, rec->claim.positions[k]);
        if (!meets || rec == h->entry->rec)
            continue;
        book_strike(s, rec);
        h->plans[i] = h->plans[h->n_lifted];
        h->plans[h->n_lifted++] = rec;
    }
}

static int plan_compare(const void *left, const void *right)
{
    const struct jobrec *const *a = left, *const *b = right;
    const struct job *x = (*a)->job, *y = (*b)->job;

    if (x->plan.start_sec != y->plan.start_sec)
        return x->plan.start_sec < y->plan.start_sec ? -1 : 1;
    if (x->job_id != y->job_id)
        return x->job_id < y->job_id ? -1 : 1;
    return strcmp(x->uid, y->uid);
}

void hunt_put_plans_back(struct sched *s, struct hunt *h)
{
    if (h->n_lifted > 0)
        qsort(h->plans, h->n_lifted, sizeof(*h->plans), plan_compare);
    for (size_t i = 0; i < h->n_lifted; i++)
        book_put_back(s, h->plans[i], BROKEN_PREEMPTION);
}
