#include "cmd/gantry-controller/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-controller/admission.h"
#include "cmd/gantry-controller/cleanup.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/cycle.h"
#include "cmd/gantry-controller/events.h"
#include "cmd/gantry-controller/podops.h"
#include "cmd/gantry-controller/quota.h"
#include "cmd/gantry-controller/service.h"
#include "cmd/gantry-controller/signals.h"
#include "cmd/gantry-controller/split.h"
#include "cmd/gantry-controller/statuswrite.h"
#include "cmd/gantry-controller/unseen.h"
#include "cmd/gantry-controller/watches.h"
#include "crds/dependency.h"

/* ---- life ---- */

struct record *record_find(const struct controller *ctl, const char *uid)
{
    struct record *r;
    HASH_FIND_STR(ctl->records, uid, r);
    return r;
}

struct record *record_get(struct controller *ctl, const char *uid)
{
    struct record *r = record_find(ctl, uid);
    if (r)
        return r;
    r = xcalloc(1, sizeof(*r));
    r->ctl = ctl;
    r->uid = xstrdup(uid);
    r->priority = PRIORITY_UNSET;
    r->accrue_sec = TIME_UNSET;
    r->bound_sec = LIMIT_UNSET;
    r->plan.start_sec = TIME_UNSET;
    r->preemption = preemption_none();
    HASH_ADD_KEYPTR(hh, ctl->records, r->uid, strlen(r->uid), r);
    return r;
}

void start_fini(struct start *start)
{
    slots_free(start->slots, start->n_slots);
    free(start->partition);
    free(start->reservation);
    *start = (struct start){0};
}

static void start_clear(struct record *r)
{
    start_fini(&r->start);
}

void record_free(struct record *r)
{
    if (r->status_call)
        kc_cancel(r->status_call);
    service_abandon(r);
    lanes_leave(r->ctl->lanes, &r->ticket);
    loop_timer_free(r->retry);
    loop_timer_free(r->warning);
    tasks_free(r);
    start_clear(r);
    attempt_clear(&r->attempt);
    bjob_free(r->job);
    free(r->preemptor);
    free(r->message);
    free(r->account);
    free(r->qos);
    free(r->lacks_age);
    free(r->end_reason);
    free(r->end_message);
    free(r->dependency);
    plan_clear(&r->plan);
    r->ctl->n_limited -= r->intake.limited != REASON_NONE;
    intake_fini(&r->intake);
    tie_fini(&r->tie);
    free(r->pods);
    free(r->service_uid);
    HASH_DEL(r->ctl->records, r);
    free(r->uid);
    free(r);
}

void record_drop_if_empty(struct record *r)
{
    if (!r->job && r->n_pods == 0 && !r->service && r->ops == 0 && !r->making &&
        !r->status_busy && !r->dirty && tasks_is_empty(r))
        record_free(r);
}

const struct slot *record_slots(const struct record *r, size_t *ret_n)
{
    const struct jstatus *s = &r->job->status;
    if (r->attempt.amended) {
        *ret_n = r->attempt.n_amended;
        return r->attempt.amended;
    }
    bool persisted = job_state_is_active(s->state);
    *ret_n = persisted ? s->n_placement : r->start.n_slots;
    return persisted ? s->placement : r->start.slots;
}

const char *record_partition(const struct record *r)
{
    return r->start.on ? r->start.partition : r->job->status.partition;
}

const char *record_reservation(const struct record *r)
{
    return r->start.on ? r->start.reservation : r->job->status.reservation;
}

/* ---- pods ---- */

bool record_expects(const struct record *r, const struct pod *pod)
{
    if (!r->job || r->job->deleting)
        return false;
    if (job_state_is_active(r->job->status.state))
        return pod->attempt == r->job->status.attempt;
    return r->start.on && pod->attempt == r->start.attempt;
}

bool record_keeps(const struct record *r, const struct pod *pod)
{
    return r->job && !r->job->deleting && job_state_is_final(r->job->status.state) &&
           pod->attempt == r->job->status.attempt;
}

void record_add_pod(struct record *r, struct pod *pod)
{
    GROW(r->pods, r->n_pods, r->cap_pods);
    r->pods[r->n_pods++] = pod;
}

