#include "scheduler/trial.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/access.h"
#include "scheduler/accrue.h"
#include "scheduler/allowance.h"
#include "scheduler/book.h"
#include "scheduler/charge.h"
#include "scheduler/check.h"
#include "scheduler/component.h"
#include "scheduler/components.h"
#include "scheduler/reprieve.h"
#include "scheduler/tell.h"

/* A job with a least limit takes as much more as is free behind it. */
static int64_t limit_in_force(struct sched *s, struct jobrec *rec,
                              const struct partition *part, int64_t now_sec)
{
    int64_t largest = check_largest(rec->job, part, now_sec);

    if (rec->job->time_min_sec == LIMIT_UNSET)
        return largest;
    return book_longest(s, rec, check_length(rec->job, part, now_sec), largest);
}

/* `placed`: the slots are those that the placer found last; of components it knows the
 * last one alone. */
static void note_place(struct sched *s, struct jobrec *rec, bool placed)
{
    if (placed && rec->job->n_others == 0)
        book_place(s, rec);
    else
        rec->claim.positions_gen = 0;
}

/* ---- a start ---- */

/* The array waits for its next task: without a plan, without age, told anew. It counts
 * as many jobs as it has tasks. */
static void begin_anew(struct sched *s, struct jobrec *array, int64_t started)
{
    struct job *job = array->job;
    bool ages = job->accrue_sec != TIME_UNSET;

    s->pass.moved |= job->plan.promised;
    plan_clear(&job->plan);
    allowance_drop(s, array);
    taskset_remove(&job->array->left, started);
    taskset_add(&job->array->out, started);
    accrue_leave(s, array);
    if (ages)
        job->accrue_sec = ACCRUES_NOT;
    allowance_take(s, array);
    array->n_started++;
    starts_enlist(s, array);
    jobrec_reset_told(array);
}

/* The next task of an array, as a job of its own that waits. */
static struct jobrec *split_next(struct sched *s, struct jobrec *array,
                                 struct decision *decision)
{
    int64_t index = taskset_next(&array->job->array->left, 0);
    struct job *task = job_copy(array->job);
    AUTO_FREE char *uid = job_task_uid(array->uid, index);

    begin_anew(s, array, index);
    plan_clear(&task->plan);
    free(TAKE(task->array));
    free(task->uid);
    task->uid = xstrdup(uid);
    task->array_id = task->job_id;
    task->array_task = index;
    task->job_id = 0;
    sched_apply(s, &(struct change){.kind = CHANGE_JOB, .u.job = task});
    decision->task = index;
    return jobrec_find(s, uid);
}

/* All its tasks are jobs of their own: itself it holds nothing. */
static void set_aside(struct sched *s, const struct jobrec *array)
{
    struct job *job = job_copy(array->job);

    job->phase = JOB_ASIDE;
    sched_apply(s, &(struct change){.kind = CHANGE_JOB, .u.job = job});
}

/* It holds the slots from now on. */
static void take_slots(struct sched *s, struct jobrec *rec, struct slot *slots,
                       size_t n, bool placed)
{
    struct job *job = rec->job;

    cluster_hold(&s->cluster, slots, n);
    job->alloc = slots;
    job->n_alloc = n;
    job->start_sec = s->now_sec;
    job->phase = JOB_STARTING;
    accrue_leave(s, rec);
    /* Others may use what was promised here, or have been told of what is free now. */
    s->pass.moved |= job->plan.promised || s->pass.n_waiting > 0;
    plan_clear(&job->plan);
    note_place(s, rec, placed);
}

static void count_start(struct sched *s, struct jobrec *rec)
{
    const struct job *job = rec->job;

    book_enter(s, rec);
    allowance_take(s, rec);
    s->n_phase[JOB_PENDING]--;
    s->n_phase[JOB_STARTING]++;
    crews_count(&s->crews, job, 1);
    s->n_depending -= job->n_depends > 0;
    s->singles.stale = true;
    /* Of the same name, perhaps; of the same array. */
    s->dirty |= s->n_depending > 0 || job->tasks_limit > 0;
    shape_put(&s->shapes, rec->shape);
    rec->shape = NULL;
    rec->version++;
    starts_enlist(s, rec);
    jobrec_reset_told(rec);
}

