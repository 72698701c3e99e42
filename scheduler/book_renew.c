#include "scheduler/book_private.h"

#include <string.h>

#include "base/util.h"
#include "scheduler/yield.h"

/* So many demands of the past are kept before the timeline is made anew without. */
#define DEMANDS_SPARE 16
/* So much of the sets of open nodes is worked out between looks at the budget: about
 * 200 microseconds. */
#define WORDS_WORKED_OUT (64 * 1024)

/* ---- anew ---- */

/* Resources that no node has need no place: nothing that asks for them fits. */
static int resources_there(const struct cluster *c)
{
    int n = 0;

    for (size_t i = 0; i < c->n_order; i++) {
        for (int r = n; r < RES_MAX; r++) {
            if (c->order[i]->room.v[r] > 0)
                n = r + 1;
        }
    }
    return n;
}

static void add_nodes(struct sched *s)
{
    for (size_t i = 0; i < s->cluster.n_order; i++) {
        if (s->cluster.order[i]->usable)
            timeline_add_node(&s->timeline, i, &s->cluster.order[i]->room);
    }
}

static void add_held(struct sched *s)
{
    struct podrec *pod, *next_pod;
    struct jobrec *rec, *next;

    HASH_ITER (hh, s->cluster.pods, pod, next_pod)
        book_enter_pod(s, pod);
    HASH_ITER (hh, s->jobs, rec, next) {
        rec->claim.on = false;
        if (rec->job->n_alloc > 0)
            book_enter(s, rec);
    }
}

/* False: it has none that is to be looked at. */
static bool add_plan(struct sched *s, struct jobrec *rec)
{
    if (rec->gone || rec->claim.on || rec->job->plan.start_sec == TIME_UNSET ||
        rec->job->n_alloc > 0)
        return false;
    yield_follow(s, rec);
    if (rec->job->plan.start_sec >= s->timeline.bounds[0])
        book_put_back(s, rec, BROKEN_NOT);
    else
        book_cancel_plan(s, rec, broken_find(s, rec));
    return true;
}

/* False: the budget is spent. */
static bool add_plans(struct sched *s, struct sched_budget budget)
{
    struct queue *queue = &s->pass.queue;

    while (s->n_renewed < queue->n) {
        bool looked = add_plan(s, queue_at(queue, s->n_renewed++)->rec);

        if (looked && sched_is_spent(budget))
            return false;
    }
    return true;
}

/* All but the plans, of which there may be many. What is held counts even where it is
 * more than there is. */
static void begin_anew(struct sched *s, int64_t now_sec)
{
    reserve_settle(s, now_sec);
    timeline_reset(&s->timeline, now_sec, s->config.window_sec, s->cluster.n_order,
                   resources_there(&s->cluster));
    s->timeline_gen = s->cluster.gen;
    stock_reset(&s->timeline.stock, &s->config.licenses);
    reserve_keep(s);
    reserve_renew(s, now_sec);
    s->lines.n = 0;
    s->n_holding = 0;
    add_nodes(s);
    add_held(s);
    s->timeline.overcommitted = false;
    s->renewing = true;
    s->n_renewed = 0;
}

/* All that jobs ask for, at once rather than one after the other. */
static void ask_demands(struct sched *s)
{
    struct shape *shape, *next;

    HASH_ITER (hh, s->shapes, shape, next)
        timeline_demand(&s->timeline, &shape->like->each, shape->like->exclusive);
}

/* False: the budget is spent. */
static bool work_out(struct sched *s, struct sched_budget budget)
{
    if (s->timeline.n_known == 0)
        ask_demands(s);
    while (!timeline_ready(&s->timeline, WORDS_WORKED_OUT)) {
        if (sched_is_spent(budget))
            return false;
    }
    return true;
}

static void end_anew(struct sched *s)
{
    s->renewing = false;
    book_grow(s, TIME_NEVER);
}

/* ---- a later minute ---- */

/* Would the claim be in other slots, if it were entered now? What is held ends later
 * than assumed where it is overdue. */
static bool has_moved(struct sched *s, const struct jobrec *rec)
{
    const struct timeline *tl = &s->timeline;
    const struct claim *claim = &rec->claim;
    struct span span;

    if (claim->lasts != NULL) /* that any of them has is too much to find out */
        return true;
    if (!claim->planned || claim->end_sec == TIME_NEVER) {
        span = book_span(s, rec);
        return span.first != claim->first || span.last != claim->last;
    }
    return claim->given > claim->last ||
           (claim->last > claim->first + 1 &&
            tl->bounds[claim->last - 1] >= claim->end_sec);
}

/* There are many: what is not of the claim itself is looked at only where it moves. */
static void move_claim(struct sched *s, struct jobrec *rec)
{
    struct claim *claim = &rec->claim;
    bool late;

    claim->first = timeline_place(&s->timeline, claim->first);
    claim->last = timeline_place(&s->timeline, claim->last);
    claim->given = timeline_place(&s->timeline, claim->given);
    for (size_t i = 0; i <= rec->job->n_others && claim->lasts != NULL; i++)
        claim->lasts[i] = timeline_place(&s->timeline, claim->lasts[i]);
    late = claim->planned && yield_follow(s, rec);
    if (!late && claim->planned && claim->start_sec < s->timeline.bounds[0]) {
        book_cancel_plan(s, rec, broken_find(s, rec));
    } else if (late || has_moved(s, rec)) {
        book_strike(s, rec);
        book_enter(s, rec);
    } else if (claim->planned) {
        line_move(s, claim);
    }
}

/* False: the timeline is to be made anew. Demands that nobody has any more go only
 * then. */
static bool advance(struct sched *s, int64_t now_sec)
{
    struct jobrec *rec, *next;

    if (s->timeline.demands.n > 2 * (size_t)HASH_COUNT(s->shapes) + DEMANDS_SPARE ||
        !timeline_advance(&s->timeline, now_sec, s->config.window_sec))
        return false;
    reserve_renew(s, now_sec);
    HASH_ITER (hh, s->jobs, rec, next) {
        if (rec->claim.on)
            move_claim(s, rec);
    }
    book_grow(s, TIME_NEVER);
    return !s->timeline.overcommitted;
}

static bool is_of_now(struct sched *s, int64_t now_sec)
{
    return !s->renewing && s->timeline_gen == s->cluster.gen &&
           !s->timeline.overcommitted &&
           (!timeline_is_outdated(&s->timeline, now_sec) || advance(s, now_sec));
}

bool book_renew(struct sched *s, int64_t now_sec, struct sched_budget budget)
{
    if (is_of_now(s, now_sec))
        return true;
    if (!s->renewing || s->timeline_gen != s->cluster.gen)
        begin_anew(s, now_sec);
    if (!add_plans(s, budget) || !work_out(s, budget))
        return false;
    end_anew(s);
    return true;
}
