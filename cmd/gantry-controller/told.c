#include "cmd/gantry-controller/told.h"

#include <stdlib.h>

#include "base/util.h"
#include "cmd/gantry-controller/admission.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/cycle.h"
#include "cmd/gantry-controller/tasks.h"
#include "cmd/gantry-controller/usagewrite.h"

static int64_t later(int64_t a, int64_t b)
{
    if (a == TIME_UNSET)
        return b;
    return b == TIME_UNSET ? a : MAX(a, b);
}

static enum job_phase phase_of(const struct record *r)
{
    switch (r->job->status.state) {
    case JOB_STATE_CONFIGURING:
        return JOB_STARTING;
    case JOB_STATE_RUNNING:
        return JOB_RUNNING;
    case JOB_STATE_COMPLETING:
        return JOB_COMPLETING;
    default:
        return r->start.on ? JOB_STARTING : JOB_PENDING;
    }
}

/* Has it a number by which others may depend on it? */
static bool is_known(const struct record *r)
{
    const struct bjob *job = r->job;
    return job && !job->deleting &&
           (job->status.job_id != 0 || (r->assigned_id != 0 && !r->id_first)) &&
           tasks_is_recorded(r);
}

/* It is there, and not to be scheduled. */
static bool is_aside(const struct record *r)
{
    const struct bjob *job = r->job;
    return job->unknown_state || ((!job->model || r->intake.refusal ||
                                   r->intake.waits || (r->tie.lack && !r->start.on)) &&
                                  !job_state_is_active(job->status.state));
}

/* `ret` is set for an array alone. A task has its array's limit, as it is now. */
static void look_at_tasks(const struct record *r, struct told *now,
                          struct job_array *ret)
{
    const struct record *whole = r->job->task ? r->tasks.array : r;
    struct array_status status;
    if (whole && whole->job && whole->job->array)
        now->tasks_limit = whole->job->array->limit;
    if (r->job->task) {
        now->array_id = r->job->task->array_id;
        now->array_task = r->job->task->index;
    }
    if (!r->job->array)
        return;
    tasks_foreseen(r, &status);
    array_status_sets(&status, &r->job->array->tasks, ret);
    now->tasks = hash_bytes(HASH_NOTHING, ret, sizeof(*ret));
}

static enum job_phase phase_in_core(const struct record *r,
                                    const struct job_array *array)
{
    if (job_state_is_final(r->job->status.state))
        return JOB_ENDED;
    /* All tasks of an array are jobs of their own: itself it holds nothing. */
    if (r->job->array && taskset_is_empty(&array->left))
        return JOB_ASIDE;
    return is_aside(r) ? JOB_ASIDE : phase_of(r);
}

static bool is_scheduled(const struct told *t)
{
    return t->known && t->phase <= JOB_COMPLETING;
}

/* For limits on how many jobs are queued. */
static bool is_counted(const struct told *t)
{
    return t->known && t->phase <= JOB_RUNNING;
}

/* Of any of several, that which it has had. */
static void tell_licenses(const struct job *model, struct job *m)
{
    const struct license_list had = job_licenses(model);
    for (size_t i = 0; i < had.n; i++)
        licenses_add(&m->licenses, &m->n_licenses, had.items[i].name,
                     had.items[i].count);
}

#define NOBODY "" /* there is no account, and no QOS, of that name */

/* That of the spec, or that it was started for: not what is its user's by now. */
static char *payer(const char *named, const char *started_for)
{
    return xstrdup(named ? named : started_for ? started_for : NOBODY);
}

/* By an account or a partition of its own a component may have another QOS than the
 * job. Status does not say which: all of such a job have those that are so by now. */
static bool is_split(const struct job *model)
{
    bool split = false;
    for (size_t i = 0; i < model->n_others && !split; i++) {
        const struct job *own = &model->others[i];
        split = !own->qos && (own->account || own->n_partitions > 0);
    }
    return split && !job_qos(model);
}