void record_remove_pod(struct record *r, const struct pod *pod)
{
    for (size_t i = 0; i < r->n_pods; i++)
        if (r->pods[i] == pod) {
            r->pods[i] = r->pods[--r->n_pods];
            return;
        }
}

static void consider_things(struct record *r)
{
    for (size_t i = 0; i < r->n_pods; i++)
        watches_consider_pod(r->ctl, r->pods[i]);
    if (r->service)
        cleanup_service(r->ctl, r->service);
}

/* ---- versions ---- */

static void forget_attempt(struct record *r)
{
    unseen_keep(r);
    attempt_clear(&r->attempt);
}

/* No pod is bound before all are made: where one is bound, a rank without a pod was
 * there before a restart, and was lost. */
static void resume_attempt(struct record *r)
{
    const struct jstatus *s = &r->job->status;
    struct attempt *a = &r->attempt;
    bool all_made = s->state == JOB_STATE_RUNNING;
    forget_attempt(r);
    attempt_begin(a, s->attempt, s->placement, s->n_placement,
                  loop_now_sec(r->ctl->loop));
    for (size_t i = 0; i < r->n_pods; i++)
        attempt_saw_pod(a, r->pods[i], watches_node_fate(r->ctl, r->pods[i]->node));
    if (s->state == JOB_STATE_RUNNING)
        attempt_claims_ready(a);
    for (size_t i = 0; i < a->n; i++)
        all_made |= a->ranks[i].state == RANK_BOUND;
    for (size_t i = 0; all_made && i < a->n; i++)
        if (a->ranks[i].state == RANK_NONE)
            a->ranks[i].state = RANK_GONE;
}

/* The pod of a job of one pod is its own intent: a controller that died behind the
 * create finds it here. A job that asks for a range may have been given one. */
static void adopt_single(struct record *r)
{
    const struct bjob *job = r->job;
    if (!job->model || job->model->min_pods > 1 || job->model->n_others > 0)
        return;
    for (size_t i = 0; i < r->n_pods; i++) {
        const struct pod *p = r->pods[i];
        if (p->attempt != job->status.attempt + 1 || !p->node || p->rank != 0)
            continue;
        struct slot *slot = xcalloc(1, sizeof(*slot));
        *slot = (struct slot){.node = xstrdup(p->node), .pods = 1, .each = p->use};
        r->start =
            (struct start){.on = true,
                           .attempt = p->attempt,
                           .generation = job->generation,
                           .slots = slot,
                           .n_slots = 1,
                           .limit_sec = LIMIT_UNSET,
                           .partition = xstrdup_null(p->partition),
                           .reservation = xstrdup_null(job_reservation(job->model))};
        attempt_begin(&r->attempt, p->attempt, slot, 1, loop_now_sec(r->ctl->loop));
        attempt_saw_pod(&r->attempt, p, watches_node_fate(r->ctl, p->node));
        return;
    }
}

/* Persisted, or overtaken: the job has ended, or its spec has changed and nothing was
 * made for the old one yet. */
static bool start_is_spent(const struct record *r)
{
    const struct jstatus *s = &r->job->status;
    if (s->attempt >= r->start.attempt || job_state_is_final(s->state))
        return true;
    return r->job->generation != r->start.generation && !attempt_busy(&r->attempt) &&
           r->attempt.n > 0 && r->attempt.ranks[0].state == RANK_NONE;
}

static void fit_attempt(struct record *r)
{
    const struct jstatus *s = &r->job->status;
    if (r->start.on && start_is_spent(r))
        start_clear(r);
    if (job_state_is_active(s->state)) {
        if (r->attempt.number != s->attempt)
            resume_attempt(r);
        return;
    }
    if (r->start.on)
        return;
    forget_attempt(r);
    if (s->state == JOB_STATE_PENDING && s->job_id > 0)
        adopt_single(r);
}

void record_update(struct record *r, struct bjob *take)
{
    if (r->job && r->job->version >= take->version) {
        bjob_free(take);
        return;
    }
    if (r->job)
        events_tell(r->ctl, r->job, take);
    bjob_free(r->job);
    r->job = take;
    if (take->status.job_id > 0)
        ids_seen(r->ctl->ids, take->status.job_id + bjob_n_ids(take) - 1);
    tasks_join(r);
    if (r->ctl->synced)
        record_settle(r);
}