void trial_start(struct sched *s, const struct entry *entry, struct slot *slots,
                 size_t n, bool placed)
{
    struct jobrec *queued = entry->rec, *rec = queued;
    struct decision decision = {
        .kind = DECIDE_START,
        .job_uid = queued->uid,
        .partition = entry->part->part->name,
        .reservation = reserve_running_in(s, entry->resv),
        .slots = slots,
        .n_slots = n,
        .priority = entry->priority,
        .account = policy_account(&s->policy, queued->job),
        .qos = tell_qos(s, queued->job),
        .planned_sec = TIME_UNSET,
        .task = -1,
    };

    if (queued->job->array != NULL)
        rec = split_next(s, queued, &decision);
    free(rec->job->partition);
    rec->job->partition = xstrdup(decision.partition);
    free(rec->job->reservation);
    rec->job->reservation = xstrdup_null(decision.reservation);
    take_slots(s, rec, slots, n, placed);
    decision.bound_sec = check_bound(rec->job, entry->part->part);
    decision.limit_sec = limit_in_force(s, rec, entry->part->part, s->now_sec);
    rec->job->limit_sec = decision.limit_sec;
    count_start(s, rec);
    decided_add(&s->decided, &decision);
    reprieve_started(s, queued);
    if (queued->job->array != NULL && taskset_is_empty(&queued->job->array->left))
        set_aside(s, queued);
}

struct shape *trial_shape(struct sched *s, const struct entry *entry)
{
    return variant_of(&s->shapes, entry->rec->shape, &s->cluster, entry->part);
}

/* Fair shares are found anew in each period. */
static enum reason check_threshold(struct sched *s, const struct job *job,
                                   const struct partrec *part)
{
    enum reason reason =
        policy_check_threshold(&s->policy, job, part->part, &s->message);

    if (reason != REASON_NONE)
        s->pass.begin_sec = MIN(s->pass.begin_sec, charge_next_period(s, s->now_sec));
    return reason;
}

/* Whether the partition that it is in takes a component, with its account and QOS. */
static enum reason check_component_there(struct sched *s, const struct entry *entry,
                                         size_t component)
{
    const struct job *job = entry->rec->job, *own = job_component(job, component);
    const struct partrec *part = entry->part;
    struct job alone;
    enum reason reason;

    component_alone(job, component, &alone);
    str_reset(&s->message);
    check_say_component(component, &s->message);
    if (own->n_partitions > 0)
        part = cluster_partition(&s->cluster, own->partitions[0]);
    if (part == NULL)
        return check_missing(&s->cluster, own->partitions[0], &s->message);
    reason = policy_check_partition(&s->policy, &alone, part->part, &s->message);
    if (reason == REASON_NONE)
        reason = access_check(&s->policy, &alone, part->part, &s->message);
    if (reason == REASON_NONE)
        reason = check_threshold(s, &alone, part);
    if (reason != REASON_NONE)
        return reason;
    str_reset(&s->message);
    return own->n_partitions > 0
               ? check_component_partition(job, component, entry->part->part,
                                           part->part, &s->message)
               : REASON_NONE;
}

static enum reason check_components_there(struct sched *s, const struct entry *entry)
{
    const struct job *job = entry->rec->job;
    enum reason reason = REASON_NONE;

    for (size_t i = 1; i <= job->n_others && reason == REASON_NONE; i++)
        reason = check_component_there(s, entry, i);
    return reason;
}

enum reason trial_ruled_out(struct sched *s, const struct entry *entry)
{
    const struct fit *fit;
    enum reason reason;

