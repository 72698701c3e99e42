#include "scheduler/book_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/check.h"
#include "scheduler/quota.h"

/* From the decision to the pods' start: creates and binds of a large gang. */
#define LAUNCH_SLACK_SEC 60
/* From the limit to the last pod's end: the grace period is 30 s. */
#define END_SLACK_SEC 60

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
static int64_t assumed_end(const struct sched *s, const struct jobrec *rec,
                           size_t component)
{
    const struct job *job = rec->job;
    int64_t limit_end = jobrec_component_end(s, rec, component), end;
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

/* Behind its last slot of those of the whole job. */
static size_t component_last(const struct sched *s, const struct jobrec *rec,
                             const struct span *span, size_t component)
{
    const struct job *job = rec->job;
    const struct timeline *tl = &s->timeline;
    int64_t own = job_component(job, component)->limit_sec;
    int64_t start_sec = job->n_alloc > 0 ? tl->bounds[0] : job->plan.start_sec, end_sec;
    size_t first, last;

    if (component == 0 || own == LIMIT_UNSET)
        return span->last;
    end_sec = job->n_alloc > 0 ? assumed_end(s, rec, component)
                               : timeline_end(start_sec, book_length(own));
    timeline_span(tl, start_sec, end_sec, &first, &last);
    return MIN(last, span->last);
}

static size_t use_last(const struct sched *s, const struct jobrec *rec,
                       const struct span *span, const struct use *use)
{
    return rec->job->n_others > 0 ? component_last(s, rec, span, use->component)
                                  : span->last;
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

/* The partition of the nodes that it holds, or of those of its plan; NULL: gone. */
static const struct partrec *partition_of(const struct sched *s, const struct job *job)
{
    const char *name = job->n_alloc > 0 ? job->partition : job->plan.partition;

    return cluster_partition(&s->cluster, name);
}

/* Does it have these nodes alone? */
static bool is_alone(const struct sched *s, const struct job *job)
{
    const struct partrec *first = partition_of(s, job);
    bool alone = job->exclusive;

    for (size_t i = 0; i <= job->n_others && !alone; i++) {
        const struct partrec *part =
            cluster_component_partition(&s->cluster, job, i, first);

        alone = part != NULL && part->part->exclusive;
    }
    return alone;
}

/* What one of them takes on its node. */
static struct resvec amount_of(const struct sched *s, const struct job *job,
                               const struct slot *slot, size_t position)
{
    size_t component = MIN((size_t)slot->component, job->n_others);
    const struct partrec *part = NULL;

    if (s->cluster.quotas.n > 0)
        part = cluster_component_partition(&s->cluster, job, component,
                                           partition_of(s, job));
    return quota_use(&s->cluster, part, slot, position);
}

/* The slots of an allocation or plan as uses, in `s->uses`; two of a component on one
 * node sit on one seat. What lies on no known node is left out. Returns how many. */
static size_t find_uses(struct sched *s, struct jobrec *rec, const struct slot *slots,
                        size_t n, bool alone)
{
    const uint32_t *at;
    size_t n_uses = 0;

    know_positions(s, &rec->claim, slots, n);
    at = rec->claim.positions;
    for (size_t i = 0; i < n; i++) {
        bool seated =
            i > 0 && at[i - 1] == at[i] && slots[i - 1].component == slots[i].component;

        if (at[i] == CLAIM_NOWHERE || !job_holds(rec->job, &slots[i]))
            continue;
        GROW(s->uses, n_uses, s->uses_cap);
        s->uses[n_uses++] = (struct use){
            .position = at[i],
            .amount = amount_of(s, rec->job, &slots[i], at[i]),
            .seats = seated  ? 0
                     : alone ? SEATS
                             : 1,
            .component = MIN((size_t)slots[i].component, rec->job->n_others)};
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

/* Of the reservation in which it is planned, or runs. */
static const struct fence *own_fence(struct sched *s, const struct job *job)
{
    const char *part = job->n_alloc > 0 ? job->partition : job->plan.partition;

    return reserve_fence(s, job, cluster_partition(&s->cluster, part),
                         job_reservation(job));
}

/* A job in a reservation is over when that is. */
static void cut_off(struct sched *s, const struct job *job, struct span *span)
{
    const struct fence *fence = own_fence(s, job);
    int64_t given_sec = fence_license_end(fence, span->first, span->end_sec);

    span->end_sec = fence_end(fence, span->first, span->end_sec);
    timeline_span(&s->timeline, job->plan.start_sec, given_sec, &span->first,
                  &span->given);
    timeline_span(&s->timeline, job->plan.start_sec, span->end_sec, &span->first,
                  &span->last);
}

struct span book_span(struct sched *s, const struct jobrec *rec)
{
    const struct job *job = rec->job;
    const struct partrec *part;
    const struct timeline *tl = &s->timeline;
    struct span span = {job->alloc, job->n_alloc, 0, 0, 0, TIME_NEVER};

    if (job->n_alloc > 0) {
        span.end_sec = assumed_end(s, rec, 0);
        timeline_span(tl, tl->bounds[0], span.end_sec, &span.first, &span.last);
        span.last = span.given = MIN(span.last, tl->n_slots - 1);
        return span;
    }
    part = cluster_partition(&s->cluster, job->plan.partition);
    if (part != NULL)
        span.end_sec = timeline_end(
            job->plan.start_sec,
            book_length(check_length(job, part->part, job->plan.start_sec)));
    timeline_span(tl, job->plan.start_sec, span.end_sec, &span.first, &span.last);
    span.given = span.last;
    if (s->reserve.n > 0)
        cut_off(s, job, &span);
    span.slots = job->plan.slots;
    span.n = job->plan.n_slots;
    return span;
}

/* Are there two on one node? */
static bool uses_meet(const struct sched *s, size_t n)
{
    AUTO_FREE uint64_t *seen = xcalloc(s->timeline.words + 1, sizeof(*seen));
    bool meet = false;

    for (size_t i = 0; i < n && !meet; i++) {
        meet = node_set_has(seen, s->uses[i].position);
        node_set_add(seen, s->uses[i].position);
    }
    return meet;
}

/* A use of a claim, with all others on its node that last as long. `lasts` is by use.
 * So all fit beside each other, if each of these does. */
static struct use with_others(const struct sched *s, const size_t *lasts, size_t n,
                              size_t i)
{
    struct use sum = s->uses[i];

    for (size_t k = 0; k < n; k++) {
        if (k == i || s->uses[k].position != sum.position || lasts[k] < lasts[i])
            continue;
        resvec_add(&sum.amount, &s->uses[k].amount);
        sum.seats += s->uses[k].seats;
    }
    return sum;
}

/* Is there room for all uses of a job, each up to before its last slot? Components may
 * be on one node. */
static bool have_room(struct sched *s, const struct job *job, const struct fence *fence,
                      const size_t *lasts, size_t n, size_t first)
{
    bool meet = job->n_others > 0 && uses_meet(s, n);

    for (size_t i = 0; i < n; i++) {
        struct use use = meet ? with_others(s, lasts, n, i) : s->uses[i];

        if (!timeline_has(&s->timeline, &use, first, lasts[i]) ||
            !fence_admits(fence, use.position, first, lasts[i]))
            return false;
    }
    return true;
}

/* Is all that the job takes free from the first slot on up to before `last`? */
static bool all_free(struct sched *s, const struct job *job, size_t n_uses, size_t last)
{
    const struct fence *fence = own_fence(s, job);
    AUTO_FREE size_t *lasts = xcalloc(n_uses + 1, sizeof(*lasts));

    for (size_t i = 0; i < n_uses; i++)
        lasts[i] = last;
    return stock_short(&s->timeline.stock, job_licenses(job), fence_kept(fence), 0,
                       last) == SLOT_NONE &&
           have_room(s, job, fence, lasts, n_uses, 0);
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

void book_grow(struct sched *s, int64_t until_sec)
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

/* Where its components end at different times. */
static void set_lasts(const struct sched *s, struct jobrec *rec,
                      const struct span *span)
{
    struct claim *claim = &rec->claim;

    free(TAKE(claim->lasts));
    if (!job_is_uneven(rec->job))
        return;
    claim->lasts = xcalloc(rec->job->n_others + 1, sizeof(*claim->lasts));
    for (size_t i = 0; i <= rec->job->n_others; i++)
        claim->lasts[i] = component_last(s, rec, span, i);
}

typedef void move_uses_fn(struct timeline *tl, const struct use *uses, size_t n,
                          size_t first, size_t last);

/* Takes, or gives, each of the first `n` of s->uses in its slots. */
static void move_uses(struct sched *s, const struct claim *claim, size_t n,
                      move_uses_fn *move)
{
    if (claim->lasts == NULL)
        move(&s->timeline, s->uses, n, claim->first, claim->last);
    for (size_t i = 0; i < n && claim->lasts != NULL; i++)
        move(&s->timeline, &s->uses[i], 1, claim->first,
             claim_last(claim, &s->uses[i]));
}

void book_freshen(const struct sched *s, struct jobrec *rec)
{
    struct claim *claim = &rec->claim;

    if (claim->cut == s->cuts)
        return;
    claim->cut = s->cuts;
    if (s->renewal != RENEW_MOVE) { /* it is of a timeline that is no more */
        claim->on = false;
        return;
    }
    claim->first = timeline_place(&s->timeline, claim->first);
    claim->last = timeline_place(&s->timeline, claim->last);
    claim->given = timeline_place(&s->timeline, claim->given);
    for (size_t i = 0; i <= rec->job->n_others && claim->lasts != NULL; i++)
        claim->lasts[i] = timeline_place(&s->timeline, claim->lasts[i]);
}

static void enter_claim(struct sched *s, struct jobrec *rec)
{
    struct span span;
    size_t n;

    if (!is_kept(s) || !has_claim(rec))
        return;
    span = book_span(s, rec);
    rec->claim.alone = is_alone(s, rec->job);
    n = find_uses(s, rec, span.slots, span.n, rec->claim.alone);
    rec->claim.on = true;
    rec->claim.cut = s->cuts;
    rec->claim.first = span.first;
    rec->claim.last = span.last;
    rec->claim.given = span.given;
    set_lasts(s, rec, &span);
    move_uses(s, &rec->claim, n, timeline_take);
    timeline_license(&s->timeline, rec->job, span.first, span.given, -1);
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
    book_freshen(s, rec);
    if (!rec->claim.on)
        return;
    n = book_uses(s, rec);
    move_uses(s, &rec->claim, n, timeline_give);
    timeline_license(&s->timeline, rec->job, rec->claim.first, rec->claim.given, 1);
    if (plan)
        line_drop(s, rec);
    else
        let_go(s, rec);
    rec->claim.on = false;
    book_grow(s, begin_of(&s->timeline, MAX(rec->claim.last, rec->claim.given)));
}

void book_cancel_plan(struct sched *s, struct jobrec *rec, enum broken cause)
{
    if (rec->job->plan.start_sec == TIME_UNSET)
        return;
    broken_note(s, rec, cause);
    book_strike(s, rec);
    plan_clear(&rec->job->plan);
    starts_enlist(s, rec);
}

bool book_fits(struct sched *s, struct jobrec *rec)
{
    const struct fence *fence = own_fence(s, rec->job);
    struct span span = book_span(s, rec);
    size_t n = find_uses(s, rec, span.slots, span.n, is_alone(s, rec->job));
    AUTO_FREE size_t *lasts = xcalloc(n + 1, sizeof(*lasts));

    for (size_t i = 0; i < n; i++)
        lasts[i] = use_last(s, rec, &span, &s->uses[i]);
    return n == span.n && n > 0 &&
           have_room(s, rec->job, fence, lasts, n, span.first) &&
           stock_short(&s->timeline.stock, job_licenses(rec->job), fence_kept(fence),
                       span.first, span.given) == SLOT_NONE;
}

bool book_put_back(struct sched *s, struct jobrec *rec, enum broken cause)
{
    bool fits = book_fits(s, rec);

    if (fits)
        enter_claim(s, rec);
    else
        book_cancel_plan(s, rec, cause != BROKEN_NOT ? cause : broken_find(s, rec));
    return fits;
}

void book_enter(struct sched *s, struct jobrec *rec)
{
    bool planned = is_kept(s) && has_claim(rec) && rec->job->n_alloc == 0;

    if (planned && s->renewal == RENEW_HELD)
        return; /* plans come later */
    if (planned && s->renewal == RENEW_PLANS)
        book_put_back(s, rec, BROKEN_NOT);
    else
        enter_claim(s, rec);
}

bool book_is_shut(struct sched *s, struct jobrec *rec)
{
    const struct fence *fence = own_fence(s, rec->job);
    const struct span span = book_span(s, rec);
    size_t n = find_uses(s, rec, span.slots, span.n, is_alone(s, rec->job));

    for (size_t i = 0; i < n && fence != NULL && fence->key.in == RESV_NONE; i++) {
        if (!fence_admits(fence, s->uses[i].position, span.first,
                          use_last(s, rec, &span, &s->uses[i])))
            return true;
    }
    return false;
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

void book_enter_pod(struct sched *s, struct podrec *pod)
{
    struct use use;

    if (!pod_use(s, pod, &use) || pod->made == s->made)
        return;
    timeline_take(&s->timeline, &use, 1, 0, s->timeline.n_slots);
    pod->made = s->made;
}

void book_strike_pod(struct sched *s, struct podrec *pod)
{
    struct use use;

    if (pod != NULL && pod == s->renew_pod)
        s->renew_pod = pod->hh.next;
    if (!pod_use(s, pod, &use) || pod->made != s->made)
        return;
    pod->made = 0;
    timeline_give(&s->timeline, &use, 1, 0, s->timeline.n_slots);
    book_grow(s, TIME_NEVER);
}