/* Where it is queued, and where its volumes are. Says whether anything is new. */
static bool look_out(struct record *r)
{
    struct intake intake;
    struct tie tie;
    intake_decide(r->ctl->sched, r->job, r->start.on, &intake);
    volumes_tie(r->ctl, r->job, &tie);
    bool same = intake_equal(&intake, &r->intake) && tie_equal(&tie, &r->tie);
    r->ctl->n_limited -= r->intake.limited != REASON_NONE;
    r->ctl->n_limited += intake.limited != REASON_NONE;
    intake_fini(&r->intake);
    tie_fini(&r->tie);
    r->intake = intake;
    r->tie = tie;
    r->outlooks += !same;
    return !same;
}

void record_ask_partitions(struct record *r)
{
    if (!r->job || !look_out(r))
        return;
    told_update(r);
    record_reconcile(r);
}

/* Another volume may have the same name and claim, and be elsewhere. */
void record_ask_volumes(struct record *r)
{
    look_out(r);
    r->outlooks++;
    told_update(r);
    record_reconcile(r);
}

static bool has_number(const struct record *r)
{
    return !r || !r->job || r->job->status.job_id > 0;
}

static void let_victims_end(struct record *r)
{
    struct record *victim, *tmp;
    if (!r->awaited || !has_number(r))
        return;
    r->awaited = false;
    HASH_ITER (hh, r->ctl->records, victim, tmp)
        if (str_eq(victim->preemptor, r->uid))
            record_reconcile(victim);
}

void record_preempt(struct record *r, const struct decision *d)
{
    struct record *by = record_find(r->ctl, d->preemptor_uid);
    r->preemption = (struct preemption){.by = d->preempted_by,
                                        .requeue = d->requeue,
                                        .from_sec = d->preempt_from_sec,
                                        .since_sec = TIME_UNSET,
                                        .end_sec = d->preempt_sec};
    text_set(&r->preemptor, d->preemptor_uid);
    if (by)
        by->awaited = !has_number(by);
}

void record_settle(struct record *r)
{
    if (!r->job)
        return;
    if (r->job->deleting)
        forget_attempt(r);
    else
        fit_attempt(r);
    look_out(r);
    split_hand_over(r);
    told_update(r);
    consider_things(r);
    record_reconcile(r);
    let_victims_end(r);
    tasks_tell(r);
}

void record_vanished(struct record *r)
{
    if (r->job)
        forget_attempt(r);
    bjob_free(r->job);
    r->job = NULL;
    start_clear(r);
    loop_timer_free(TAKE(r->warning));
    quota_pass(r);
    if (r->ctl->synced) {
        told_update(r);
        consider_things(r);
        let_victims_end(r);
        tasks_tell(r);
    }
    tasks_leave(r);
    record_drop_if_empty(r);
}

struct start start_of(const struct decision *d)
{
    return (struct start){.on = true,
                          .slots = slots_copy(d->slots, d->n_slots),
                          .n_slots = d->n_slots,
                          .partition = xstrdup_null(d->partition),
                          .reservation = xstrdup_null(d->reservation),
                          .limit_sec = d->limit_sec};
}

void record_take_start(struct record *r, struct start *take)
{
    start_clear(r);
    r->start = *take;
    *take = (struct start){0};
    r->start.attempt = r->job->status.attempt + 1;
    r->start.generation = r->job->generation;
    r->start.unbound =
        admission_version(r->ctl, r->job) > 0 || r->tie.waits || bjob_chooses(r->job);
    attempt_begin(&r->attempt, r->start.attempt, r->start.slots, r->start.n_slots,
                  loop_now_sec(r->ctl->loop));
    for (size_t i = 0; i < r->job->n_works; i++) {
        const struct admitted *admitted = admission_find(r->ctl, r->job, i);
        if (admitted)
            attempt_set_extra(&r->attempt, i, &admitted->extra);
    }
    attempt_wait(&r->attempt);
    record_reconcile(r);
}

void record_begin_start(struct record *r, const struct decision *d)
{
    struct start start;
    record_stand(r, d);
    if (r->job->array) {
        tasks_start(r, d);
        return;
    }
    start = start_of(d);
    record_take_start(r, &start);
    told_start(r);
}

/* ---- reconciling ---- */

/* A new job's first status says its id and what the core makes of it in one write, but
 * people wait for the id: not for longer than this. */