/* Who pays for what it held, up to when. */
static void tell_bill(const struct record *r, struct job *m)
{
    const struct job *model = r->job ? r->job->model : NULL;
    if (!model)
        return;
    m->ns = xstrdup_null(model->ns);
    m->user = xstrdup_null(model->user);
    m->account = payer(model->account, r->job->status.account);
    m->qos = is_split(model) ? NULL : payer(model->qos, r->job->status.qos);
    m->partition = xstrdup_null(model->partition);
    tell_licenses(model, m);
    m->alloc = slots_ref(model->alloc);
    m->n_alloc = model->n_alloc;
    m->end_sec = model->end_sec;
}

static void tell_component(const struct job *known, struct job *component)
{
    if (known->n_partitions > 0)
        names_add(&component->partitions, &component->n_partitions,
                  known->partitions[0]);
    component->account = xstrdup_null(known->account);
    component->qos = xstrdup_null(known->qos);
}

/* Those that have ended before the job, or before it was over. */
static void tell_ends(const struct component_ends *ends, struct job *m)
{
    for (size_t i = 1; i <= m->n_others; i++) {
        if ((ends->over >> i & 1) == 0)
            continue;
        m->others[i - 1].end_sec = ends->at_sec[i];
        m->others[i - 1].gone = (ends->gone >> i & 1) != 0;
    }
}

/* Each has a number, and may have had partition and account, and QOS, of its own. */
static void tell_components(const struct bjob *job, struct job *m)
{
    const struct job *model = job ? job->model : NULL;
    for (int64_t i = 1; job && i < bjob_n_ids(job); i++) {
        struct job *component = job_add_component(m);
        if (model && i <= (int64_t)model->n_others)
            tell_component(&model->others[i - 1], component);
    }
}

/* Whose task it is, or how its own stand; `array` NULL: not known any more. */
static void set_tasks(const struct record *r, const struct told *now,
                      const struct job_array *array, struct job *m)
{
    m->array_id = now->array_id;
    m->array_task = now->array_task;
    m->tasks_limit = now->tasks_limit;
    if (array && r->job->array)
        *job_array(m) = *array;
}

/* Of a job that is not scheduled, only what matters to those that depend on it, and to
 * whoever pays for it. */
static struct job *outsider_of(const struct record *r, const struct told *now,
                               const struct job_array *array)
{
    struct job *m = job_new();
    m->uid = xstrdup(r->uid);
    set_tasks(r, now, array, m);
    tell_components(r->job, m);
    m->job_id = now->job_id;
    m->phase = now->phase;
    m->failed = now->failed;
    m->start_sec = now->start_sec;
    m->paid_sec = usage_paid_sec(r->ctl);
    if (now->phase == JOB_ENDED) {
        tell_bill(r, m);
        if (r->job)
            tell_ends(&r->job->status.ends, m);
    }
    return m;
}

/* Those of the job's partitions, or their alternates, that have taken it in. */
static void keep_partitions(struct job *m, const struct intake *in)
{
    size_t kept = 0;
    if (in->alternate) {
        intake_partitions(in, m);
        return;
    }
    for (size_t i = 0; i < m->n_partitions; i++) {
        if (intake_has(in, m->partitions[i]))
            m->partitions[kept++] = m->partitions[i];
        else
            free(m->partitions[i]);
    }
    m->n_partitions = kept;
}

static void add_extra(struct job *component, const struct resvec *extra)
{
    resvec_add(&component->each, extra);
    component->added_milli = extra->v[RES_CPU];
}

/* To what the server makes of their pods, and to where the volumes are. */
static void adapt_components(const struct record *r, struct job *m)
{
    for (size_t i = 0; i <= m->n_others && i < r->job->n_works; i++) {
        struct job *component = i == 0 ? m : &m->others[i - 1];
        const struct admitted *admitted = admission_find(r->ctl, r->job, i);
        if (admitted)
            add_extra(component, &admitted->extra);
        volumes_require(r->ctl, r->job, component);
    }
}