    /* Others of its array may have started since it was looked at. */
    reason = check_tasks(entry->rec->job, crews_active(&s->crews, entry->rec->job),
                         &s->message);
    if (reason == REASON_NONE)
        reason = policy_check_partition(&s->policy, entry->rec->job, entry->part->part,
                                        &s->message);
    if (reason == REASON_NONE)
        reason =
            access_check(&s->policy, entry->rec->job, entry->part->part, &s->message);
    if (reason == REASON_NONE)
        reason = check_partition(entry->rec->job, entry->part->part, &s->message);
    if (reason == REASON_NONE)
        reason = check_components_there(s, entry);
    if (reason == REASON_NONE)
        reason = check_threshold(s, entry->rec->job, entry->part);
    if (reason == REASON_NONE)
        reason = license_check(&s->config.licenses, entry->rec->job, &s->message);
    if (reason == REASON_NONE)
        reason = allowance_check(s, entry->rec->job, entry->part->part, &s->message);
    if (reason >= REASON_LIMITS)
        allowance_hold_back(s, entry->rec);
    if (reason == REASON_NONE)
        reason = reserve_check(s, entry->rec->job, entry->resv, &s->message);
    if (reason != REASON_NONE)
        return reason;
    fit = check_nodes(&s->placer, &s->cluster, trial_shape(s, entry), entry->part);
    if (fit->verdict != REASON_NONE) {
        str_add(&s->message, fit->message);
        return fit->verdict;
    }
    reason = allowance_check_tres(s, entry->rec->job, entry->part->part, NULL, 0,
                                  &s->message);
    if (reason >= REASON_LIMITS)
        allowance_hold_back(s, entry->rec);
    return reason;
}

/* Of a component. */
static struct seeker seeker_of(struct sched *s, const struct entry *entry,
                               size_t component)
{
    struct shape *whole = trial_shape(s, entry),
                 *shape = shape_component(whole, component);
    const struct partrec *part =
        cluster_component_partition(&s->cluster, whole->like, component, entry->part);
    const struct job *like = shape->like;

    return (struct seeker){
        .timeline = &s->timeline,
        .shape = shape,
        .part = part,
        .demand = timeline_demand(&s->timeline, &like->each, like->exclusive),
        .limit_sec = book_length(
            check_length(entry->rec->job, entry->part->part, s->timeline.bounds[0])),
        .need = placement_min_nodes(like, part->part),
        .fence = reserve_fence(s, entry->rec->job, entry->resv),
    };
}

struct seeker trial_seeker(struct sched *s, const struct entry *entry)
{
    return seeker_of(s, entry, 0);
}

static struct placement placement_at(struct sched *s, const struct entry *entry,
                                     const struct seeker *by)
{
    return (struct placement){
        .view = VIEW_WINDOW,
        .shape = trial_shape(s, entry),
        .part = entry->part,
        .window = &s->window,
        .timeline = &s->timeline,
        .asked = &s->asked,
        .fence = by->fence,
    };
}

/* What is known of such a seeker; NULL: nothing. */
static struct horizon_kind *kind_of(struct sched *s, const struct entry *entry,
                                    const struct seeker *by)
{
    if (s->grown)
        horizon_reset(&s->horizon, s->timeline.words);
    s->grown = false;
    return horizon_kind(&s->horizon, by, shape_fit(trial_shape(s, entry), entry->part));
}

/* Would it rather wait for few switches than start in a slot? */
static bool wants_few(const struct sched *s, const struct job *job, size_t slot)
{
    int64_t start_sec = slot == 0 ? s->now_sec : s->timeline.bounds[slot];

    return start_sec < jobrec_switches_until(s, job);
}

/* `seekers` has room for all. */
static struct components components_of(struct sched *s, const struct entry *entry,
                                       const struct seeker *by, struct seeker *seekers)
{
    for (size_t i = 0; i <= by->shape->like->n_others; i++) {
        seekers[i] = seeker_of(s, entry, i);
        seekers[i].limit_sec = by->limit_sec;
    }
    return (struct components){
        .placer = &s->placer,
        .cluster = &s->cluster,
        .at = placement_at(s, entry, by),
        .seekers = seekers,
        .window = &s->window,
    };
}

