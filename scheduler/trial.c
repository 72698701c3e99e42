#include "scheduler/trial_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/allowance.h"
#include "scheduler/book.h"
#include "scheduler/component.h"
#include "scheduler/reprieve.h"
#include "scheduler/twins.h"

void trial_note_place(struct sched *s, struct jobrec *rec, bool placed)
{
    if (placed && rec->job->n_others == 0)
        book_place(s, rec);
    else
        rec->claim.positions_gen = 0;
}

struct seeker trial_hopeful(struct sched *s, const struct jobrec *rec,
                            const struct seeker *by)
{
    struct seeker hopeful = *by;

    if (!rec->claim.on)
        return hopeful;
    s->own = xrealloc(s->own, (s->timeline.words + 1) * sizeof(*s->own));
    memset(s->own, 0, s->timeline.words * sizeof(*s->own));
    for (size_t i = 0; i < rec->claim.n_positions; i++)
        node_set_add(s->own, rec->claim.positions[i]);
    hopeful.own = s->own;
    hopeful.own_from = rec->claim.first;
    return hopeful;
}

/* A job that has a plan looks for an earlier one only. */
static bool may_improve(struct sched *s, const struct jobrec *rec,
                        const struct seeker *by, size_t before)
{
    struct seeker hopeful;

    if (!rec->claim.on || rec->claim.first == 0)
        return true;
    hopeful = trial_hopeful(s, rec, by);
    return window_find(&s->window, &hopeful, 0, before);
}

bool trial_is_planned_there(const struct entry *entry)
{
    const struct plan *plan = &entry->rec->job->plan;

    return str_eq(plan->partition, entry->part->part->name) &&
           (entry->rec->job->n_reservations == 1 ||
            str_eq(plan->reservation, entry->resv)) &&
           (entry->rec->job->n_qos_list == 0 ||
            str_eq(plan->qos, entry->rec->job->qos_list[entry->qos_at])) &&
           str_eq(plan->license, entry->license);
}

void trial_set_plan(struct sched *s, const struct entry *entry,
                    const struct slot *slots, size_t n)
{
    struct plan *plan = &entry->rec->job->plan;
    size_t first = s->window.first;
    bool promised = plan->promised, alone = entry->rec->job->n_reservations == 1;
    bool yielded = plan->yielded;
    /* Perhaps the plan's. */
    char *reservation = alone ? NULL : xstrdup_null(entry->resv);
    char *license = xstrdup_null(entry->license);
    const struct job *job = entry->rec->job;

    s->pass.moved |= promised;
    entry->rec->placed++;
    plan_clear(plan);
    *plan = (struct plan){
        .promised = promised,
        .yielded = yielded,
        .start_sec =
            first < s->timeline.n_slots - 1 ? s->timeline.bounds[first] : PLAN_FAR,
        .partition = xstrdup(entry->part->part->name),
        .reservation = reservation,
        .license = license,
        .qos = job->n_qos_list > 0 ? xstrdup(job->qos_list[entry->qos_at]) : NULL,
        .slots = slots,
        .n_slots = n,
    };
    trial_note_place(s, entry->rec, true);
}

/* It waits without a plan: it would be in others' way. */
static void give_up(struct sched *s, struct jobrec *rec)
{
    pass_lose_place(s, rec);
    broken_note(s, rec, BROKEN_RULES);
    plan_clear(&rec->job->plan);
    starts_enlist(s, rec);
}

/* It was lifted for another place, and is put back. */
struct lifted {
    int64_t grown_sec;
    bool freed;
};

static void put_back(struct sched *s, struct jobrec *rec, const struct lifted *before)
{
    s->freed = before->freed;
    s->grown_sec = before->grown_sec;
    book_enter(s, rec);
}

/* A limit keeps it from a place. A plan that it has stays, unless this is to be
 * now and there: then it would wait with a plan for what it may not have. */
static void refuse(struct sched *s, const struct entry *entry,
                   const struct lifted *before)
{
    struct jobrec *rec = entry->rec;
    const struct plan *plan = &rec->job->plan;

    rec->refused = true;
    if (plan->start_sec == TIME_UNSET ||
        (s->window.first == 0 && trial_is_planned_there(entry))) {
        give_up(s, rec);
        return;
    }
    trial_set_limited(entry, REASON_NONE, NULL);
    put_back(s, rec, before);
}

/* The place that was promised for now, which is there: of components a search that
 * matches them with nodes does not always come upon it again, and limits may not allow
 * others. NULL: there is none. */