/* Where it runs, or starts. */
static void set_place(struct job *m, const struct record *r)
{
    text_set(&m->partition, record_partition(r));
    text_set(&m->reservation, record_reservation(r));
    text_set(&m->license, record_license(r));
    if (m->n_qos_list > 0)
        text_set(&m->qos, record_qos(r));
}

/* Those that it was started for, if the spec names none. The core that starts it has
 * them already. */
static void set_payers(struct job *m, const struct record *r)
{
    const struct jstatus *s = &r->job->status;
    if (r->start.on)
        return;
    if (!m->account)
        text_set(&m->account, s->account);
    if (!m->qos && !is_split(m))
        text_set(&m->qos, s->qos);
}

/* What an earlier core has found; of a job that waits, and that it has spoken of, no
 * time means that it was not eligible. */
static int64_t eligible_since_of(const struct jstatus *s, enum job_phase phase)
{
    bool found = phase == JOB_PENDING && s->priority != PRIORITY_UNSET;
    return s->eligible_sec == TIME_UNSET && found ? ELIGIBLE_NOT : s->eligible_sec;
}

/* What the core was not told of yet it takes over from status: also the promise. */
static struct job *model_of(const struct record *r, const struct told *now,
                            const struct job_array *array, bool known)
{
    const struct jstatus *s = &r->job->status;
    /* A running job whose spec became unreadable keeps what it holds. */
    struct job *m = r->job->model ? job_copy(r->job->model) : job_new();
    if (!m->uid)
        m->uid = xstrdup(r->uid);
    adapt_components(r, m);
    keep_partitions(m, &r->intake);
    size_t n;
    const struct slot *slots = record_slots(r, &n);
    slots_unref(m->alloc);
    m->alloc = now->phase == JOB_PENDING ? NULL : slots_ref(slots);
    m->n_alloc = now->phase == JOB_PENDING ? 0 : n;
    m->phase = now->phase;
    m->paid_sec = usage_paid_sec(r->ctl);
    m->job_id = now->job_id;
    m->eligible_sec = now->eligible_sec;
    m->submit_sec = s->submit_sec != TIME_UNSET ? s->submit_sec : tasks_submit_sec(r);
    m->start_sec = s->start_sec;
    if (now->phase == JOB_COMPLETING)
        m->end_sec = s->end_sec != TIME_UNSET ? s->end_sec : loop_now_sec(r->ctl->loop);
    if (now->phase == JOB_STARTING)
        m->start_sec = r->attempt.since_sec;
    if (now->phase == JOB_RUNNING || now->phase == JOB_COMPLETING)
        tell_ends(&s->ends, m);
    set_tasks(r, now, array, m);
    if (r->start.on && r->start.limit_sec != LIMIT_UNSET && bjob_shrinks(r->job) &&
        !job_state_is_active(s->state))
        m->limit_sec = r->start.limit_sec; /* else the status says it */
    if (!known)
        m->eligible_since_sec = eligible_since_of(s, now->phase);
    if (known)
        plan_clear(&m->plan);
    else if (now->phase == JOB_PENDING) {
        m->reached = MAX(s->priority, 0);
        m->accrue_sec = s->accrue_sec;
    }
    if (now->phase != JOB_PENDING) {
        set_place(m, r);
        set_payers(m, r);
    }
    return m;
}

static bool told_equal(const struct told *a, const struct told *b)
{
    return a->known == b->known && a->generation == b->generation &&
           a->outlooks == b->outlooks && a->job_id == b->job_id &&
           a->eligible_sec == b->eligible_sec && a->attempt == b->attempt &&
           a->phase == b->phase && a->failed == b->failed &&
           a->start_sec == b->start_sec && a->admitted == b->admitted &&
           a->amendments == b->amendments && a->over == b->over && a->gone == b->gone &&
           a->array_id == b->array_id && a->array_task == b->array_task &&
           a->tasks == b->tasks && a->tasks_limit == b->tasks_limit;
}

