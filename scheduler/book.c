#include "scheduler/book.h"

#include <string.h>

#include "base/util.h"
#include "scheduler/check.h"
#include "scheduler/yield.h"

/* From the decision to the pods' start: creates and binds of a large gang. */
#define LAUNCH_SLACK_SEC 60
/* From the limit to the last pod's end: the grace period is 30 s. */
#define END_SLACK_SEC 60
/* So many demands of the past are kept before the timeline is made anew without. */
#define DEMANDS_SPARE 16

int64_t book_length(int64_t limit_sec)
{
    /* A start within a minute counts from that minute. */
    int64_t slack = TIMELINE_MINUTE_SEC + LAUNCH_SLACK_SEC + END_SLACK_SEC;

    return limit_sec > INT64_MAX - slack ? LIMIT_UNLIMITED : limit_sec + slack;
}

/* ---- one job ---- */

size_t book_free_from(const struct sched *s, int64_t end_sec)
{
    const struct timeline *tl = &s->timeline;
    int64_t soon = tl->bounds[0] + TIMELINE_MINUTE_SEC;
    size_t first, last;

    timeline_span(tl, tl->bounds[0], MAX(timeline_end(end_sec, END_SLACK_SEC), soon),
                  &first, &last);
    return MIN(last, tl->n_slots - 1);
}

int64_t book_end_before(const struct sched *s, size_t slot)
{
    return s->timeline.bounds[slot - 1] + 1 - END_SLACK_SEC;
}

/* When what a job holds is assumed to be free. */
static int64_t assumed_end(const struct sched *s, const struct jobrec *rec)
{
    const struct job *job = rec->job;
    int64_t limit_end = jobrec_end(s, rec), end;
    int64_t soon = s->timeline.bounds[0] + TIMELINE_MINUTE_SEC;

    if (limit_end == TIME_NEVER)
        return TIME_NEVER;
    if (job->phase == JOB_STARTING)
        end = timeline_end(timeline_minute(job->start_sec),
                           book_length(limit_end - job->start_sec));
    else
        end = timeline_end(limit_end, END_SLACK_SEC);
    return MAX(end, soon);
}

static void size_positions(struct claim *claim, size_t n)
{
    claim->positions = xrealloc(claim->positions, (n + 1) * sizeof(*claim->positions));
    claim->n_positions = n;
}

void book_place(struct sched *s, struct jobrec *rec)
{
    const struct job *job = rec->job;

    size_positions(&rec->claim, job->n_alloc > 0 ? job->n_alloc : job->plan.n_slots);
    placement_positions(&s->placer, rec->claim.positions);
    rec->claim.positions_gen = s->cluster.set_gen;
}

static uint32_t look_up(const struct cluster *c, const char *name)
{
    const struct noderec *node = cluster_node(c, name);

    return node != NULL && node->position != POSITION_NONE ? (uint32_t)node->position
                                                           : CLAIM_NOWHERE;
}

static void know_positions(const struct sched *s, struct claim *claim,
                           const struct slot *slots, size_t n)
{
    if (claim->positions_gen == s->cluster.set_gen)
        return;
    size_positions(claim, n);
    for (size_t i = 0; i < n; i++)
        claim->positions[i] = look_up(&s->cluster, slots[i].node);
    claim->positions_gen = s->cluster.set_gen;
}

/* Does it have its nodes alone, those that it holds or those of its plan? */
static bool is_alone(const struct sched *s, const struct job *job)
{
    const char *name = job->n_alloc > 0 ? job->partition : job->plan.partition;
    const struct partrec *part =
        name != NULL ? cluster_partition(&s->cluster, name) : NULL;

    return job->exclusive || (part != NULL && part->part->exclusive);
}

/* The slots of an allocation or plan as uses, in `s->uses`; two of one node sit on one
 * seat. What lies on no known node is left out. Returns how many. */
static size_t find_uses(struct sched *s, struct jobrec *rec, const struct slot *slots,
                        size_t n, bool alone)
{
    const uint32_t *at;
    size_t n_uses = 0;

    know_positions(s, &rec->claim, slots, n);
    at = rec->claim.positions;
    for (size_t i = 0; i < n; i++) {
        bool seated = i > 0 && at[i - 1] == at[i];

        if (at[i] == CLAIM_NOWHERE)
            continue;
        GROW(s->uses, n_uses, s->uses_cap);
        s->uses[n_uses++] =
            (struct use){.position = at[i],
                         .amount = cluster_use(&slots[i].each, slots[i].pods),
                         .seats = seated  ? 0
                                  : alone ? SEATS
                                          : 1};
    }
    return n_uses;
}

