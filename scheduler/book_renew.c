#include "scheduler/book_private.h"

#include <string.h>

#include "base/util.h"
#include "scheduler/piece.h"
#include "scheduler/yield.h"

/* So many demands of the past are kept before the timeline is made anew without. */
#define DEMANDS_SPARE 16
/* So much of the sets of open nodes is worked out between looks at the budget: about
 * 200 microseconds. */
#define WORDS_WORKED_OUT (64 * 1024)
/* So many jobs that there is little to do about are looked at between these. */
#define LOOK_JOBS 64
/* So many nodes are put on a timeline that is made anew in a microsecond. */
#define NODES_A_US 2

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

static bool is_spent(struct sched_budget budget, bool worked, size_t n)
{
    return (worked || n % LOOK_JOBS == 0) && sched_is_spent(budget);
}

static bool add_pods(struct sched *s, struct sched_budget budget)
{
    for (size_t n = 1; s->renew_pod != NULL; n++) {
        struct podrec *pod = s->renew_pod;

        s->renew_pod = pod->hh.next;
        book_enter_pod(s, pod);
        if (is_spent(budget, false, n))
            return false;
    }
    return true;
}

/* What is held counts even where it is more than there is. */
static bool add_held(struct sched *s, struct sched_budget budget)
{
    for (size_t n = 1; s->renew_next != NULL; n++) {
        struct jobrec *rec = s->renew_next;
        bool holds = rec->job->n_alloc > 0;

        s->renew_next = rec->hh.next;
        book_freshen(s, rec);
        for (size_t i = 0; i < rec->n_followers; i++)
            book_freshen(s, rec->followers[i]);
        if (holds && !rec->claim.on)
            book_enter(s, rec);
        if (is_spent(budget, holds, n))
            return false;
    }
    reserve_hold_excess(s);
    s->timeline.overcommitted = false;
    s->renewal = RENEW_PLANS;
    return true;
}

/* What it is promised is a start in the next walk, whichever minute that is in. */
static void follow_hold(const struct sched *s, struct jobrec *rec)
{
    struct plan *plan = &rec->job->plan;

    if (rec->held > 0 && plan->start_sec < s->timeline.bounds[0])
        plan->start_sec = s->timeline.bounds[0];
}

/* False: it has none that is to be looked at. */
static bool add_plan(struct sched *s, struct jobrec *rec)
{
    if (rec->gone || rec->claim.on || rec->job->plan.start_sec == TIME_UNSET ||
        rec->job->n_alloc > 0)
        return false;
    yield_follow(s, rec);
    follow_hold(s, rec);
    book_put_back(s, rec, BROKEN_NOT);
    return true;
}

static bool add_plans(struct sched *s, struct sched_budget budget)
{
    struct queue *queue = &s->pass.queue;

    while (s->n_renewed < queue->n) {
        bool looked;

        if (!queue_ready(queue, s->n_renewed, QUEUE_LOOKS)) {
            if (sched_is_spent(budget))
                return false;
            continue;
        }
        looked = add_plan(s, queue_at(queue, s->n_renewed++)->rec);

        if (is_spent(budget, looked, s->n_renewed))
            return false;
    }
    return true;
}

/* With nothing on it. */
static void begin_anew(struct sched *s, int64_t now_sec)
{
    timeline_reset(&s->timeline, now_sec, s->config.window_sec, s->cluster.n_order,
                   resources_there(&s->cluster));
    s->timeline_gen = s->cluster.gen;
    stock_reset(&s->timeline.stock, &s->config.licenses);
    pledges_reset(&s->timeline.pledges);
    reserve_keep(s);
    reserve_renew(s, now_sec);
    owners_empty(s);
    lines_reset(&s->lines);
    s->n_holding = 0;
    crews_empty(&s->crews);
    add_nodes(s);
    reserve_hold(s, now_sec);
    s->renewal = RENEW_HELD;
    s->belated = false;
    s->sliding = BROKEN_NOT;
    s->made++;
    s->cuts++;
    s->renew_pod = s->cluster.pods;
    s->renew_next = s->jobs;
    s->n_renewed = 0;
}

/* All that jobs ask for, at once rather than one after the other. */
static void ask_demands(struct sched *s)
{
    struct shape *shape, *next;

    HASH_ITER (hh, s->shapes, shape, next)
        timeline_demand(&s->timeline, &shape->like->each, job_is_private(shape->like));
}

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