static const struct slot *take_promised(struct sched *s, const struct entry *entry,
                                        size_t *ret_n)
{
    const struct plan *plan = &entry->rec->job->plan;

    if (!trial_stands(entry) || crew_short(s, entry->rec, 0, 1) != SLOT_NONE)
        return NULL;
    s->window.first = 0;
    *ret_n = plan->n_slots;
    return slots_ref(plan->slots);
}

struct search {
    size_t from, before;
    enum allowed last;
};

/* Behind what was refused; of what is used up by then, where it is forgotten: that is
 * so once at most. False: it is refused whatever the time. */
static bool goes_on(struct sched *s, const struct entry *entry, struct search *in)
{
    const struct timeline *tl = &s->timeline;
    size_t first, forgotten = 0;

    if (s->held.forgotten_sec != TIME_UNSET)
        timeline_span(tl, tl->bounds[0], s->held.forgotten_sec, &first, &forgotten);
    in->from = MAX(s->window.first + 1, forgotten);
    if (in->last == ALLOWED_NOT_THEN)
        return true;
    if (forgotten == 0 || forgotten >= in->before || !trial_is_limited_later(entry))
        return false;
    trial_allow_then(entry);
    return true;
}

/* The first place from a slot on that limits allow; NULL: none. What they said of the
 * last that was found is in `in`: it may be refused whatever the time. */
static const struct slot *find_within(struct sched *s, const struct entry *entry,
                                      const struct seeker *by, struct search *in,
                                      size_t *ret_n)
{
    do {
        const struct slot *slots =
            trial_find_from(s, entry, by, in->from, in->before, ret_n);

        in->last = ALLOWED_NOT_THEN;
        if (slots == NULL)
            return NULL;
        in->last = trial_allow(s, entry, by, &slots, ret_n);
        if (in->last == ALLOWED)
            return slots;
        slots_unref(slots);
    } while (goes_on(s, entry, in));
    return NULL;
}

/* Where what runs leaves too few nodes for one now, a later one beside its group. */
static const struct slot *find_allowed(struct sched *s, const struct entry *entry,
                                       const struct seeker *by, size_t before,
                                       size_t *ret_n)
{
    struct search in = {.before = before};
    const struct slot *slots = find_within(s, entry, by, &in, ret_n);
    const size_t refused = s->window.first;

    if (slots != NULL || in.last == ALLOWED_NOT_THEN)
        return slots;
    if (refused == 0 && trial_may_go_beside(s, entry, by)) {
        trial_limit_now(entry, true);
        slots = find_within(s, entry, by, &in, ret_n);
    }
    if (slots == NULL) {
        trial_limit_now(entry, false);
        s->window.first = refused;
    }
    entry->rec->refused = slots == NULL;
    return slots;
}

/* Is in its plan what its partition gives it now? */
static bool has_its_due(struct sched *s, const struct entry *entry)
{
    const struct plan *plan = &entry->rec->job->plan;
    struct shape *shape = trial_shape(s, entry);
    bool has = true;

    for (size_t i = 0; i <= entry->rec->job->n_others && has; i++) {
        size_t n;
        const struct slot *slots = component_slots(plan->slots, plan->n_slots, i, &n);

        has =
            placement_is_asked(&s->cluster, shape_component(shape, i)->like, slots, n);
    }
    return has;
}

/* Is it due, with what its partition gave once? There is no room for what it gives. */
static bool is_outdated(struct sched *s, const struct entry *entry)
{
    return trial_stands(entry) &&
           entry->rec->job->plan.start_sec < s->timeline.bounds[1] &&
           !has_its_due(s, entry);
}

/* If limits allow that as well. */
static const struct slot *find_promised(struct sched *s, const struct entry *entry,
                                        const struct seeker *by, size_t *ret_n)
{
    const struct slot *slots =
        is_outdated(s, entry) ? NULL : take_promised(s, entry, ret_n);

    if (slots == NULL || trial_check(s, entry, by, slots, *ret_n) == ALLOWED)
        return slots;
    slots_unref(slots);
    return NULL;
}

/* Limits that do not depend on others may have fallen since that was promised. */
static bool may_keep(struct sched *s, const struct entry *entry)
{
    const struct plan *plan = &entry->rec->job->plan;
    struct job view;
    enum reason reason;

    str_reset(&s->message);
    reason =
        allowance_check_own(s, job_with_license(entry->rec->job, entry->license, &view),
                            entry->part->part, plan->slots, plan->n_slots, &s->message);
    if (reason != REASON_NONE)
        trial_set_limited(entry, reason, s->message.s);
    return reason == REASON_NONE;
}