size_t book_uses(struct sched *s, struct jobrec *rec)
{
    const struct job *job = rec->job;
    bool plan = job->n_alloc == 0;

    return find_uses(s, rec, plan ? job->plan.slots : job->alloc,
                     plan ? job->plan.n_slots : job->n_alloc, rec->claim.alone);
}

struct span {
    const struct slot *slots;
    size_t n;
    size_t first, last;
    int64_t end_sec;
};

/* A job in a reservation is over when that is. */
static void cut_off(struct sched *s, const struct job *job, struct span *span)
{
    span->end_sec = fence_end(reserve_fence(s, job), span->first, span->end_sec);
    timeline_span(&s->timeline, job->plan.start_sec, span->end_sec, &span->first,
                  &span->last);
}

static struct span span_of(struct sched *s, const struct jobrec *rec)
{
    const struct job *job = rec->job;
    const struct partrec *part;
    const struct timeline *tl = &s->timeline;
    struct span span = {job->alloc, job->n_alloc, 0, 0, TIME_NEVER};

    if (job->n_alloc > 0) {
        span.end_sec = assumed_end(s, rec);
        timeline_span(tl, tl->bounds[0], span.end_sec, &span.first, &span.last);
        span.last = MIN(span.last, tl->n_slots - 1);
        return span;
    }
    part = cluster_partition(&s->cluster, job->plan.partition);
    if (part != NULL)
        span.end_sec = timeline_end(
            job->plan.start_sec,
            book_length(check_length(job, part->part, job->plan.start_sec)));
    timeline_span(tl, job->plan.start_sec, span.end_sec, &span.first, &span.last);
    if (s->reserve.n > 0)
        cut_off(s, job, &span);
    span.slots = job->plan.slots;
    span.n = job->plan.n_slots;
    return span;
}

/* Is all that the job takes free from the first slot on up to before `last`? */
static bool all_free(struct sched *s, const struct job *job, size_t n_uses, size_t last)
{
    const struct fence *fence = reserve_fence(s, job);

    if (stock_short(&s->timeline.stock, job, 0, last) != SLOT_NONE)
        return false;
    for (size_t i = 0; i < n_uses; i++) {
        if (!timeline_has(&s->timeline, &s->uses[i], 0, last) ||
            !fence_admits(fence, s->uses[i].position, 0, last))
            return false;
    }
    return true;
}

int64_t book_longest(struct sched *s, struct jobrec *rec, int64_t least_sec,
                     int64_t largest_sec)
{
    const struct job *job = rec->job;
    const struct timeline *tl = &s->timeline;
    size_t n = find_uses(s, rec, job->alloc, job->n_alloc, is_alone(s, job));
    size_t first, low, high;
    int64_t now_sec = tl->bounds[0], longest;

    if (largest_sec <= least_sec)
        return least_sec;
    timeline_span(tl, now_sec, timeline_end(now_sec, book_length(least_sec)), &first,
                  &low);
    timeline_span(tl, now_sec, timeline_end(now_sec, book_length(largest_sec)), &first,
                  &high);
    /* With no end, it is as with all others that have none. */
    high = MIN(high, tl->n_slots - 1);
    if (high <= low || all_free(s, job, n, high))
        return largest_sec;
    while (low + 1 < high) { /* free up to low, not up to high */
        size_t middle = low + (high - low) / 2;

        if (all_free(s, job, n, middle))
            low = middle;
        else
            high = middle;
    }
    longest = tl->bounds[low] - now_sec - book_length(0);
    return MAX(longest - longest % TIMELINE_MINUTE_SEC, least_sec);
}

static bool is_kept(const struct sched *s)
{
    return s->timeline_gen != 0;
}

static bool has_claim(const struct jobrec *rec)
{
    return !rec->gone &&
           (rec->job->n_alloc > 0 || rec->job->plan.start_sec != TIME_UNSET);
}

/* There is more room than before, up to some time. */
static void grow(struct sched *s, int64_t until_sec)
{
    s->grown = true;
    s->freed = true;
    s->grown_sec = MAX(s->grown_sec, until_sec);
}