static void end(struct sched *s)
{
    s->renewal = RENEWED;
    book_grow(s, TIME_NEVER);
}

/* False: the budget is spent. */
static bool go_on_anew(struct sched *s, struct sched_budget budget)
{
    if (s->renewal == RENEW_HELD && (!add_pods(s, budget) || !add_held(s, budget)))
        return false;
    if (!add_plans(s, budget) || !work_out(s, budget))
        return false;
    end(s);
    return true;
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

/* Licences that are kept for a reservation are promised to its jobs, perhaps. */
static bool invades(struct sched *s, const struct jobrec *rec)
{
    const uint64_t *kept = fence_kept(book_fence(s, rec->job));

    return stock_invades(&s->timeline.stock, job_licenses(rec->job), kept,
                         rec->claim.first, MIN(rec->claim.given, s->timeline.n_slots));
}

/* There are many: what is not of the claim itself is looked at only where it moves
 * (true). */
static bool move_claim(struct sched *s, struct jobrec *rec)
{
    struct claim *claim = &rec->claim;
    bool late;

    book_freshen(s, rec);
    late = claim->planned && yield_follow(s, rec);
    if (!late && claim->planned && claim->start_sec < s->timeline.bounds[0]) {
        s->belated = true;
        return true;
    }
    if (late || has_moved(s, rec)) {
        book_strike(s, rec);
        book_enter(s, rec);
        s->timeline.overcommitted |= !claim->planned && invades(s, rec);
        return true;
    }
    if (claim->planned)
        line_move(s, claim);
    return false;
}

static bool move_if_due(struct sched *s, struct jobrec *rec)
{
    bool moved = rec->claim.on && rec->claim.cut != s->cuts && move_claim(s, rec);

    for (size_t i = 0; i < rec->n_followers; i++)
        moved |= move_if_due(s, rec->followers[i]);
    return moved;
}

/* False: the budget is spent. */
static bool move_claims(struct sched *s, struct sched_budget budget)
{
    while (!timeline_renumber(&s->timeline)) {
        if (sched_is_spent(budget))
            return false;
    }
    for (size_t n = 1; s->renew_next != NULL; n++) {
        struct jobrec *rec = s->renew_next;
        bool moved;

        s->renew_next = rec->hh.next;
        moved = move_if_due(s, rec);
        if (s->belated)
            break;
        if (is_spent(budget, moved, n))
            return false;
    }
    end(s);
    return true;
}

/* False: the timeline is to be made anew. Demands that nobody has any more go only
 * then. */
static bool begin_move(struct sched *s, int64_t now_sec)
{
    if (s->timeline.demands.n > 2 * (size_t)HASH_COUNT(s->shapes) + DEMANDS_SPARE ||
        !timeline_advance(&s->timeline, now_sec, s->config.window_sec) ||
        !reserve_holds_on(s, now_sec))
        return false;
    reserve_renew(s, now_sec);
    s->renewal = RENEW_MOVE;
    s->cuts++;
    s->renew_next = s->jobs;
    return true;
}

/* ---- all of it ---- */

static bool is_under_way(const struct sched *s)
{
    return s->timeline_gen == s->cluster.gen && s->renewal != RENEWED;
}

/* It is not to be moved, but made anew. */
static bool is_void(const struct sched *s)
{
    return s->timeline_gen != s->cluster.gen || s->timeline.overcommitted || s->belated;
}

/* False: the budget is spent. */
static bool begin(struct sched *s, int64_t now_sec, struct sched_budget budget)
{
    if (!piece_has_time(s, PIECE_TIMELINE, (int64_t)s->cluster.n_order / NODES_A_US,
                        budget))
        return false;
    if (is_void(s) || !begin_move(s, now_sec))
        begin_anew(s, now_sec);
    return true;
}

bool book_renew(struct sched *s, int64_t now_sec, struct sched_budget budget)
{
    if (!is_under_way(s)) {
        if (!is_void(s) && !timeline_is_outdated(&s->timeline, now_sec))
            return true;
        if (!begin(s, now_sec, budget))
            return false;
    }
    if (s->renewal == RENEW_MOVE) {
        if (!move_claims(s, budget))
            return false;
        if (!is_void(s))
            return true;
        if (!begin(s, now_sec, budget))
            return false;
    }
    return go_on_anew(s, budget);
}
