#include "scheduler/preempt.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/allowance.h"
#include "scheduler/book.h"
#include "scheduler/component.h"
#include "scheduler/prospect.h"
#include "scheduler/reclaim.h"
#include "scheduler/trial.h"
#include "scheduler/victims.h"
#include "scheduler/yield.h"

/* So many victims are tried together where the choice was in vain. */
#define TRY_ALL_MAX 256

void preempt_say(struct sched *s, const struct jobrec *rec)
{
    const struct qos *qos = policy_qos(&s->policy, rec->job);

    if (rec->too_many)
        str_addf(&s->message,
                 "; more than %d jobs might end early for it, too many to choose from",
                 TRY_ALL_MAX);
    if (s->config.preempt_type != PREEMPT_BY_QOS || qos == NULL || !qos->in_circle)
        return;
    str_add(&s->message, "; ");
    preempt_say_circle(s->policy.qos, s->policy.n_qos, qos, &s->message);
}

/* One search for victims. */
struct hunt {
    const struct entry *entry;
    const struct seeker *by;
    struct seeker apart; /* `by`, in the last attempt for components */
    struct preempt_side side;
    int64_t now_sec;
    struct herd *herd;
    struct victims *victims;
    size_t n_victims;      /* that it may end */
    struct jobrec **plans; /* promises and forecasts that may be broken */
    size_t n_plans, plans_cap;
    size_t n_lifted; /* the first ones: they are off the timeline */
    size_t before;   /* slot: it is to start earlier */
    bool started;
};

/* ---- what is planned ---- */

/* Of a job that is planned. */
static struct preempt_side plan_side(struct sched *s, const struct hunt *h,
                                     const struct jobrec *rec)
{
    const struct partrec *part =
        cluster_partition(&s->cluster, rec->job->plan.partition);
    struct preempt_side side = herd_side(s, rec, part);

    side.priority = herd_asks_priority(s, &h->side)
                        ? pass_priority(s, rec, part, h->now_sec).total
                        : INT64_MIN;
    return side;
}

/* A job's own plan is in its own way only. */
static bool may_lift(struct sched *s, const struct hunt *h, struct jobrec *rec)
{
    struct preempt_side side;

    if (rec == h->entry->rec)
        return true;
    if (!herd_may_lift(s, h->herd, &h->side, rec))
        return false;
    if (!rec->job->plan.promised || !herd_asks_priority(s, &h->side))
        return true;
    side = plan_side(s, h, rec);
    return herd_may_have(s, &h->side, &side);
}

static void add_plan(struct sched *s, struct hunt *h, struct jobrec *rec)
{
    size_t n;

    if (!may_lift(s, h, rec))
        return;
    GROW(h->plans, h->n_plans, h->plans_cap);
    h->plans[h->n_plans++] = rec;
    n = book_uses(s, rec);
    victims_add_plan(h->victims, s->uses, n, &rec->claim);
}

static void find_plans(struct sched *s, struct hunt *h)
{
    for (size_t i = 0; i < s->lines.n; i++)
        add_plan(s, h, s->lines.recs[i]);
}

/* ---- the try ---- */

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