/* When a slot begins; TIME_NEVER behind the last. */
static int64_t begin_of(const struct timeline *tl, size_t slot)
{
    return slot < tl->n_slots ? tl->bounds[slot] : TIME_NEVER;
}

static void hold(struct sched *s, struct jobrec *rec)
{
    GROW(s->holding, s->n_holding, s->holding_cap);
    rec->claim.line = s->n_holding;
    s->holding[s->n_holding++] = rec;
}

static void let_go(struct sched *s, struct jobrec *rec)
{
    size_t i = rec->claim.line;

    s->holding[i] = s->holding[--s->n_holding];
    s->holding[i]->claim.line = i;
}

static void enter_claim(struct sched *s, struct jobrec *rec)
{
    struct span span;
    size_t n;

    if (!is_kept(s) || !has_claim(rec))
        return;
    span = span_of(s, rec);
    rec->claim.alone = is_alone(s, rec->job);
    n = find_uses(s, rec, span.slots, span.n, rec->claim.alone);
    timeline_take(&s->timeline, s->uses, n, span.first, span.last);
    timeline_license(&s->timeline, rec->job, span.first, span.last, -1);
    rec->claim.on = true;
    rec->claim.first = span.first;
    rec->claim.last = span.last;
    rec->claim.end_sec = span.end_sec;
    rec->claim.start_sec = rec->job->plan.start_sec;
    rec->claim.planned = rec->job->n_alloc == 0;
    if (rec->claim.planned)
        line_add(s, rec);
    else
        hold(s, rec);
}

void book_strike(struct sched *s, struct jobrec *rec)
{
    bool plan = rec->job->n_alloc == 0;
    size_t n;

    if (!is_kept(s) || !rec->claim.on)
        return;
    n = book_uses(s, rec);
    timeline_give(&s->timeline, s->uses, n, rec->claim.first, rec->claim.last);
    timeline_license(&s->timeline, rec->job, rec->claim.first, rec->claim.last, 1);
    if (plan)
        line_drop(s, rec);
    else
        let_go(s, rec);
    rec->claim.on = false;
    grow(s, begin_of(&s->timeline, rec->claim.last));
}

void book_cancel_plan(struct sched *s, struct jobrec *rec)
{
    if (rec->job->plan.start_sec == TIME_UNSET)
        return;
    book_strike(s, rec);
    plan_clear(&rec->job->plan);
    starts_enlist(s, rec);
}

/* A plan has a node once, so that its uses can be looked at one by one. */
static bool plan_fits(struct sched *s, struct jobrec *rec)
{
    const struct fence *fence = reserve_fence(s, rec->job);
    struct span span = span_of(s, rec);
    size_t n = find_uses(s, rec, span.slots, span.n, is_alone(s, rec->job));

    for (size_t i = 0; i < n; i++) {
        if (!timeline_has(&s->timeline, &s->uses[i], span.first, span.last) ||
            !fence_admits(fence, s->uses[i].position, span.first, span.last))
            return false;
    }
    return n == span.n && n > 0 &&
           stock_short(&s->timeline.stock, rec->job, span.first, span.last) ==
               SLOT_NONE;
}

bool book_put_back(struct sched *s, struct jobrec *rec)
{
    bool fits = plan_fits(s, rec);

    if (fits)
        enter_claim(s, rec);
    else
        book_cancel_plan(s, rec);
    return fits;
}

void book_enter(struct sched *s, struct jobrec *rec)
{
    if (s->renewing && is_kept(s) && has_claim(rec) && rec->job->n_alloc == 0)
        book_put_back(s, rec);
    else
        enter_claim(s, rec);
}

/* ---- foreign pods ---- */

static bool pod_use(const struct sched *s, const struct podrec *pod, struct use *ret)
{
    const struct noderec *node =
        pod != NULL ? cluster_node(&s->cluster, pod->pod->node) : NULL;

    if (!is_kept(s) || node == NULL || node->position == POSITION_NONE)
        return false;
    *ret = (struct use){.position = node->position,
                        .amount = cluster_use(&pod->pod->use, 1),
                        .seats = pod->pod->of_job};
    return true;
}

void book_enter_pod(struct sched *s, const struct podrec *pod)
{
    struct use use;

    if (pod_use(s, pod, &use))
        timeline_take(&s->timeline, &use, 1, 0, s->timeline.n_slots);
}