#define UNDECIDED_SEC 2

static bool is_undecided(const struct record *r)
{
    return r->job->model && !r->intake.refusal && !r->tie.lack &&
           r->priority == PRIORITY_UNSET && !r->id_first &&
           loop_now_sec(r->ctl->loop) < r->seen_sec + UNDECIDED_SEC;
}

static bool is_preempted(const struct record *r)
{
    return r->preemption.by != 0 && has_number(record_find(r->ctl, r->preemptor));
}

/* What it waits for: its volumes before anything that the core says. */
static void view_wait(const struct record *r, struct job_view *v)
{
    static const struct plan none = {.start_sec = TIME_UNSET};
    if (r->tie.lack) {
        v->reason = reason_word(REASON_CONSTRAINTS);
        v->message = r->tie.lack;
        v->plan = &none;
    } else if (r->priority != PRIORITY_UNSET) {
        v->reason = reason_word(r->reason);
        v->message = r->message;
        v->note = reason_class(r->reason) == WAIT_NOT_ALLOWED ? NULL : r->tie.note;
        v->plan = &r->plan;
        v->ahead = r->ahead.jobs != AHEAD_NONE ? &r->ahead : NULL;
        v->factors = &r->factors;
    }
}

/* `space` is for what the view points to. */
static struct job_view view_of(const struct record *r, struct array_view *space)
{
    bool unreadable = r->job->refusal != NULL, closed = r->intake.refusal != NULL;
    bool limited = r->intake.limited != REASON_NONE;
    bool warns = signals_warn(r);
    struct job_view v = {.job = r->job,
                         .attempt = &r->attempt,
                         .start = r->start.on ? r->start.slots : NULL,
                         .n_start = r->start.n_slots,
                         .start_limit_sec = r->start.limit_sec,
                         .unbound = r->start.unbound,
                         .amended = r->attempt.amended,
                         .n_amended = r->attempt.n_amended,
                         .partition = r->start.partition,
                         .reservation = r->start.reservation,
                         .assigned_id = r->assigned_id,
                         .undecided = r->assigned_id != 0 && is_undecided(r),
                         .submit_sec = tasks_submit_sec(r),
                         .queue = r->intake.queue,
                         .refusal = unreadable ? r->job->refusal : r->intake.refusal,
                         .refusal_reason = unreadable ? "BadConstraints"
                                           : limited  ? reason_word(r->intake.limited)
                                           : closed   ? "PartitionInactive"
                                                      : NULL,
                         .end_reason = r->timed_out ? r->end_reason : NULL,
                         .end_message = r->end_message,
                         .bound_sec = r->bound_sec,
                         .preemption = is_preempted(r) ? &r->preemption : NULL,
                         .requeue_delay_sec = r->ctl->settings.sched.requeue_delay_sec,
                         .warns = warns,
                         .deaf = signals_deaf_node(r, warns),
                         .priority = r->priority,
                         .account = r->account,
                         .qos = r->qos,
                         .dependency = r->dependency,
                         .accrue_sec = r->accrue_sec,
                         .lacks_age = r->lacks_age,
                         .given_up = r->given_up,
                         .now_sec = loop_now_sec(r->ctl->loop)};
    view_wait(r, &v);
    if (r->job->array) {
        tasks_view(r, space);
        v.array = space;
    }
    v.inherited = tasks_inherited(r);
    return v;
}

void record_next(const struct record *r, struct job_next *ret)
{
    struct array_view space;
    struct job_view v = view_of(r, &space);
    job_next(&v, ret);
}

bool record_may_launch(const struct record *r)
{
    if (!r->job)
        return false;
    struct array_view space;
    struct job_view v = view_of(r, &space);
    return job_may_launch(&v);
}

/* What the core has found of its dependencies. */
static void stand_dependency(struct record *r)
{
    const struct job *job = sched_job(r->ctl->sched, r->uid);
    STR_AUTO struct str text;
    str_init(&text, DEPENDENCY_TEXT_MAX);
    if (job)
        dependency_format(job->depends, job->n_depends, job->depends_any, &text);
    text_set(&r->dependency, text.len > 0 ? text.s : NULL);
}

