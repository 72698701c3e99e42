/* Victims that were chosen are tried on the timeline. */
#include "scheduler/hunt.h"

#include <stdlib.h>

#include "base/util.h"
#include "scheduler/allowance.h"
#include "scheduler/book.h"
#include "scheduler/reclaim.h"
#include "scheduler/trial.h"
#include "scheduler/yield.h"

/* Each of so many is tried without, wherever the job is then; of more only those in
 * whose place it is not. */
#define SEARCHED_MAX 256

/* It ends early, or does not. */
static void mark(const struct hunt *h, struct victim *victim, bool taken)
{
    struct job *job = victim->rec->job;

    job->preempted_by = taken ? h->entry->rec->job->job_id : 0;
    job->preempt_sec = taken ? victim->end_sec : TIME_UNSET;
    victim->taken = taken;
}

static void change(struct sched *s, const struct hunt *h, struct victim *victim,
                   bool taken)
{
    mark(h, victim, taken);
    book_move_end(s, victim->rec);
}

static void cut(struct sched *s, const struct hunt *h, struct victim *victim)
{
    change(s, h, victim, true);
}

/* Those that are taken, and those that have licences which it lacks then. */
static void cut_taken(struct sched *s, struct hunt *h)
{
    struct victim *holder;

    for (size_t i = 0; i < h->herd->n; i++) {
        if (h->herd->victims[i].taken)
            cut(s, h, &h->herd->victims[i]);
    }
    while ((holder = reclaim_next(s, h->herd, h->by, hunt_gone(h))) != NULL)
        cut(s, h, holder);
}

static void spare(struct sched *s, const struct hunt *h, struct victim *victim)
{
    change(s, h, victim, false);
}

static const struct slot *find_place(struct sched *s, const struct hunt *h,
                                     size_t before, size_t *ret_n)
{
    size_t from = h->behind ? hunt_gone(h) : 0;

    return trial_find_from(s, h->entry, h->by, MAX(from, h->from), before, ret_n);
}

static bool fits(struct sched *s, const struct hunt *h, size_t before)
{
    size_t n;
    const struct slot *slots = find_place(s, h, before, &n);

    if (slots != NULL)
        slots_unref(slots);
    return slots != NULL;
}

/* Spares whom it does not need, the dearest first, many at once: those in
 * [first, last) of the victims that were taken. */
static void spare_needless(struct sched *s, struct hunt *h, struct victim **taken,
                           size_t first, size_t last, size_t before)
{
    size_t middle = first + (last - first) / 2;

    if (first == last)
        return;
    for (size_t i = first; i < last; i++)
        spare(s, h, taken[i]);
    if (fits(s, h, before))
        return;
    for (size_t i = first; i < last; i++)
        cut(s, h, taken[i]);
    if (last - first == 1)
        return;
    spare_needless(s, h, taken, middle, last, before);
    spare_needless(s, h, taken, first, middle, before);
}

static node_set set_of(const struct sched *s, const struct claim *claim)
{
    node_set set = xcalloc(s->timeline.words + 1, sizeof(*set));

    for (size_t i = 0; i < claim->n_positions; i++) {
        if (claim->positions[i] != CLAIM_NOWHERE)
            node_set_add(set, claim->positions[i]);
    }
    return set;
}

/* On no node of the place, and no licence or limit is in question. */
static bool is_apart(const struct sched *s, const struct hunt *h, const uint64_t *place,
                     const struct victim *victim)
{
    const struct claim *claim = &victim->rec->claim;
    bool apart = !s->held.any && h->by->takes.n == 0 && h->by->task == NULL;

    for (size_t i = 0; i < claim->n_positions && apart; i++)
        apart = claim->positions[i] == CLAIM_NOWHERE ||
                !node_set_has(place, claim->positions[i]);
    return apart;
}

/* The job is in its place; a victim runs on if it has room beside it: where it is the
 * only one that came since that is known at once. */
static void spare_beside(struct sched *s, const struct hunt *h, const uint64_t *place,
                         struct victim *victim)
{
    if (is_apart(s, h, place, victim)) {
        spare(s, h, victim);
        return;
    }
    book_strike(s, victim->rec);
    mark(h, victim, false);
    if (!book_fits(s, victim->rec))
        mark(h, victim, true);
    book_enter(s, victim->rec);
}

/* Spares whom it does not need in the place that it finds with all of them gone, the
 * dearest first. It is off the timeline. */
static void spare_there(struct sched *s, struct hunt *h, struct victim **taken,
                        size_t n, size_t before)
{
    struct jobrec *rec = h->entry->rec;
    struct plan own = rec->job->plan;
    AUTO_FREE uint64_t *place = NULL;
    size_t n_slots;
    const struct slot *slots = find_place(s, h, before, &n_slots);

    rec->job->plan = (struct plan){.start_sec = TIME_UNSET};
    trial_set_plan(s, h->entry, slots, n_slots);
    book_enter(s, rec);
    place = set_of(s, &rec->claim);
    for (size_t i = n; i-- > 0;)
        spare_beside(s, h, place, taken[i]);
    book_strike(s, rec);
    plan_clear(&rec->job->plan);
    rec->job->plan = own;
    rec->claim.positions_gen = 0;
}

