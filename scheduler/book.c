#include "scheduler/book_private.h"

#include <stdlib.h>

#include "base/util.h"
#include "scheduler/allowance.h"
#include "scheduler/guise.h"
#include "scheduler/portion.h"
#include "scheduler/quota.h"

/* ---- one job ---- */

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
        claim->lasts[i] = book_component_last(s, rec, span, i);
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

static void enter_as_it_is(struct sched *s, struct jobrec *rec)
{
    struct span span;
    size_t n;

    if (!is_kept(s) || !has_claim(rec))
        return;
    span = book_span(s, rec);
    rec->claim.sharing = book_sharing(s, rec->job);
    n = book_find_uses(s, rec, span.slots, span.n, rec->claim.sharing);
    rec->claim.on = true;
    rec->claim.cut = s->cuts;
    rec->claim.first = span.first;
    rec->claim.last = span.last;
    rec->claim.given = span.given;
    set_lasts(s, rec, &span);
    owners_enter(s, rec, n);
    move_uses(s, &rec->claim, n, timeline_take);
    timeline_license(&s->timeline, rec->job, span.first, span.given, -1);
    rec->claim.end_sec = span.end_sec;
    rec->claim.start_sec = rec->job->plan.start_sec;
    rec->claim.planned = rec->job->n_alloc == 0;
    crews_enter(s, rec);
    allowance_pledge(s, rec);
    if (rec->claim.planned)
        line_add(s, rec);
    else
        hold(s, rec);
}

/* Of a plan with the QOS that it is planned with. */
static void enter_claim(struct sched *s, struct jobrec *rec)
{
    size_t worn = guise_rest(s, rec);

    enter_as_it_is(s, rec);
    guise_wear(s, rec, worn);
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
    owners_leave(s, rec);
    timeline_license(&s->timeline, rec->job, rec->claim.first, rec->claim.given, 1);
    crews_leave(s, rec);
    allowance_release(s, rec);
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
    reserve_uncount(s, rec);
    broken_note(s, rec, cause);
    book_strike(s, rec);
    plan_clear(&rec->job->plan);
    rec->held = 0;
    guise_rest(s, rec);
    starts_enlist(s, rec);
}

/* Nobody was there to start it in its minute, though nothing else kept it. */
static bool is_missed(const struct sched *s, const struct jobrec *rec)
{
    return rec->job->plan.start_sec < s->timeline.bounds[0];
}

/* It comes later, as what is before it does, or as its minute was missed: else false.
 * Those behind it follow. */
static bool slide(struct sched *s, struct jobrec *rec, enum broken cause)
{
    const bool late = cause == BROKEN_OVERRUN || cause == BROKEN_LIMIT;

    if (late ||
        (s->sliding == BROKEN_NOT && cause == BROKEN_OTHER && is_missed(s, rec)))
        s->sliding = cause;
    if (s->sliding == BROKEN_NOT || (!late && cause != BROKEN_OTHER) ||
        !book_slide(s, rec))
        return false;
    broken_note(s, rec, s->sliding);
    enter_claim(s, rec);
    return true;
}

/* Only where the timeline is made anew nodes and partitions may be others. */
static bool stands(struct sched *s, struct jobrec *rec)
{
    return rec->job->plan.start_sec >= s->timeline.bounds[0] && book_fits(s, rec) &&
           (s->renewal != RENEW_PLANS || book_bars(s, rec) == BROKEN_NOT);
}

/* It has become shorter: of what is free behind it nothing is known, and no promise of
 * that can be kept. */
static bool is_behind_window(const struct sched *s, const struct plan *plan)
{
    return plan->promised && plan->start_sec != PLAN_FAR &&
           plan->start_sec >= s->timeline.bounds[s->timeline.n_slots - 1];
}

/* Where it is planned, or for the same time in another of its choices; else by what its
 * plan is broken, if that is not known yet. */
static bool has_place(struct sched *s, struct jobrec *rec, enum broken *cause)
{
    if (stands(s, rec) || book_is_drawn_elsewhere(s, rec))
        return true;
    if (*cause == BROKEN_NOT)
        *cause = broken_find(s, rec);
    return *cause == BROKEN_RULES && book_stands_elsewhere(s, rec);
}

void book_put_back(struct sched *s, struct jobrec *rec, enum broken cause)
{
    if (is_behind_window(s, &rec->job->plan)) {
        cause = cause == BROKEN_NOT ? BROKEN_RULES : cause;
    } else if (has_place(s, rec, &cause)) {
        enter_claim(s, rec);
        return;
    }
    if (s->renewal != RENEW_PLANS || !slide(s, rec, cause))
        book_cancel_plan(s, rec, cause);
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

/* What lasts to one slot lasts to another. */
static void move_last(struct sched *s, struct jobrec *rec, const struct span *span)
{
    struct claim *claim = &rec->claim;
    struct timeline *tl = &s->timeline;
    size_t n = book_uses(s, rec);

    timeline_give(tl, s->uses, n, span->last, claim->last);
    timeline_take(tl, s->uses, n, claim->last, span->last);
    timeline_license(tl, rec->job, span->given, claim->given, 1);
    timeline_license(tl, rec->job, claim->given, span->given, -1);
    if (span->last < claim->last || span->given < claim->given)
        book_grow(s, begin_of(tl, MAX(claim->last, claim->given)));
    claim->last = span->last;
    claim->given = span->given;
    claim->end_sec = span->end_sec;
}

void book_move_end(struct sched *s, struct jobrec *rec)
{
    struct span span;

    if (!is_kept(s) || !rec->claim.on || rec->claim.cut != s->cuts ||
        rec->claim.planned || rec->claim.lasts != NULL) {
        book_strike(s, rec);
        enter_claim(s, rec);
        return;
    }
    allowance_release(s, rec);
    span = book_span(s, rec);
    move_last(s, rec, &span);
    allowance_pledge(s, rec);
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
    if (s->cluster.quotas.n > 0) {
        quota_add(cluster_partition(&s->cluster, pod->pod->partition), node->position,
                  &ret->amount);
        portion_add(&s->cluster, LOT_NONE, &ret->amount);
    }
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
