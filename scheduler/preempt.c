#include "scheduler/preempt.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/allowance.h"
#include "scheduler/book.h"
#include "scheduler/trial.h"
#include "scheduler/victims.h"

/* So many victims are tried together where the choice was in vain. */
#define TRY_ALL_MAX 256

/* ---- who yields ---- */

static bool yields_to(const struct jobrec *rec, const struct jobrec *to)
{
    return to->job_id != 0 && rec->job->preempted_by == to->job_id;
}

void preempt_count_victims(struct sched *s, struct jobrec *rec)
{
    rec->n_victims = 0;
    for (size_t i = 0; i < s->n_yielding; i++)
        rec->n_victims += yields_to(s->yielding[i], rec);
}

void preempt_enlist(struct sched *s, struct jobrec *rec, bool yields)
{
    int64_t number = rec->job->preempted_by;
    struct jobrec *to;

    if (yields == rec->yields)
        return;
    rec->yields = yields;
    HASH_FIND(hh_id, s->by_id, &number, sizeof(number), to);
    if (to != NULL)
        to->n_victims += yields ? 1 : -1;
    if (yields) {
        GROW(s->yielding, s->n_yielding, s->yielding_cap);
        rec->yield_at = s->n_yielding;
        s->yielding[s->n_yielding++] = rec;
    } else {
        s->yielding[rec->yield_at] = s->yielding[--s->n_yielding];
        s->yielding[rec->yield_at]->yield_at = rec->yield_at;
    }
}

static bool slots_meet(const struct plan *plan, const struct job *victim)
{
    for (size_t i = 0; i < plan->n_slots; i++) {
        for (size_t k = 0; k < victim->n_alloc; k++) {
            if (strcmp(plan->slots[i].node, victim->alloc[k].node) == 0)
                return true;
        }
    }
    return false;
}

bool preempt_follow_victims(struct sched *s, struct jobrec *rec)
{
    struct plan *plan = &rec->job->plan;
    const struct timeline *tl = &s->timeline;
    size_t from = 0;

    if (!preempt_has_victims(rec) || plan->start_sec == PLAN_FAR)
        return false;
    for (size_t i = 0; i < s->n_yielding; i++) {
        const struct jobrec *victim = s->yielding[i];

        if (yields_to(victim, rec) && slots_meet(plan, victim->job))
            from = MAX(from, book_free_from(s, jobrec_end(s, victim)));
    }
    if (from == 0 || from >= tl->n_slots - 1 || plan->start_sec >= tl->bounds[from])
        return false;
    plan->start_sec = tl->bounds[from];
    return true;
}

void preempt_say(struct sched *s, const struct jobrec *rec)
{
    const struct qos *qos = policy_qos(&s->policy, rec->job);
    size_t n = rec->n_victims;

    if (n > 0)
        str_addf(&s->message, "; %zu job%s end%s early for it", n, n == 1 ? "" : "s",
                 n == 1 ? "s" : "");
    if (s->config.preempt_type != PREEMPT_BY_QOS || qos == NULL || !qos->in_circle)
        return;
    str_add(&s->message, "; ");
    preempt_say_circle(s->policy.qos, s->policy.n_qos, qos, &s->message);
}

/* ---- who may be taken ---- */

/* One search for victims. */
struct hunt {
    const struct entry *entry;
    const struct seeker *by;
    struct preempt_side side;
    int64_t now_sec;
    struct victims victims;
    bool some_run;         /* that it may end, be it in time or not */
    struct jobrec **plans; /* promises and forecasts that may be broken */
    size_t n_plans, plans_cap;
    size_t n_lifted; /* the first ones: they are off the timeline */
    size_t before;   /* slot: it is to start earlier */
    bool started;
};

static struct preempt_side side_of(const struct sched *s, const struct job *job,
                                   const struct partrec *rec)
{
    const struct partition *part = rec != NULL ? rec->part : NULL;

    return (struct preempt_side){
        .job = job,
        .part = part,
        .qos = policy_qos(&s->policy, job),
        .part_qos = part != NULL ? policy_part_qos(&s->policy, part) : NULL,
    };
}

/* One that runs, or is planned, in a partition; NULL: that is gone. */
static bool may_take(struct sched *s, const struct hunt *h, const struct jobrec *rec,
                     const struct partrec *part, int64_t at_sec,
                     struct preempt_side *ret)
{
    *ret = side_of(s, rec->job, part);
    ret->priority = INT64_MIN;
    if (!preempt_may(&s->config, &h->side, ret))
        return false;
    if (preempt_asks_priority(&s->config, &h->side))
        ret->priority = pass_priority(s, rec, part, at_sec).total;
    return preempt_may(&s->config, &h->side, ret);
}