static void forget_decisions(struct record *r)
{
    r->timed_out = r->given_up = false;
    r->ends = 0;
    r->preemption = preemption_none();
    r->priority = PRIORITY_UNSET;
}

static void tell(struct record *r, struct job *job)
{
    sched_apply(r->ctl->sched, &(struct change){.kind = CHANGE_JOB, .u.job = job});
}

/* A job that is deleted is cancelled, for those that depend on it. */
static void tell_gone(struct record *r)
{
    r->ctl->limits_moved |= is_counted(&r->told);
    if (is_scheduled(&r->told)) {
        r->told.phase = JOB_ENDED;
        r->told.failed = true;
        r->told.start_sec = loop_now_sec(r->ctl->loop);
        struct job *gone = outsider_of(r, &r->told, NULL);
        if (gone->end_sec == TIME_UNSET)
            gone->end_sec = loop_now_sec(r->ctl->loop);
        tell(r, gone);
    }
    if (r->told.known)
        sched_apply(r->ctl->sched,
                    &(struct change){.kind = CHANGE_JOB_GONE, .u.key = r->uid});
    r->told = (struct told){0};
    forget_decisions(r);
    cycle_want(r->ctl);
}

static int64_t start_of_ended(const struct jstatus *s)
{
    return s->start_sec != TIME_UNSET ? s->start_sec : s->end_sec;
}

/* Its begin, and of one that was requeued what status says. */
static int64_t earliest_of(const struct bjob *job)
{
    int64_t begin = job->model ? job->model->eligible_sec : TIME_UNSET;
    return job->status.attempt > 0 ? later(begin, job->status.eligible_sec) : begin;
}

void told_update(struct record *r)
{
    if (!is_known(r)) {
        tell_gone(r);
        return;
    }
    struct told now = {.known = true,
                       .generation = r->job->generation,
                       .job_id = r->job->status.job_id ? r->job->status.job_id
                                                       : r->assigned_id,
                       .attempt = r->job->status.attempt,
                       .outlooks = r->outlooks,
                       .eligible_sec = earliest_of(r->job),
                       .amendments = r->attempt.amendments};
    struct job_array array = {0};
    look_at_tasks(r, &now, &array);
    if (r->tasks.failure)
        now.eligible_sec = later(now.eligible_sec, r->tasks.retry_sec);
    now.phase = phase_in_core(r, &array);
    if (now.phase == JOB_ENDED) {
        now.failed = r->job->status.state != JOB_STATE_COMPLETED;
        now.start_sec = start_of_ended(&r->job->status);
    } else {
        now.start_sec = r->job->array ? r->job->status.start_sec : TIME_UNSET;
    }
    now.over = r->job->status.ends.over;
    now.gone = r->job->status.ends.gone;
    now.admitted = admission_version(r->ctl, r->job);
    bool known = is_scheduled(&r->told);
    if (told_equal(&now, &r->told))
        return;
    if (now.phase != JOB_RUNNING) {
        r->timed_out = false;
        r->ends = 0;
        r->preemption = preemption_none();
    }
    if (now.phase != JOB_PENDING || now.generation != r->told.generation)
        r->given_up = false; /* of another spec the core has not said it */
    if (known && r->told.phase != JOB_PENDING && now.phase == JOB_PENDING)
        r->priority = PRIORITY_UNSET; /* what was said is of its last run */
    r->ctl->limits_moved |= is_counted(&r->told) && !is_counted(&now);
    r->told = now;
    if (is_scheduled(&now)) {
        tell(r, model_of(r, &now, &array, known));
    } else {
        tell(r, outsider_of(r, &now, &array));
        /* What was said of an array holds for its tasks that are on their way. */
        if (now.phase != JOB_ASIDE || !r->job->array)
            forget_decisions(r);
    }
    cycle_want(r->ctl);
}

void told_start(struct record *r)
{
    r->told.phase = JOB_STARTING;
}
