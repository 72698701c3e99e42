/* Victims that were chosen are tried on the timeline. */
#include "scheduler/hunt.h"

#include <stdlib.h>

#include "base/util.h"
#include "scheduler/allowance.h"
#include "scheduler/book.h"
#include "scheduler/trial.h"
#include "scheduler/yield.h"

static void cut(struct sched *s, const struct hunt *h, struct victim *victim)
{
    struct jobrec *rec = victim->rec;

    book_strike(s, rec);
    rec->job->preempted_by = h->entry->rec->job->job_id;
    rec->job->preempt_sec = victim->end_sec;
    book_enter(s, rec);
    victim->taken = true;
}

static void spare(struct sched *s, struct victim *victim)
{
    struct jobrec *rec = victim->rec;

    book_strike(s, rec);
    rec->job->preempted_by = 0;
    rec->job->preempt_sec = TIME_UNSET;
    book_enter(s, rec);
    victim->taken = false;
}

static bool fits(struct sched *s, const struct hunt *h, size_t before)
{
    size_t n;
    struct slot *slots = trial_find_place(s, h->entry, h->by, before, &n);

    if (slots != NULL)
        slots_free(slots, n);
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
        spare(s, taken[i]);
    if (fits(s, h, before))
        return;
    for (size_t i = first; i < last; i++)
        cut(s, h, taken[i]);
    if (last - first == 1)
        return;
    spare_needless(s, h, taken, middle, last, before);
    spare_needless(s, h, taken, first, middle, before);
}

static void take_only_needed(struct sched *s, struct hunt *h, size_t before)
{
    struct herd *herd = h->herd;
    AUTO_FREE struct victim **taken = xcalloc(herd->n + 1, sizeof(*taken));
    size_t n = 0;

    for (size_t i = 0; i < herd->n; i++) {
        if (herd->victims[i].taken)
            taken[n++] = &herd->victims[i];
    }
    spare_needless(s, h, taken, 0, n, before);
}

/* ---- what was decided ---- */

static void decide(struct sched *s, const struct hunt *h)
{
    for (size_t i = 0; i < h->herd->n; i++) {
        const struct victim *victim = &h->herd->victims[i];
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

        if (!victim->taken)
            continue;
        decided_add(&s->decided, &decision);
        yield_enlist(s, victim->rec, true);
        allowance_take(s, victim->rec); /* it is to hold it for less time */
        s->end_sec = MIN(s->end_sec, victim->end_sec);
    }
}

static void keep_room(struct sched *s, struct hunt *h, struct slot *slots, size_t n)
{
    struct jobrec *rec = h->entry->rec;

    h->started = s->window.first == 0;
    if (h->started) {
        trial_start(s, h->entry, slots, n, true);
    } else {
        trial_set_plan(s, h->entry, slots, n);
        rec->job->plan.promised = true;
        book_enter(s, rec);
        starts_enlist(s, rec);
    }
    decide(s, h);
    hunt_put_plans_back(s, h);
    s->pass.moved = true;
}

static void undo(struct sched *s, struct hunt *h)
{
    for (size_t i = 0; i < h->herd->n; i++) {
        if (h->herd->victims[i].taken)
            spare(s, &h->herd->victims[i]);
    }
    for (size_t i = 0; i < h->n_lifted; i++)
        book_enter(s, h->plans[i]);
    book_enter(s, h->entry->rec);
}

/* ---- the try ---- */

/* With as few of the victims that were chosen as will do; NULL: not even with all. All
 * who end are gone before it starts: otherwise they would end for what is planned
 * behind it. */
static struct slot *find_room(struct sched *s, struct hunt *h, size_t *ret_n)
{
    struct slot *slots;
    size_t before;

    if (!fits(s, h, h->before) || hunt_is_too_soon(s, h))
        return NULL;
    before = s->window.first + 1;
    take_only_needed(s, h, before);
    slots = trial_find_place(s, h->entry, h->by, before, ret_n);
    if (slots == NULL || (!hunt_is_too_soon(s, h) && s->window.first >= hunt_gone(h) &&
                          hunt_may_have(s, h, slots, *ret_n)))
        return slots;
    slots_free(slots, *ret_n);
    return NULL;
}

bool hunt_try(struct sched *s, struct hunt *h)
{
    int64_t grown_sec = s->grown_sec;
    bool freed = s->freed;
    struct slot *slots;
    size_t n;

    hunt_lift_plans(s, h);
    book_strike(s, h->entry->rec);
    for (size_t i = 0; i < h->herd->n; i++) {
        if (h->herd->victims[i].taken)
            cut(s, h, &h->herd->victims[i]);
    }
    slots = find_room(s, h, &n);
    if (slots != NULL) {
        keep_room(s, h, slots, n);
        return true;
    }
    undo(s, h);
    s->freed = freed;
    s->grown_sec = grown_sec;
    return false;
}