static bool is_exempt(struct sched *s, const struct hunt *h,
                      const struct preempt_side *side)
{
    int64_t until =
        timeline_end(side->job->start_sec, preempt_exempt_sec(&s->config, side));

    if (h->now_sec >= until)
        return false;
    s->pass.begin_sec = MIN(s->pass.begin_sec, until);
    return true;
}

/* One that runs keeps the priority that it started with, unless running jobs' are
 * worked out as well. */
static int64_t priority_time(const struct sched *s, const struct hunt *h,
                             const struct job *job)
{
    bool goes_on = (s->config.priority_flags & PRIORITY_CALCULATE_RUNNING) != 0;

    return goes_on ? h->now_sec : job->start_sec;
}

static void add_running(struct sched *s, struct hunt *h, struct jobrec *rec)
{
    struct job *job = rec->job;
    const struct partrec *part = cluster_partition(&s->cluster, job->partition);
    struct victim victim = {.rec = rec};
    struct preempt_side side;
    int64_t elapsed;

    if (job->preempted_by != 0 || rec->end_told || job->start_sec == TIME_UNSET ||
        !may_take(s, h, rec, part, priority_time(s, h, job), &side) ||
        is_exempt(s, h, &side))
        return;
    h->some_run = true;
    elapsed = MAX(h->now_sec - job->start_sec, 0);
    victim.cost =
        s->config.preempt_youngest_first ? elapsed : preempt_cost(&s->config, &side);
    victim.work = elapsed * (int64_t)job->n_alloc;
    victim.end_sec = timeline_end(h->now_sec, preempt_grace_sec(&s->config, &side));
    victim.from = book_free_from(s, victim.end_sec);
    victim.requeue = preempt_mode_of(&s->config, &side) == PREEMPT_REQUEUE;
    if (victim.from < h->before && victim.from < rec->claim.last)
        victims_add(&h->victims, &victim);
}

/* What nobody was promised may be planned anew, and a job's own plan is in its own way
 * only. Room that others already yield is not taken again. */
static void add_plan(struct sched *s, struct hunt *h, struct jobrec *rec)
{
    const struct plan *plan = &rec->job->plan;
    const struct partrec *part = cluster_partition(&s->cluster, plan->partition);
    struct preempt_side side;

    if (preempt_has_victims(rec) || (rec != h->entry->rec && plan->promised &&
                                     !may_take(s, h, rec, part, h->now_sec, &side)))
        return;
    GROW(h->plans, h->n_plans, h->plans_cap);
    h->plans[h->n_plans++] = rec;
}

static void find_shares(struct sched *s, struct hunt *h)
{
    struct victims *v = &h->victims;
    size_t n;

    victims_sort(v);
    for (size_t i = 0; i < v->n; i++) {
        const struct claim *claim = &v->items[i].rec->claim;

        n = book_uses(s, v->items[i].rec);
        victims_share(v, i, s->uses, n, v->items[i].from, claim->last);
    }
    for (size_t i = 0; i < h->n_plans; i++) {
        const struct claim *claim = &h->plans[i]->claim;

        n = book_uses(s, h->plans[i]);
        victims_share(v, VICTIM_NONE, s->uses, n, claim->first, claim->last);
    }
}

/* Many may wait, and nobody run whom they could end: once a walk, for jobs of one
 * shape, is enough to know. */
static void find_running(struct sched *s, struct hunt *h)
{
    struct fit *fit = shape_fit(h->entry->rec->shape, h->entry->part);
    bool is_known =
        fit->nobody_walk == s->pass.number && fit->nobody_for == h->side.qos;

    if (is_known && !preempt_asks_priority(&s->config, &h->side))
        return;
    for (size_t i = 0; i < s->n_holding; i++) {
        if (s->holding[i]->job->phase == JOB_RUNNING)
            add_running(s, h, s->holding[i]);
    }
    if (h->some_run)
        return;
    fit->nobody_walk = s->pass.number;
    fit->nobody_for = h->side.qos;
}