void record_stand(struct record *r, const struct decision *d)
{
    r->priority = d->priority.total;
    r->factors = d->priority;
    text_set(&r->account, d->account);
    text_set(&r->qos, d->qos);
    bool waits = d->kind == DECIDE_REASON;
    r->bound_sec = d->bound_sec;
    r->accrue_sec = waits ? d->accrue_sec : TIME_UNSET;
    text_set(&r->lacks_age, waits ? d->lacks_age : NULL);
    stand_dependency(r);
}

void record_plan(struct record *r, const struct decision *d)
{
    r->ahead = d->ahead;
    if (!d->waits_for_nodes)
        r->ahead.jobs = AHEAD_NONE;
    plan_clear(&r->plan);
    if (d->planned_sec == TIME_UNSET)
        return;
    r->plan = (struct plan){.start_sec = d->planned_sec,
                            .promised = d->promised,
                            .partition = xstrdup_null(d->partition),
                            .reservation = xstrdup_null(d->reservation),
                            .slots = slots_copy(d->slots, d->n_slots),
                            .n_slots = d->n_slots};
}

static void drop_start(struct record *r)
{
    start_clear(r);
    attempt_clear(&r->attempt);
    look_out(r);
    told_update(r);
    record_reconcile(r); /* what it waits for now is to be said */
}

void record_unwritten(struct record *r)
{
    if (r->job->status.state != JOB_STATE_NONE || r->id_first)
        return;
    r->id_first = true;
    drop_start(r);
}

/* Is there room for what the pods ask for? Where the core was told, and some node now
 * has less than nothing of what was raised, there is not. */
static bool amendment_fits(struct record *r, const struct slot *before, size_t n,
                           char **ret_why)
{
    const struct slot *after = r->attempt.amended;
    for (size_t i = 0; i < n; i++) {
        struct resvec used, free_;
        if (!sched_node_usage(r->ctl->sched, after[i].node, &used, &free_))
            continue;
        for (int k = 0; k < r->ctl->resources.n; k++)
            if (after[i].each.v[k] > before[i].each.v[k] && free_.v[k] < 0) {
                *ret_why = xasprintf(
                    "the server raised the request of a pod (%s), and node %s has no "
                    "room for that",
                    r->ctl->resources.name[k], after[i].node);
                return false;
            }
    }
    return true;
}

/* Pods that are bound are where they are; unbound ones go where there is room. */
static void amend(struct record *r)
{
    size_t n;
    AUTO_FREE char *why = NULL;
    bool bound = false;
    for (size_t i = 0; i < r->attempt.n; i++)
        bound |= r->attempt.ranks[i].state == RANK_BOUND;
    const struct slot *slots = record_slots(r, &n);
    struct slot *before = slots_copy(slots, n);
    attempt_amend(&r->attempt, before, n);
    told_update(r);
    if (!bound && !amendment_fits(r, before, n, &why))
        attempt_fail(&r->attempt, why);
    slots_free(before, n);
}

void record_run(struct record *r)
{
    if (!r->job)
        return;
    if (r->job->status.state == JOB_STATE_NONE && !r->job->unknown_state &&
        r->assigned_id == 0) {
        r->assigned_id = ids_take(r->ctl->ids, bjob_n_ids(r->job));
        look_out(r); /* others may have had theirs meanwhile */
        r->seen_sec = loop_now_sec(r->ctl->loop);
        split_hand_over(r);
        told_update(r);
    }
    if (attempt_differs(&r->attempt))
        amend(r);
    attempt_note_bound(&r->attempt, loop_now_sec(r->ctl->loop));
    struct job_next next;
    record_next(r, &next);
    /* What is wanted is decided again when the write's turn comes, with the start still
     * known; a dropped start only matters where nothing else is to be persisted. */
    if (next.drop_start && !next.write)
        drop_start(r);
    if (!taskset_is_empty(&next.apart))
        tasks_set_apart(r, &next.apart);
    if (next.write || next.hold || next.inherit)
        status_queue(r, &next);
    if (next.launch || (r->job->status.state == JOB_STATE_RUNNING && !next.write))
        service_tend(r);
    if (next.launch)
        podops_launch(r);
    if (next.signal.on)
        podops_signal(r, &next.signal);
    if (next.kill)
        podops_kill(r);
    signals_await(r);
    quota_pass(r);
    jstatus_fini(&next.want);
}

void record_reconcile(struct record *r)
{
    if (r->ctl->synced)
        cycle_add(r->ctl, r);
}