/* Plans on nodes that it was given go first, and those for licences that it wants. */
static void lift_plans(struct sched *s, struct hunt *h)
{
    h->n_lifted = 0;
    for (size_t i = 0; i < h->n_plans; i++) {
        struct jobrec *rec = h->plans[i];
        bool meets = reclaim_wants(s, rec->job, h->by);

        for (size_t k = 0; k < rec->claim.n_positions && !meets; k++)
            meets = victims_use(h->victims, rec->claim.positions[k]);
        if (!meets || rec == h->entry->rec)
            continue;
        book_strike(s, rec);
        h->plans[i] = h->plans[h->n_lifted];
        h->plans[h->n_lifted++] = rec;
    }
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

static int plan_compare(const void *left, const void *right)
{
    const struct jobrec *const *a = left, *const *b = right;
    const struct job *x = (*a)->job, *y = (*b)->job;

    if (x->plan.start_sec != y->plan.start_sec)
        return x->plan.start_sec < y->plan.start_sec ? -1 : 1;
    if (x->job_id != y->job_id)
        return x->job_id < y->job_id ? -1 : 1;
    return strcmp(x->uid, y->uid);
}

static void put_plans_back(struct sched *s, struct hunt *h)
{
    if (h->n_lifted > 0)
        qsort(h->plans, h->n_lifted, sizeof(*h->plans), plan_compare);
    for (size_t i = 0; i < h->n_lifted; i++) {
        book_put_back(s, h->plans[i], BROKEN_PREEMPTION);
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
    put_plans_back(s, h);
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

/* The slot from which on all that are taken are gone; 0: nobody is. */
static size_t victims_gone(const struct hunt *h)
{
    size_t from = 0;

    for (size_t i = 0; i < h->herd->n; i++) {
        if (h->herd->victims[i].taken)
            from = MAX(from, h->herd->victims[i].from);
    }
    return from;
}

/* By its limits, as things are when it is to start. */
static bool is_allowed(struct sched *s, const struct hunt *h, const struct slot *slots,
                       size_t n)
{
    const struct allowance_then then = {.rec = h->entry->rec,
                                        .part = h->entry->part->part,
                                        .license = h->entry->license,
                                        .slots = slots,
                                        .n_slots = n,
                                        .at = s->window.first};

    str_reset(&s->message);
    return allowance_check_then(s, &then, &s->message) == REASON_NONE;
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
        const struct preempt_side side = plan_side(s, h, h->plans[i]);

        may = !plan->promised ||
              herd_component_may_have(s, &h->side, component, &side) ||
              !slots_meet(slots, n, plan->slots, plan->n_slots);
    }
    return may;
}

/* Whoever makes room does so for a component that may have it. */
static bool may_have(struct sched *s, const struct hunt *h, const struct slot *slots,
                     size_t n)
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

/* True: it would start later than the victims are gone, who would have run on until
 * then. It is asked again when they would be gone in time. */
static bool is_too_soon(struct sched *s, const struct hunt *h)
{
    size_t gone = victims_gone(h);
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

/* With as few of the victims that were chosen as will do; NULL: not even with all. All
 * who end are gone before it starts: otherwise they would end for what is planned
 * behind it. */
static struct slot *find_room(struct sched *s, struct hunt *h, size_t *ret_n)
{
    struct slot *slots;
    size_t before;

    if (!fits(s, h, h->before) || is_too_soon(s, h))
        return NULL;
    before = s->window.first + 1;
    take_only_needed(s, h, before);
    slots = trial_find_place(s, h->entry, h->by, before, ret_n);
    if (slots == NULL ||
        (!is_too_soon(s, h) && s->window.first >= victims_gone(h) &&
         may_have(s, h, slots, *ret_n) && is_allowed(s, h, slots, *ret_n)))
        return slots;
    slots_free(slots, *ret_n);
    return NULL;
}

/* The victims that were chosen, on the timeline. False: they will not do. */
static bool try_victims(struct sched *s, struct hunt *h)
{
    int64_t grown_sec = s->grown_sec;
    bool freed = s->freed;
    struct slot *slots;
    size_t n;

    lift_plans(s, h);
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

/* Where pods may share nodes or differ, or nodes go together, the choice is a guess;
 * for components there is none. */
static bool is_guess(const struct sched *s, const struct hunt *h)
{
    const struct job *like = h->by->shape->like;

    return like->n_units > 0 || !like->one_per_node || placement_has_rules(like) ||
           like->n_others > 0 || like->most_switches > 0 ||
           s->cluster.topology.kind == TOPOLOGY_BLOCK;
}

/* On a node of several components all of them would have to be allowed to preempt. */
static void try_apart(struct sched *s, struct hunt *h)
{
    h->apart = *h->by;
    h->apart.apart = true;
    h->by = &h->apart;
    victims_take_all(h->victims);
    try_victims(s, h);
}

static void hunt(struct sched *s, struct hunt *h)
{
    struct fit *fit = shape_fit(trial_shape(s, h->entry), h->entry->part);
    bool lacks = reclaim_lacks(s, h->by);

    if (lacks && !s->config.preempt_reclaim_licenses)
        return;
    h->herd = herd_of(s, &h->side, h->now_sec);
    h->n_victims = herd_muster(h->herd, s, &h->side, h->before);
    if (h->n_victims == 0 && trial_why_not_now(s, h->entry, h->by) != REASON_PRIORITY)
        return; /* no plan is in its way */
    if (!prospect_any(s, h->herd, &h->side, h->entry->rec, h->by, fit))
        return;
    victims_begin(h->victims, h->herd);
    find_plans(s, h);
    if (h->n_victims + h->n_plans == 0)
        return;
    if (victims_choose(h->victims, &s->cluster, h->by) &&
        (!lacks || reclaim_take(s, h->herd, h->by)) && try_victims(s, h))
        return;
    if (!is_guess(s, h))
        return;
    h->entry->rec->too_many = h->n_victims > TRY_ALL_MAX;
    if (h->entry->rec->too_many)
        return;
    victims_take_all(h->victims);
    if (!try_victims(s, h) && herd_is_apart(h->entry->rec->job))
        try_apart(s, h);
}

static struct preempt_side side_of(const struct sched *s, const struct entry *entry)
{
    struct preempt_side side = herd_side(s, entry->rec, entry->part);

    side.priority = entry->priority.total;
    side.resv = entry->resv;
    return side;
}

bool preempt_may_hunt(const struct sched *s, const struct entry *entry)
{
    return (s->config.preempt_type != PREEMPT_BY_NOBODY ||
            reserve_claims(s, entry->rec->job, entry->part, entry->resv)) &&
           !yield_any(entry->rec);
}

bool preempt_muster(struct sched *s, const struct entry *entry, int64_t now_sec)
{
    uint64_t number = s->herds.number;
    struct preempt_side side;

    if (!preempt_may_hunt(s, entry))
        return true;
    side = side_of(s, entry);
    herd_of(s, &side, now_sec);
    return s->herds.number == number;
}

bool preempt_run(struct sched *s, const struct entry *entry, const struct seeker *by,
                 int64_t now_sec)
{
    struct jobrec *rec = entry->rec;
    struct hunt h = {
        .entry = entry, .by = by, .now_sec = now_sec, .victims = &s->victims};

    rec->too_many = false;
    if (!preempt_may_hunt(s, entry))
        return false;
    h.side = side_of(s, entry);
    h.before = trial_before_deadline(s, entry);
    if (rec->claim.on)
        h.before = MIN(h.before, rec->claim.first);
    hunt(s, &h);
    free(h.plans);
    return h.started;
}