void book_strike_pod(struct sched *s, const struct podrec *pod)
{
    struct use use;

    if (!pod_use(s, pod, &use))
        return;
    timeline_give(&s->timeline, &use, 1, 0, s->timeline.n_slots);
    grow(s, TIME_NEVER);
}

/* ---- anew ---- */

/* Resources that no node has need no place: nothing that asks for them fits. */
static int resources_there(const struct cluster *c)
{
    int n = 0;

    for (size_t i = 0; i < c->n_order; i++) {
        for (int r = n; r < RES_MAX; r++) {
            if (c->order[i]->node->capacity.v[r] > 0)
                n = r + 1;
        }
    }
    return n;
}

static void add_nodes(struct sched *s)
{
    for (size_t i = 0; i < s->cluster.n_order; i++) {
        if (s->cluster.order[i]->usable)
            timeline_add_node(&s->timeline, i, &s->cluster.order[i]->node->capacity);
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

/* Has a reservation of others come where the plan lies? */
static bool is_shut(struct sched *s, struct jobrec *rec)
{
    const struct fence *fence = reserve_fence(s, rec->job);
    const struct span span = span_of(s, rec);
    size_t n = find_uses(s, rec, span.slots, span.n, is_alone(s, rec->job));

    for (size_t i = 0; i < n && fence != NULL && fence->key.in == RESV_NONE; i++) {
        if (!fence_admits(fence, s->uses[i].position, span.first, span.last))
            return true;
    }
    return false;
}

/* False: it has none that is to be looked at. */
static bool add_plan(struct sched *s, struct jobrec *rec)
{
    if (rec->gone || rec->claim.on || rec->job->plan.start_sec == TIME_UNSET ||
        rec->job->n_alloc > 0)
        return false;
    yield_follow(s, rec);
    if (s->reserve.n > 0 && rec->job->plan.promised)
        s->n_shut += is_shut(s, rec);
    if (rec->job->plan.start_sec >= s->timeline.bounds[0])
        book_put_back(s, rec);
    else
        book_cancel_plan(s, rec);
    return true;
}

/* False: the budget is spent. */
static bool add_plans(struct sched *s, struct sched_budget budget)
{
    struct queue *queue = &s->pass.queue;

    while (s->n_renewed < queue->n) {
        bool looked = add_plan(s, queue_at(queue, s->n_renewed++)->rec);

        if (looked && budget.spent != NULL && budget.spent(budget.arg))
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
    reserve_renew(s, now_sec);
    s->lines.n = 0;
    s->n_holding = 0;
    add_nodes(s);
    add_held(s);
    s->timeline.overcommitted = false;
    s->renewing = true;
    s->n_renewed = 0;
}

/* What has come meanwhile may have been too much beside the plans. */
static void end_anew(struct sched *s)
{
    bool overcommitted = s->timeline.overcommitted;
    struct shape *shape, *next;

    HASH_ITER (hh, s->shapes, shape, next)
        timeline_demand(&s->timeline, &shape->like->each, shape->like->exclusive);
    timeline_ready(&s->timeline);
    s->timeline.overcommitted = overcommitted;
    s->renewing = false;
    grow(s, TIME_NEVER);
}

/* ---- a later minute ---- */

/* Would the claim be in other slots, if it were entered now? What is held ends later
 * than assumed where it is overdue. */
static bool has_moved(struct sched *s, const struct jobrec *rec)
{
    const struct timeline *tl = &s->timeline;
    const struct claim *claim = &rec->claim;
    struct span span;

    if (!claim->planned || claim->end_sec == TIME_NEVER) {
        span = span_of(s, rec);
        return span.first != claim->first || span.last != claim->last;
    }
    return claim->last > claim->first + 1 &&
           tl->bounds[claim->last - 1] >= claim->end_sec;
}

/* There are many: what is not of the claim itself is looked at only where it moves. */
static void move_claim(struct sched *s, struct jobrec *rec)
{
    struct claim *claim = &rec->claim;
    bool late;

    claim->first = timeline_place(&s->timeline, claim->first);
    claim->last = timeline_place(&s->timeline, claim->last);
    late = claim->planned && yield_follow(s, rec);
    if (!late && claim->planned && claim->start_sec < s->timeline.bounds[0]) {
        book_cancel_plan(s, rec);
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
    grow(s, TIME_NEVER);
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
    if (!add_plans(s, budget))
        return false;
    end_anew(s);
    return true;
}