/* It has found nothing better than it has. Who has nothing, as limits leave no room
 * beside what is planned, is not in the way of others. */
static void go_back(struct sched *s, const struct entry *entry, const struct seeker *by,
                    const struct lifted *before)
{
    struct jobrec *rec = entry->rec;
    enum reason reason;

    if (rec->refused) {
        refuse(s, entry, before);
        return;
    }
    if (is_outdated(s, entry) ||
        (rec->declined && trial_stands(entry) && !may_keep(s, entry))) {
        give_up(s, rec);
        return;
    }
    put_back(s, rec, before);
    if (rec->job->plan.start_sec != TIME_UNSET || by->n_bounds == 0)
        return;
    reason = trial_why_limited(s, entry, by, true);
    if (reason != REASON_NONE)
        trial_set_limited(entry, reason, s->message.s);
}

/* In the window that was found last. */
static void place(struct sched *s, const struct entry *entry, const struct slot *slots,
                  size_t n)
{
    trial_set_plan(s, entry, slots, n);
    book_enter(s, entry->rec);
    reprieve_placed(s, entry->rec);
}

/* NULL: none. Who was promised a start now a walk ago has the very place. */
static const struct slot *find_start(struct sched *s, const struct entry *entry,
                                     const struct seeker *by, size_t before, bool due,
                                     size_t *ret_n, bool *ret_placed)
{
    struct jobrec *rec = entry->rec;
    const struct slot *slots = NULL;

    *ret_placed = false;
    if (due && rec->held > 0)
        slots = find_promised(s, entry, by, ret_n);
    if (slots != NULL)
        return slots;
    trial_set_limited(entry, REASON_NONE, NULL);
    *ret_placed = true;
    slots = find_allowed(s, entry, by, before, ret_n);
    if (slots != NULL || !due || rec->refused)
        return slots;
    *ret_placed = false;
    return find_promised(s, entry, by, ret_n);
}

static bool run(struct sched *s, const struct entry *entry, const struct seeker *by,
                size_t before, bool in_turn)
{
    struct jobrec *rec = entry->rec;
    const struct lifted lifted = {.grown_sec = s->grown_sec, .freed = s->freed};
    const struct twins_mark mark = twins_mark(s, rec);
    const bool due = rec->claim.on && rec->claim.first == 0;
    bool placed;
    const struct slot *slots;
    struct twins twins;
    size_t n;

    twins.n = 0;
    trial_set_limited(entry, REASON_NONE, NULL);
    rec->refused = rec->declined = false;
    if (!may_improve(s, rec, by, before))
        return false;
    book_strike(s, rec);
    slots = find_start(s, entry, by, before, due, &n, &placed);
    if (slots == NULL) {
        go_back(s, entry, by, &lifted);
        return false;
    }
    if (s->window.first == 0 && (due || !in_turn || !pass_holds(s, entry)) &&
        !twins_find(s, entry, &mark, &twins)) {
        trial_start(s, entry, slots, n, placed);
        return true;
    }
    place(s, entry, slots, n);
    twins_pass_on(s, rec, &twins);
    return false;
}

bool trial_run(struct sched *s, const struct entry *entry, const struct seeker *by,
               size_t before)
{
    return run(s, entry, by, before, false);
}

bool trial_run_in_turn(struct sched *s, const struct entry *entry,
                       const struct seeker *by, size_t before)
{
    return run(s, entry, by, before, true);
}

/* What the trial has told of limits stays. */
void trial_move_over(struct sched *s, const struct entry *entry,
                     const struct seeker *by)
{
    struct jobrec *rec = entry->rec;
    const struct lifted lifted = {.grown_sec = s->grown_sec, .freed = s->freed};
    struct search in = {.from = rec->claim.first, .before = rec->claim.first + 1};
    const struct slot *slots;
    size_t n;

    if (rec->refused || trial_limited_now(entry, NULL) != REASON_NONE)
        return;
    book_strike(s, rec);
    slots = find_within(s, entry, by, &in, &n);
    if (slots != NULL) {
        place(s, entry, slots, n);
        return;
    }
    trial_set_limited(entry, REASON_NONE, NULL);
    put_back(s, rec, &lifted);
}