static struct slot *find_together(struct sched *s, const struct entry *entry,
                                  const struct seeker *by, size_t first, size_t before,
                                  size_t *ret_n)
{
    struct seeker seekers[COMPONENTS_MAX];
    struct components all = components_of(s, entry, by, seekers);
    struct slot *slots = NULL;
    size_t lacking;

    components_add_needs(seekers, by->shape->like->n_others + 1);
    all.first = first;
    while (slots == NULL && components_agree(&all, before)) {
        all.at.few = wants_few(s, entry->rec->job, all.first);
        slots = components_place(&all, ret_n, &lacking);
        all.first++;
    }
    return slots;
}

struct slot *trial_find_place(struct sched *s, const struct entry *entry,
                              const struct seeker *by, size_t before, size_t *ret_n)
{
    struct placement at = placement_at(s, entry, by);
    struct horizon_kind *kind = kind_of(s, entry, by);
    size_t first = kind != NULL ? horizon_look(kind, by) : 0;
    struct slot *slots = NULL;
    bool found;

    if (by->shape->like->n_others > 0)
        return find_together(s, entry, by, first, before, ret_n);
    found = window_find(&s->window, by, first, before);
    /* What licences keep waiting says nothing of those that need none. */
    if (kind != NULL && entry->rec->job->n_licenses == 0)
        horizon_raise(kind, by, found ? s->window.first : MAX(first, before));
    while (found && slots == NULL) {
        at.few = wants_few(s, entry->rec->job, s->window.first);
        slots = placement_find(&s->placer, &s->cluster, &at, ret_n);
        if (slots == NULL)
            found = window_find(&s->window, by, s->window.first + 1, before);
    }
    return slots;
}

/* A job that has a plan looks for an earlier one only; first as if its own nodes were
 * free from its start on, which takes no lifting of the plan. */
static bool may_improve(struct sched *s, const struct jobrec *rec,
                        const struct seeker *by, size_t before)
{
    struct seeker hopeful = *by;

    if (!rec->claim.on || rec->claim.first == 0)
        return true;
    s->own = xrealloc(s->own, (s->timeline.words + 1) * sizeof(*s->own));
    memset(s->own, 0, s->timeline.words * sizeof(*s->own));
    for (size_t i = 0; i < rec->claim.n_positions; i++)
        node_set_add(s->own, rec->claim.positions[i]);
    hopeful.own = s->own;
    hopeful.own_from = rec->claim.first;
    return window_find(&s->window, &hopeful, 0, before);
}

void trial_set_plan(struct sched *s, const struct entry *entry, struct slot *slots,
                    size_t n)
{
    struct plan *plan = &entry->rec->job->plan;
    size_t first = s->window.first;
    bool promised = plan->promised, several = entry->rec->job->n_reservations > 1;
    char *reservation = several ? xstrdup(entry->resv) : NULL; /* perhaps the plan's */

    s->pass.moved |= promised;
    plan_clear(plan);
    *plan = (struct plan){
        .promised = promised,
        .start_sec =
            first < s->timeline.n_slots - 1 ? s->timeline.bounds[first] : PLAN_FAR,
        .partition = xstrdup(entry->part->part->name),
        .reservation = reservation,
        .slots = slots,
        .n_slots = n,
    };
    note_place(s, entry->rec, true);
}

/* In the last walk, or in the one before where the job has other choices than this one,
 * of which some have been looked at already. */
static bool was_in_vain(const struct sched *s, const struct jobrec *rec)
{
    uint64_t walk =
        rec->walk == s->pass.number && s->pass.running ? rec->walk_before : rec->walk;

    return walk != 0 && walk + 1 >= s->pass.number;
}