/* Those that are taken. Returns how many. */
static size_t list_taken(const struct herd *herd, struct victim **ret)
{
    size_t n = 0;

    for (size_t i = 0; i < herd->n; i++) {
        if (herd->victims[i].taken)
            ret[n++] = &herd->victims[i];
    }
    return n;
}

/* There is a place for it before that slot. */
static void take_only_needed(struct sched *s, struct hunt *h, size_t before)
{
    AUTO_FREE struct victim **taken = xcalloc(h->herd->n + 1, sizeof(struct victim *));
    size_t n = list_taken(h->herd, taken);

    if (n > SEARCHED_MAX) {
        spare_there(s, h, taken, n, before);
        n = list_taken(h->herd, taken);
    }
    if (n <= SEARCHED_MAX)
        spare_needless(s, h, taken, 0, n, before);
}

/* ---- what was decided ---- */

static void decide_on(struct sched *s, const struct hunt *h,
                      const struct victim *victim)
{
    const struct decision decision = {
        .kind = DECIDE_PREEMPT,
        .job_uid = victim->rec->uid,
        .preempted_by = h->entry->rec->job->job_id,
        .preemptor_uid = h->entry->rec->uid,
        .preempt_from_sec = victim->since_sec,
        .preempt_sec = victim->end_sec,
        .requeue = victim->requeue,
        .planned_sec = TIME_UNSET,
    };

    decided_add(&s->decided, &decision);
    yield_enlist(s, victim->rec, true);
    allowance_take(s, victim->rec); /* it is to hold it for less time */
    s->end_sec = MIN(s->end_sec, victim->end_sec);
}

static void decide(struct sched *s, const struct hunt *h)
{
    for (size_t i = 0; i < h->herd->n; i++) {
        if (h->herd->victims[i].taken)
            decide_on(s, h, &h->herd->victims[i]);
    }
}

/* Where one before it, who may not break these promises, might preempt it, that one may
 * have the room first: it starts in the next walk. */
static void keep_room(struct sched *s, struct hunt *h, const struct slot *slots,
                      size_t n)
{
    struct jobrec *rec = h->entry->rec;

    h->started = s->window.first == 0 && !hunters_any(s, &s->pass.all, h->entry);
    if (h->started) {
        trial_start(s, h->entry, slots, n, true);
    } else {
        trial_set_plan(s, h->entry, slots, n);
        rec->job->plan.promised = true;
        trial_allow_then(h->entry);
        book_enter(s, rec);
        starts_enlist(s, rec);
    }
    decide(s, h);
    hunt_put_plans_back(s, h);
    s->pass.moved = true;
}

/* `others`: to whom those would have made room that are taken. */
static void undo(struct sched *s, struct hunt *h, bool others)
{
    for (size_t i = 0; i < h->herd->n; i++) {
        struct victim *victim = &h->herd->victims[i];

        if (!victim->taken)
            continue;
        spare(s, h, victim);
        victim->out |= others;
        h->others |= others;
        h->n_victims -= others;
    }
    for (size_t i = 0; i < h->n_lifted; i++)
        book_enter(s, h->plans[i]);
    book_enter(s, h->entry->rec);
}

/* ---- the try ---- */

/* Some that are needed are there when it could start: their room is, or what is planned
 * there later would be in its way. It waits until they are gone. */
static bool wait_for_all(struct sched *s, struct hunt *h, size_t *before)
{
    size_t gone = hunt_gone(h);

    if (*before > gone)
        return true;
    h->behind = true;
    *before = gone + 1;
    if (*before > h->before || !fits(s, h, *before))
        return false;
    take_only_needed(s, h, *before);
    return true;
}

/* From h->from on, with as few of the victims as will do. False: not even with all. */
static bool take_fewest(struct sched *s, struct hunt *h, size_t *ret_before)
{
    h->behind = false;
    if (!fits(s, h, h->before) || hunt_is_too_soon(s, h))
        return false;
    *ret_before = s->window.first + 1;
    take_only_needed(s, h, *ret_before);
    return wait_for_all(s, h, ret_before);
}

/* With as few of the victims that were chosen as will do; NULL: not even with all. */
static const struct slot *find_room(struct sched *s, struct hunt *h, size_t *ret_n,
                                    bool *ret_others)
{
    const struct slot *slots;
    size_t before, from;

    for (;;) {
        if (!take_fewest(s, h, &before))
            return NULL;
        from = hunt_others(s, h, before);
        if (from == 0 || from >= h->before || hunt_gone(h) > 0)
            break;
        h->from = from; /* later than before: it comes to an end */
    }
    *ret_others = from > 0;
    if (*ret_others)
        return NULL;
    slots = find_place(s, h, before, ret_n);
    if (slots == NULL || (!hunt_is_too_soon(s, h) && s->window.first >= hunt_gone(h) &&
                          hunt_may_have(s, h, slots, *ret_n)))
        return slots;
    slots_unref(slots);
    return NULL;
}

bool hunt_try(struct sched *s, struct hunt *h)
{
    int64_t grown_sec = s->grown_sec;
    bool freed = s->freed, others = false;
    const struct slot *slots;
    size_t n;

    h->from = 0;
    hunt_lift_plans(s, h);
    book_strike(s, h->entry->rec);
    cut_taken(s, h);
    slots = find_room(s, h, &n, &others);
    if (slots != NULL) {
        keep_room(s, h, slots, n);
        return true;
    }
    undo(s, h, others);
    s->freed = freed;
    s->grown_sec = grown_sec;
    return false;
}
