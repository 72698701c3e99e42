/* May a job that preempts have what it has found? */
#include "scheduler/hunt.h"

#include <string.h>

#include "base/util.h"
#include "scheduler/book.h"
#include "scheduler/component.h"
#include "scheduler/guise.h"
#include "scheduler/trial.h"

size_t hunt_gone(const struct hunt *h)
{
    size_t from = 0;

    for (size_t i = 0; i < h->herd->n; i++) {
        if (h->herd->victims[i].taken)
            from = MAX(from, h->herd->victims[i].from);
    }
    return from;
}

bool hunt_is_too_soon(struct sched *s, const struct hunt *h)
{
    size_t gone = hunt_gone(h);
    int64_t grace_sec = 0;

    if (gone == 0 || s->window.first <= gone)
        return false;
    for (size_t i = 0; i < h->herd->n; i++) {
        const struct victim *victim = &h->herd->victims[i];

        if (victim->taken && victim->from == gone)
            grace_sec = MAX(grace_sec, victim->end_sec - h->now_sec);
    }
    s->pass.begin_sec =
        MIN(s->pass.begin_sec, book_end_before(s, s->window.first) - grace_sec);
    return true;
}

/* One whose promise is to be broken: from which slot on it would be gone if it began
 * now instead, and were ended at once; 0: it would not begin, or not be ended. */
static size_t gone_if_begun(struct sched *s, const struct hunt *h, struct jobrec *rec)
{
    const struct preempt_side side = hunt_plan_side(s, h, rec);

    if (!rec->job->plan.promised || rec->claim.first > 0 ||
        herd_claims_from(s, &h->side, &side) || herd_exempt_sec(s, &side) > 0)
        return 0;
    return book_free_from(s, timeline_end(h->now_sec, herd_grace_sec(s, &side)));
}

static size_t all_gone_if_begun(struct sched *s, const struct hunt *h)
{
    size_t gone = 0;

    for (size_t i = 0; i < h->n_lifted; i++)
        gone = MAX(gone, gone_if_begun(s, h, h->plans[i]));
    return gone;
}

/* One that has looked for victims in vain: would it fit from one of these slots on,
 * before its own plan, and might it start there? */
static bool would_fit(struct sched *s, const struct entry *entry, size_t from,
                      size_t before)
{
    const bool planned = entry->rec->claim.on;
    const size_t last = planned ? MIN(before, entry->rec->claim.first) : before;
    struct seeker by;
    const struct slot *slots;
    size_t n;
    bool fits;

    guise_wear(s, entry->rec, entry->qos_at);
    by = trial_seeker(s, entry);
    book_strike(s, entry->rec);
    slots = trial_find_from(s, entry, &by, from, last, &n);
    fits = slots != NULL && trial_may_have(s, entry, &by, slots, n);
    if (planned)
        book_enter(s, entry->rec);
    guise_rest(s, entry->rec);
    if (slots != NULL)
        slots_unref(slots);
    return fits;
}

static bool may_preempt(struct sched *s, const struct entry *by, const struct hunt *h)
{
    struct hunters one = {0};
    bool may;

    guise_wear(s, by->rec, by->qos_at);
    hunters_add(s, &one, by);
    guise_rest(s, by->rec);
    may = hunters_any(s, &one, h->entry);
    hunters_fini(&one);
    return may;
}

/* The slot in which it is to start. */
static size_t first_of(const struct entry *by)
{
    return by->rec->claim.on ? by->rec->claim.first : SIZE_MAX;
}

static bool is_other(struct sched *s, const struct hunt *h, const struct entry *by,
                     size_t before, size_t late)
{
    return by->rec != h->entry->rec && !by->rec->gone &&
           by->rec->version == by->version && by->rec->shape != NULL &&
           first_of(by) > h->from && may_preempt(s, by, h) &&
           would_fit(s, by, 0, before) &&
           (late == 0 || would_fit(s, by, late, late + 1));
}

size_t hunt_others(struct sched *s, const struct hunt *h, size_t before)
{
    size_t late = before == 1 ? all_gone_if_begun(s, h) : 0, from = 0;

    for (size_t i = 0; i < s->pass.n_vain && from != SIZE_MAX; i++) {
        if (is_other(s, h, s->pass.vain[i], before, late))
            from = MAX(from, first_of(s->pass.vain[i]));
    }
    s->pass.spared |= from > 0;
    return from;
}

static bool slots_meet(const struct slot *a, size_t n_a, const struct slot *b,
                       size_t n_b)
{
    for (size_t i = 0; i < n_a; i++) {
        for (size_t k = 0; k < n_b; k++) {
            if (strcmp(a[i].node, b[k].node) == 0)
                return true;
        }
    }
    return false;
}

/* Does a component get no nodes but of those that it may preempt? */
static bool may_component(struct sched *s, const struct hunt *h, size_t component,
                          const struct slot *slots, size_t n)
{
    bool may = true;

    for (size_t i = 0; i < h->herd->n && may; i++) {
        const struct victim *v = &h->herd->victims[i];
        const struct job *job = v->rec->job;

        may = !v->taken || herd_component_may_have(s, &h->side, component, &v->side) ||
              !slots_meet(slots, n, job->alloc, job->n_alloc);
    }
    for (size_t i = 0; i < h->n_lifted && may; i++) {
        const struct plan *plan = &h->plans[i]->job->plan;
        const struct preempt_side side = hunt_plan_side(s, h, h->plans[i]);

        may = !plan->promised ||
              herd_component_may_have(s, &h->side, component, &side) ||
              !slots_meet(slots, n, plan->slots, plan->n_slots);
    }
    return may;
}

/* Whoever makes room does so for a component that may have it. */
static bool may_components(struct sched *s, const struct hunt *h,
                           const struct slot *slots, size_t n)
{
    const struct job *job = h->entry->rec->job;
    bool may = true;

    for (size_t i = 0; i <= job->n_others && may && herd_is_apart(job); i++) {
        size_t n_own;
        const struct slot *own = component_slots(slots, n, i, &n_own);

        may = may_component(s, h, i, own, n_own);
    }
    return may;
}

bool hunt_may_have(struct sched *s, const struct hunt *h, const struct slot *slots,
                   size_t n)
{
    return may_components(s, h, slots, n) &&
           trial_may_have(s, h->entry, h->by, slots, n);
}