/* What was in vain in the last walk is so still, but where room has grown since: a
 * window begins before that ends. */
static size_t before_claim(const struct sched *s, const struct jobrec *rec)
{
    int64_t grown_sec = MAX(s->grown_sec, s->pass.grown_sec);
    size_t first, last = s->timeline.n_slots;

    if (jobrec_switches_until(s, rec->job) != INT64_MIN) /* time alone helps it */
        return MAX(rec->claim.first, 1);
    if (was_in_vain(s, rec) && grown_sec != TIME_NEVER)
        timeline_span(&s->timeline, s->timeline.bounds[0], grown_sec, &first, &last);
    return MIN(MAX(rec->claim.first, 1), last);
}

size_t trial_before_deadline(const struct sched *s, const struct entry *entry)
{
    const struct timeline *tl = &s->timeline;
    int64_t latest = check_latest(entry->rec->job, entry->part->part);
    size_t first, last = tl->n_slots;

    if (latest < tl->bounds[0])
        return 1;
    if (latest != TIME_NEVER)
        timeline_span(tl, tl->bounds[0], latest + 1, &first, &last);
    return last;
}

/* No room is kept for part of a job. */
bool trial_reserves(const struct sched *s, const struct entry *entry)
{
    const struct job *job = entry->rec->job;

    for (size_t i = 0; i <= job->n_others; i++) {
        struct job alone;
        const struct qos *qos = policy_qos(&s->policy, component_alone(job, i, &alone));

        if (qos != NULL && (qos->flags & QOS_NO_RESERVE) != 0)
            return false;
    }
    return entry->priority.total >= allowance_least_priority(s, job, entry->part->part);
}

size_t trial_before(const struct sched *s, const struct entry *entry, size_t n_waiting)
{
    const struct jobrec *rec = entry->rec;
    size_t before = trial_before_deadline(s, entry);

    if (!trial_reserves(s, entry))
        return 1;
    if (rec->claim.on)
        return MIN(before, before_claim(s, rec));
    return n_waiting < (size_t)s->config.max_job_test ? before : 1;
}

/* As in Slurm the wait counts from when it could have started. */
static bool is_ripe(const struct sched *s, const struct entry *entry)
{
    const struct job *job = entry->rec->job;
    int64_t since = MAX(job->submit_sec, job->eligible_sec);

    return s->now_sec - s->config.min_age_reserve_sec >= since &&
           entry->priority.total >= s->config.min_prio_reserve;
}

bool trial_may_promise(const struct sched *s, const struct entry *entry,
                       size_t n_promised)
{
    return n_promised < (size_t)s->config.reservation_depth &&
           (entry->rec->job->plan.promised || is_ripe(s, entry));
}

bool trial_promise(struct sched *s, const struct entry *entry, size_t n_promised)
{
    struct plan *plan = &entry->rec->job->plan;

    if (plan->start_sec == TIME_UNSET || plan->start_sec == PLAN_FAR ||
        !trial_may_promise(s, entry, n_promised))
        return false;
    plan->promised = true;
    starts_enlist(s, entry->rec);
    return true;
}

/* ---- limits, by the nodes that it would have ---- */

/* One pod less, of equal ones. */
static void drop_pod(struct slot *slots, size_t *n)
{
    if (--slots[*n - 1].pods > 0)
        return;
    free(slots[--*n].node);
}

/* Where it would have more than it may it has fewer pods, if fewer will do. */
static bool is_allowed(struct sched *s, const struct entry *entry, struct slot *slots,
                       size_t *n)
{
    struct jobrec *rec = entry->rec;
    const struct job *job = rec->job;
    bool plain = job->n_units == 0 && job->n_others == 0;
    int64_t spare = plain ? -job->min_pods : 0;

    for (size_t i = 0; i < *n && plain; i++)
        spare += slots[i].pods;
    for (;; drop_pod(slots, n)) {
        str_reset(&s->message);
        rec->limited =
            allowance_check_tres(s, job, entry->part->part, slots, *n, &s->message);
        if (rec->limited == REASON_NONE)
            return true;
        if (spare-- <= 0)
            break;
    }
    rec->limited_in = entry->part;
    free(rec->limited_message);
    rec->limited_message = xstrdup(s->message.s);
    return false;
}

