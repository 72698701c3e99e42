/* A job as next.h is shown it; and what the core has said of it, which is shown. */
#include "base/util.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/record_private.h"
#include "cmd/gantry-controller/signals.h"
#include "crds/dependency.h"

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
    r->eligible_sec = d->eligible_sec;
    r->accrue_sec = waits ? d->accrue_sec : TIME_UNSET;
    text_set(&r->lacks_age, waits ? d->lacks_age : NULL);
    stand_dependency(r);
}

void record_plan(struct record *r, const struct decision *d)
{
    r->ahead = d->ahead;
    if (!d->waits_for_nodes)
        r->ahead.jobs = AHEAD_NONE;
    r->sooner = d->sooner;
    plan_clear(&r->plan);
    if (d->planned_sec == TIME_UNSET)
        return;
    r->plan = (struct plan){.start_sec = d->planned_sec,
                            .promised = d->promised,
                            .partition = xstrdup_null(d->partition),
                            .reservation = xstrdup_null(d->reservation),
                            .license = xstrdup_null(d->license),
                            .qos = xstrdup_null(d->chosen_qos),
                            .slots = slots_ref(d->slots),
                            .n_slots = d->n_slots,
                            .further = plans_copy(d->further, d->n_further),
                            .n_further = d->n_further};
}

/* ---- what next.h is shown ---- */

/* A new job's first status says its id and what the core makes of it in one write, but
 * people wait for the id: not for longer than this. */
#define UNDECIDED_SEC 2

static bool is_unspoken(const struct record *r)
{
    return r->job->model && !r->intake.refusal && !r->tie.lack &&
           r->priority == PRIORITY_UNSET && !r->id_first &&
           loop_now_sec(r->ctl->loop) < r->seen_sec + UNDECIDED_SEC;
}

static bool is_undecided(const struct record *r)
{
    return is_unspoken(r) || doubt_holds(r);
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
        v->never = reason_class(r->reason) == WAIT_NEVER &&
                   reason_class(reason_parse(v->reason)) != WAIT_NEVER;
        v->note = reason_class(r->reason) == WAIT_NOT_ALLOWED ? NULL : r->tie.note;
        v->plan = &r->plan;
        v->ahead = r->ahead.jobs != AHEAD_NONE ? &r->ahead : NULL;
        v->sooner = &r->sooner;
        v->factors = &r->factors;
    }
}

/* As the core has decided, or as status said before this process was told. */
static const struct preemption *view_preemption(const struct record *r)
{
    const struct jstatus *s = &r->job->status;
    if (r->preemption.by != 0)
        return record_is_preempted(r) ? &r->preemption : NULL;
    return s->preempted.by != 0 && s->state == JOB_STATE_RUNNING ? &s->preempted : NULL;
}

/* Slurm's send_user_signal; who borrows nodes has asked for it. */
static bool has_own_signal(const struct record *r)
{
    const struct warning *w = &r->job->warning;
    return w->signal.signo != 0 && (w->borrows || r->ctl->settings.send_user_signal);
}

/* `space` is for what the view points to. */
static struct job_view view_of(const struct record *r, struct array_view *space)
{
    bool unreadable = r->job->refusal != NULL, closed = r->intake.refusal != NULL;
    bool limited = r->intake.limited != REASON_NONE;
    const struct preemption *preemption = view_preemption(r);
    bool own_signal = has_own_signal(r);
    uint32_t warns = preemption && own_signal ? WARNS_ALL : signals_warn(r);
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
                         .license = r->start.license,
                         .assigned_id = r->assigned_id,
                         .unanswered = r->intake.waits,
                         .undecided = r->assigned_id != 0 && is_undecided(r),
                         .submit_sec = tasks_submit_sec(r),
                         .queue = r->intake.queue,
                         .refusal = unreadable ? r->job->refusal : r->intake.refusal,
                         .refusal_reason = unreadable ? "BadConstraints"
                                           : limited  ? reason_word(r->intake.limited)
                                           : closed   ? "PartitionInactive"
                                                      : NULL,
                         .end_reason = record_is_over_time(r) ? r->end_reason : NULL,
                         .end_message = r->end_message,
                         .ends = r->ends,
                         .bound_sec = r->bound_sec,
                         .preemption = preemption,
                         .requeue_delay_sec = r->ctl->settings.sched.requeue_delay_sec,
                         .warns = warns,
                         .own_signal = own_signal,
                         .deaf = signals_deaf_node(r, warns != 0 || preemption),
                         .priority = r->priority,
                         .account = r->account,
                         .qos = r->qos,
                         .dependency = r->dependency,
                         .eligible_sec = r->eligible_sec,
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