static void find_plans(struct sched *s, struct hunt *h)
{
    for (size_t i = 0; i < s->lines.n; i++)
        add_plan(s, h, s->lines.items[i].rec);
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

/* Plans on nodes that it was given go first. */
static void lift_plans(struct sched *s, struct hunt *h)
{
    h->n_lifted = 0;
    for (size_t i = 0; i < h->n_plans; i++) {
        struct jobrec *rec = h->plans[i];
        bool meets = false;

        for (size_t k = 0; k < rec->claim.n_positions && !meets; k++)
            meets = victims_use(&h->victims, rec->claim.positions[k]);
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
    struct victims *v = &h->victims;
    AUTO_FREE struct victim **taken = xcalloc(v->n + 1, sizeof(*taken));
    size_t n = 0;

    for (size_t i = 0; i < v->n; i++) {
        if (v->items[i].taken)
            taken[n++] = &v->items[i];
    }
    spare_needless(s, h, taken, 0, n, before);
}

/* ---- what was decided ---- */

static void decide(struct sched *s, const struct hunt *h)
{
    for (size_t i = 0; i < h->victims.n; i++) {
        const struct victim *victim = &h->victims.items[i];
        const struct decision decision = {
            .kind = DECIDE_PREEMPT,
            .job_uid = victim->rec->uid,
            .preempted_by = h->entry->rec->job->job_id,
            .preempt_sec = victim->end_sec,
            .requeue = victim->requeue,
            .planned_sec = TIME_UNSET,
        };

        if (!victim->taken)
            continue;
        decided_add(&s->decided, &decision);
        preempt_enlist(s, victim->rec, true);
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
        bool promised = h->plans[i]->job->plan.promised;

        if (!book_put_back(s, h->plans[i]))
            s->n_broken += promised;
    }
}

static void keep_room(struct sched *s, struct hunt *h, struct slot *slots, size_t n)
{
    struct jobrec *rec = h->entry->rec;

    h->started = s->window.first == 0;
    if (h->started) {
        trial_start(s, h->entry, slots, n, true, h->now_sec);
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
    for (size_t i = 0; i < h->victims.n; i++) {
        if (h->victims.items[i].taken)
            spare(s, &h->victims.items[i]);
    }
    for (size_t i = 0; i < h->n_lifted; i++)
        book_enter(s, h->plans[i]);
    book_enter(s, h->entry->rec);
}

/* The slot from which on all that are taken are gone; 0: nobody is. */
static size_t victims_gone(const struct hunt *h)
{
    size_t from = 0;

    for (size_t i = 0; i < h->victims.n; i++) {
        if (h->victims.items[i].taken)
            from = MAX(from, h->victims.items[i].from);
    }
    return from;
}

/* By its limits, without what would be free again. */
static bool is_allowed(struct sched *s, const struct hunt *h, const struct slot *slots,
                       size_t n)
{
    str_reset(&s->message);
    return allowance_check_tres(s, h->entry->rec->job, h->entry->part->part, slots, n,
                                &s->message) == REASON_NONE;
}

/* True: it would start later than the victims are gone, who would have run on until
 * then. It is asked again when they would be gone in time. */
static bool is_too_soon(struct sched *s, const struct hunt *h)
{
    size_t gone = victims_gone(h);
    int64_t grace_sec = 0;

    if (gone == 0 || s->window.first <= gone)
        return false;
    for (size_t i = 0; i < h->victims.n; i++) {
        const struct victim *victim = &h->victims.items[i];

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
    if (slots == NULL || (!is_too_soon(s, h) && s->window.first >= victims_gone(h) &&
                          is_allowed(s, h, slots, *ret_n)))
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
    for (size_t i = 0; i < h->victims.n; i++) {
        if (h->victims.items[i].taken)
            cut(s, h, &h->victims.items[i]);
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
static bool may_try_all(const struct hunt *h)
{
    const struct job *like = h->by->shape->like;

    return (like->n_units > 0 || !like->one_per_node || placement_has_rules(like) ||
            like->n_others > 0) &&
           h->victims.n <= TRY_ALL_MAX;
}

static void hunt(struct sched *s, struct hunt *h)
{
    find_running(s, h);
    if (h->victims.n == 0 && trial_why_not_now(s, h->entry, h->by) != REASON_PRIORITY)
        return; /* no plan is in its way */
    find_plans(s, h);
    if (h->victims.n + h->n_plans == 0)
        return;
    find_shares(s, h);
    if (h->by->shape->like->n_others == 0 &&
        victims_choose(&h->victims, &s->cluster, h->by) && try_victims(s, h))
        return;
    if (!may_try_all(h))
        return;
    victims_take_all(&h->victims);
    try_victims(s, h);
}

bool preempt_run(struct sched *s, const struct entry *entry, const struct seeker *by,
                 int64_t now_sec)
{
    struct jobrec *rec = entry->rec;
    struct hunt h = {.entry = entry, .by = by, .now_sec = now_sec};

    if (s->config.preempt_type == PREEMPT_BY_NOBODY || preempt_has_victims(rec))
        return false;
    h.side = side_of(s, rec->job, entry->part);
    h.side.priority = entry->priority.total;
    h.before = trial_before_deadline(s, entry);
    if (rec->claim.on)
        h.before = MIN(h.before, rec->claim.first);
    hunt(s, &h);
    victims_fini(&h.victims);
    free(h.plans);
    return h.started;
}
