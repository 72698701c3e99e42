#include "scheduler/reprieve.h"

#include "base/util.h"
#include "scheduler/allowance.h"
#include "scheduler/book.h"
#include "scheduler/trial.h"
#include "scheduler/yield.h"

static bool is_preemption(const struct decision *d)
{
    return d->kind == DECIDE_PREEMPT;
}

/* Who it is to end for; NULL: that has started meanwhile, or has lost its promise. */
static struct jobrec *waiting(struct sched *s, const struct decision *d)
{
    struct jobrec *by = jobrec_numbered(s, d->preempted_by);

    if (by == NULL || by->gone || !by->claim.on || !by->claim.planned ||
        !by->job->plan.promised)
        return NULL;
    return by;
}

static bool claims_meet(const struct claim *a, const struct claim *b)
{
    for (size_t i = 0; i < a->n_positions; i++) {
        for (size_t k = 0; k < b->n_positions; k++) {
            if (a->positions[i] == b->positions[k])
                return true;
        }
    }
    return false;
}

/* It waits for the victim's end, on a node of it. */
static bool waits_for(struct sched *s, const struct decision *d)
{
    const struct jobrec *by = waiting(s, d), *victim = jobrec_find(s, d->job_uid);

    return by != NULL && victim != NULL && claims_meet(&by->claim, &victim->claim);
}

/* One that is alone, and waits for them, has taken only whom it needs. */
static bool may_spare(struct sched *s)
{
    const struct decided *d = &s->decided;
    int64_t by = 0;

    for (size_t i = 0; i < d->n; i++) {
        if (!is_preemption(&d->items[i]))
            continue;
        if ((by != 0 && by != d->items[i].preempted_by) || !waits_for(s, &d->items[i]))
            return true;
        by = d->items[i].preempted_by;
    }
    return false;
}

/* It runs on, if there is room. */
static bool spare(struct sched *s, struct jobrec *victim)
{
    struct job *job = victim->job;
    int64_t by = job->preempted_by, until_sec = job->preempt_sec;

    reserve_uncount(s, victim);
    book_strike(s, victim);
    job->preempted_by = 0;
    job->preempt_sec = TIME_UNSET;
    if (!book_fits(s, victim)) {
        job->preempted_by = by;
        job->preempt_sec = until_sec;
    }
    book_enter(s, victim);
    return job->preempted_by == 0;
}

static void take_again(struct sched *s, struct jobrec *victim, const struct decision *d)
{
    reserve_uncount(s, victim);
    book_strike(s, victim);
    victim->job->preempted_by = d->preempted_by;
    victim->job->preempt_sec = d->preempt_sec;
    book_enter(s, victim);
}

/* The job is off the timeline. It is planned where it starts no later; false: there is
 * no such place. */
static bool plan_again(struct sched *s, struct jobrec *by, size_t before)
{
    const struct entry entry = {
        .rec = by,
        .version = by->version,
        .part = cluster_partition(&s->cluster, by->job->plan.partition),
        .resv = job_reservation(by->job),
        .license = by->job->plan.license,
        .qos_at = (uint32_t)by->job->qos_at,
    };
    struct seeker seeker;
    const struct slot *slots;
    size_t n;

    if (entry.part == NULL)
        return false;
    seeker = trial_seeker(s, &entry);
    slots = trial_find_place(s, &entry, &seeker, before, &n);
    if (slots == NULL)
        return false;
    if (trial_may_have(s, &entry, &seeker, slots, n)) {
        trial_set_plan(s, &entry, slots, n);
        return true;
    }
    slots_unref(slots);
    return false;
}

static bool try_(struct sched *s, const struct decision *d)
{
    struct jobrec *victim = jobrec_find(s, d->job_uid), *by = waiting(s, d);
    size_t before;
    bool spared;

    if (victim == NULL || !victim->claim.on)
        return false;
    if (by == NULL)
        return spare(s, victim);
    before = by->claim.first + 1;
    book_strike(s, by);
    spared = spare(s, victim);
    if (spared && !plan_again(s, by, before)) {
        take_again(s, victim, d);
        spared = false;
    }
    book_enter(s, by);
    return spared;
}

/* For that job; NULL: for any. */
static bool ends_for(const struct decision *d, const struct jobrec *by)
{
    return is_preemption(d) && (by == NULL || d->preempted_by == by->job_id);
}

/* Of those that end for a job; NULL: of all. True: somebody runs on. */
static bool try_each(struct sched *s, const struct jobrec *by)
{
    struct decided *d = &s->decided;
    bool any = false;

    for (size_t i = d->n; i-- > 0;) {
        struct jobrec *victim;

        if (!ends_for(&d->items[i], by) || !try_(s, &d->items[i]))
            continue;
        victim = jobrec_find(s, d->items[i].job_uid);
        victim->withheld = false;
        yield_enlist(s, victim, false);
        allowance_take(s, victim);
        decided_drop(d, i);
        any = true;
    }
    return any;
}

/* ---- forecasts ---- */

/* They promise nothing to anybody, so nobody ends for them: they are lifted meanwhile.
 * Of more than so many none is: it would take longer than all the rest. */
#define FORECASTS_MAX 256

/* Returns how many. */
static size_t lift_forecasts(struct sched *s, struct jobrec **ret)
{
    size_t n = 0;

    for (size_t i = 0; i < s->lines.n; i++) {
        if (s->lines.recs[i]->job->plan.promised)
            continue;
        if (n == FORECASTS_MAX)
            return 0;
        ret[n++] = s->lines.recs[i];
    }
    for (size_t i = 0; i < n; i++)
        book_strike(s, ret[i]);
    return n;
}

/* `any` of the victims runs on, so that room for them may be gone. */
static void put_back(struct sched *s, struct jobrec **forecasts, size_t n, bool any)
{
    for (size_t i = 0; i < n; i++) {
        if (any)
            book_put_back(s, forecasts[i], BROKEN_NOT);
        else
            book_enter(s, forecasts[i]);
    }
}

static bool look_at(struct sched *s, const struct jobrec *by)
{
    struct jobrec *forecasts[FORECASTS_MAX];
    const struct decided *d = &s->decided;
    int64_t grown_sec = s->grown_sec;
    bool freed = s->freed, any = false, more;
    size_t first = 0, n;

    while (first < d->n && !ends_for(&d->items[first], by))
        first++;
    if (first == d->n)
        return false;
    n = lift_forecasts(s, forecasts);
    do { /* there is room then where others were planned */
        more = try_each(s, by);
        any |= more;
    } while (more && by == NULL);
    put_back(s, forecasts, n, any);
    if (!any) {
        s->freed = freed;
        s->grown_sec = grown_sec;
    }
    return any;
}

void reprieve_placed(struct sched *s, const struct jobrec *by)
{
    if (yield_any(by) && look_at(s, by))
        s->pass.moved = true;
}

bool reprieve_run(struct sched *s)
{
    bool any;

    if (s->renewal != RENEWED || s->timeline_gen != s->cluster.gen || !may_spare(s))
        return false;
    any = look_at(s, NULL);
    s->dirty |= any;
    return any;
}