/* It waits without a plan: it would be in others' way. */
static void give_up(struct sched *s, struct jobrec *rec, struct slot *slots, size_t n)
{
    slots_free(slots, n);
    s->pass.moved |= rec->job->plan.promised;
    plan_clear(&rec->job->plan);
    starts_enlist(s, rec);
}

bool trial_run(struct sched *s, const struct entry *entry, const struct seeker *by,
               size_t before)
{
    struct jobrec *rec = entry->rec;
    int64_t grown_sec = s->grown_sec;
    bool freed = s->freed;
    struct slot *slots;
    size_t n;

    rec->limited = REASON_NONE;
    if (!may_improve(s, rec, by, before))
        return false;
    book_strike(s, rec);
    slots = trial_find_place(s, entry, by, before, &n);
    if (slots != NULL && s->window.first == 0) {
        size_t found = n;

        if (is_allowed(s, entry, slots, &n)) {
            trial_start(s, entry, slots, n, n == found);
            return true;
        }
        give_up(s, rec, slots, n);
        return false;
    }
    if (slots != NULL) {
        trial_set_plan(s, entry, slots, n);
    } else { /* it was lifted, and is put back */
        s->freed = freed;
        s->grown_sec = grown_sec;
    }
    book_enter(s, rec);
    return false;
}

/* Said once for all jobs of a shape, until what is free now is something else. */
static void judge_busy(struct sched *s, const struct entry *entry,
                       const struct seeker *by, struct fit *fit)
{
    struct placement at = placement_at(s, entry, by);
    const uint64_t *kept = fence_kept(by->fence);
    struct seeker at_once = *by;

    at.few = wants_few(s, entry->rec->job, 0);
    at_once.limit_sec = 1;
    window_set(&s->window, &at_once, 0);
    str_reset(&s->message);
    if (stock_short(&s->timeline.stock, entry->rec->job, kept, 0, 1) != SLOT_NONE) {
        stock_say_short(&s->timeline.stock, entry->rec->job, kept, &s->message);
        fit->busy = REASON_LICENSES;
    } else if (by->shape->like->n_others > 0) {
        struct seeker seekers[COMPONENTS_MAX];
        struct components all = components_of(s, entry, &at_once, seekers);

        all.at.few = at.few;
        fit->busy = check_components_busy(&all, &s->message);
    } else {
        fit->busy = check_busy(&s->placer, &s->cluster, &at, &at_once, &s->message);
    }
    free(fit->busy_message);
    fit->busy_message = xstrdup(s->message.s);
    fit->busy_fence = by->fence;
    fit->busy_few = at.few;
    fit->busy_moved = s->timeline.now_moved;
    fit->busy_gen = s->cluster.gen;
}

enum reason trial_why_not_now(struct sched *s, const struct entry *entry,
                              const struct seeker *by)
{
    struct fit *fit = shape_fit(trial_shape(s, entry), entry->part);
    const struct jobrec *rec = entry->rec;
    enum reason reason;

    if (rec->limited != REASON_NONE && rec->limited_in == entry->part) {
        str_reset(&s->message);
        str_add(&s->message, rec->limited_message);
        return rec->limited;
    }
    reason = reserve_why(s, entry, by);
    if (reason != REASON_NONE)
        return reason;
    if (fit->busy_moved != s->timeline.now_moved || fit->busy_fence != by->fence ||
        fit->busy_few != wants_few(s, rec->job, 0) || fit->busy_gen != s->cluster.gen)
        judge_busy(s, entry, by, fit);
    str_reset(&s->message);
    str_add(&s->message, fit->busy_message);
    return fit->busy;
}
