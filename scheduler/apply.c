/* Changes: what the core is told of, counted at once. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/allowance.h"
#include "scheduler/book.h"
#include "scheduler/charge.h"
#include "scheduler/core.h"
#include "scheduler/yield.h"

static void units_make_sane(struct job *job)
{
    job->n_units = MIN(job->n_units, UNITS_MAX);
    for (size_t k = 0; k < job->n_units; k++) {
        struct unit *unit = &job->units[k];

        unit->count = MAX(unit->count, 1);
        unit->most = MIN(MAX(unit->most, 1), unit->count);
        unit->tasks = MAX(unit->tasks, 0);
        for (int i = 0; i < RES_MAX; i++)
            unit->each.v[i] = MAX(unit->each.v[i], 0);
    }
    if (job->n_units > 0)
        job->one_per_node = true;
    job->min_pods = MIN(job->min_pods, job_least_units(job));
    job->max_pods = MIN(job->max_pods, job_least_units(job));
}

/* Numbers that cannot be meant become the nearest that can. */
static void shape_make_sane(struct job *job)
{
    size_t kept = 0;

    job->min_pods = MAX(job->min_pods, 1);
    job->max_pods = MAX(job->max_pods, job->min_pods);
    for (int i = 0; i < RES_MAX; i++)
        job->each.v[i] = MAX(job->each.v[i], 0);
    job->segment = MAX(job->segment, 0);
    job->most_switches = MAX(job->most_switches, 0);
    job->switch_wait_sec = MAX(job->switch_wait_sec, LIMIT_UNSET);
    units_make_sane(job);
    for (size_t i = 0; i < job->n_node_list; i++) {
        if (kept > 0 && strcmp(job->node_list[kept - 1], job->node_list[i]) == 0)
            free(job->node_list[i]);
        else
            job->node_list[kept++] = job->node_list[i];
    }
    job->n_node_list = kept;
}

static void job_make_sane(struct job *job)
{
    shape_make_sane(job);
    job_cut_components(job, COMPONENTS_MAX - 1);
    for (size_t i = 0; i < job->n_others; i++)
        shape_make_sane(&job->others[i]);
    for (size_t i = 0; i < job->n_licenses; i++)
        job->licenses[i].count = MIN(MAX(job->licenses[i].count, 0), LICENSE_COUNT_MAX);
}

static void drop_alloc(struct job *job)
{
    slots_free(job->alloc, job->n_alloc);
    job->alloc = NULL;
    job->n_alloc = 0;
}

static bool slots_equal(const struct job *a, const struct job *b)
{
    if (a->n_alloc != b->n_alloc || a->exclusive != b->exclusive)
        return false;
    for (size_t i = 0; i < a->n_alloc; i++) {
        const struct slot *x = &a->alloc[i], *y = &b->alloc[i];

        if (x->pods != y->pods || strcmp(x->node, y->node) != 0 ||
            memcmp(&x->each, &y->each, sizeof(x->each)) != 0)
            return false;
    }
    return true;
}

static bool partitions_equal(const struct job *a, const struct job *b)
{
    return names_equal(a->partitions, a->n_partitions, b->partitions, b->n_partitions);
}

static bool reservations_equal(const struct job *a, const struct job *b)
{
    return names_equal(a->reservations, a->n_reservations, b->reservations,
                       b->n_reservations) &&
           str_eq(a->reservation, b->reservation);
}

static bool payers_equal(const struct job *a, const struct job *b)
{
    bool equal = a->n_others == b->n_others;

    for (size_t i = 0; equal && i <= a->n_others; i++)
        equal = str_eq(job_component(a, i)->account, job_component(b, i)->account) &&
                str_eq(job_component(a, i)->qos, job_component(b, i)->qos);
    return equal;
}

/* Whether two states of a job look the same from the queue (their shapes apart). */
static bool policy_equal(const struct job *a, const struct job *b)
{
    return a->phase == b->phase && a->job_id == b->job_id &&
           a->array_id == b->array_id && a->array_task == b->array_task &&
           job_arrays_equal(a, b) && a->tasks_limit == b->tasks_limit &&
           a->submit_sec == b->submit_sec && a->eligible_sec == b->eligible_sec &&
           a->limit_sec == b->limit_sec && a->time_min_sec == b->time_min_sec &&
           a->deadline_sec == b->deadline_sec && a->nice == b->nice &&
           a->priority == b->priority && a->site_factor == b->site_factor &&
           a->hold == b->hold && payers_equal(a, b) && str_eq(a->user, b->user) &&
           str_eq(job_name(a), job_name(b)) && reservations_equal(a, b) &&
           a->hopeless == b->hopeless && depends_equal(a, b) && partitions_equal(a, b);
}

static bool is_depending(const struct job *job)
{
    return job->phase == JOB_PENDING && job->n_depends > 0;
}

/* Whether they look the same to jobs that depend on it. */
static bool standing_equal(const struct job *a, const struct job *b)
{
    return a->phase == b->phase && a->job_id == b->job_id && a->failed == b->failed &&
           a->start_sec == b->start_sec && a->array_id == b->array_id &&
           a->array_task == b->array_task && a->n_others == b->n_others &&
           job_arrays_equal(a, b);
}

/* Where running jobs may be preempted it matters how far they are. */
static bool phase_equal(const struct sched *s, const struct job *a, const struct job *b)
{
    return s->config.preempt_type == PREEMPT_BY_NOBODY || a->phase == b->phase;
}

/* What was decided is told before it is persisted: until then the job comes without. */
static void keep_preemption(const struct job *old, struct job *job)
{
    if (job->phase != JOB_RUNNING && job->phase != JOB_COMPLETING) {
        job->preempted_by = 0;
        job->preempt_sec = TIME_UNSET;
    } else if (old != NULL && old->phase == JOB_RUNNING && job->preempted_by == 0) {
        job->preempted_by = old->preempted_by;
        job->preempt_sec = old->preempt_sec;
    }
}

/* Takes the old state out of all counts. */
static void jobrec_clear(struct sched *s, struct jobrec *rec)
{
    struct job *job = rec->job;

    book_strike(s, rec);
    allowance_drop(s, rec);
    cluster_release(&s->cluster, job->alloc, job->n_alloc);
    s->n_phase[job->phase]--;
    s->n_depending -= is_depending(job);
    crews_count(&s->crews, job, -1);
    if (job->phase < JOB_COMPLETING)
        asked_count(&s->asked, job, -1);
    shape_put(&s->shapes, rec->shape);
    rec->shape = NULL;
    jobrec_unlist(s, rec);
    yield_enlist(s, rec, false);
    s->singles.stale = true;
}

/* Does the plan say where, among what the job names? */
static bool is_settled(const struct job *job)
{
    const char *name = job->plan.reservation;

    return job->plan.partition != NULL &&
           (job->n_reservations < 2 ? name == NULL
                                    : name != NULL && job_names_reservation(job, name));
}

/* A promise stays while the job asks for the same, in the same partitions and
 * reservations, and for no longer. One that comes with the job is of a time before this
 * core: it is entered with all others, where it fits. */
static void keep_plan(struct sched *s, struct job *old, const struct shape *old_shape,
                      struct job *job, const struct shape *shape)
{
    if (job->phase != JOB_PENDING || job->n_alloc > 0 ||
        (job->plan.start_sec != TIME_UNSET &&
         !(job->plan.promised && is_settled(job)))) {
        plan_clear(&job->plan);
    } else if (job->plan.promised) {
        s->timeline_gen = 0;
    } else if (old != NULL && old->phase == JOB_PENDING && shape == old_shape &&
               partitions_equal(old, job) && job->limit_sec <= old->limit_sec &&
               job->time_min_sec == old->time_min_sec &&
               job->deadline_sec == old->deadline_sec && reservations_equal(old, job)) {
        job->plan = old->plan;
        old->plan = (struct plan){.start_sec = TIME_UNSET};
    }
}

/* What was found of its dependencies holds while these are the same. */
static void keep_depends(const struct job *old, struct job *job)
{
    if (old == NULL || !depends_equal(old, job))
        return;
    for (size_t i = 0; i < job->n_depends; i++)
        job->depends[i].state = old->depends[i].state;
}

/* `old` is what was known of the job, NULL: nothing; `old_shape` its shape. */
static void jobrec_set(struct sched *s, struct jobrec *rec, struct job *job,
                       struct job *old, const struct shape *old_shape)
{
    rec->job = job;
    allowance_bound(s, job, old);
    rec->claim.positions_gen = 0;
    rec->end_told = false;
    cluster_hold(&s->cluster, job->alloc, job->n_alloc);
    s->n_phase[job->phase]++;
    s->n_depending += is_depending(job);
    crews_count(&s->crews, job, 1);
    if (job->phase < JOB_COMPLETING)
        asked_count(&s->asked, job, 1);
    if (job->phase == JOB_PENDING)
        rec->shape = shape_get(&s->shapes, job);
    else
        jobrec_reset_told(rec);
    jobrec_list(s, rec);
    yield_count(s, rec);
    s->singles.stale = true;
    if (job->phase != JOB_PENDING || priority_hold(job) != HOLD_NONE)
        job->reached = 0;
    else if (old != NULL && old->phase == JOB_PENDING)
        job->reached = MAX(job->reached, old->reached);
    keep_depends(old, job);
    keep_plan(s, old, old_shape, job, rec->shape);
    keep_preemption(old, job);
    yield_enlist(s, rec, job->preempted_by != 0);
    book_enter(s, rec);
    allowance_take(s, rec);
    starts_enlist(s, rec);
    s->end_sec = MIN(s->end_sec, jobrec_end_to_tell(s, rec));
}

static void apply_job(struct sched *s, struct job *job)
{
    struct jobrec *rec = jobrec_get(s, job->uid);
    struct job *old = rec->job;
    struct shape *shape = rec->shape;
    bool again = old != NULL && !rec->gone;
    bool queued = job->phase == JOB_PENDING || (again && old->phase == JOB_PENDING);
    bool said_end = rec->end_told; /* if that still holds, it is said again */
    bool same;

    job_make_sane(job);
    charge_change(s, again ? old : NULL, job);
    if (job->phase == JOB_ASIDE || job->phase == JOB_ENDED)
        drop_alloc(job);
    same = again && slots_equal(old, job) && phase_equal(s, old, job);
    if (again) {
        /* Held for a moment, so that an equal shape keeps what is known of it. */
        if (shape != NULL)
            shape->refs++;
        jobrec_clear(s, rec);
    } else if (rec->gone) {
        rec->gone = false;
        s->n_gone--;
        jobrec_reset_told(rec);
    }
    jobrec_set(s, rec, job, again ? old : NULL, shape);
    if (queued)
        same = same && !said_end && policy_equal(old, job) && rec->shape == shape;
    if (s->n_depending > 0)
        same = same && standing_equal(old, job);
    if (again)
        shape_put(&s->shapes, shape);
    job_free(old);
    if (same)
        return;
    rec->version++;
    rec->changed = true;
    rec->walk = 0;
    starts_enlist(s, rec);
    s->dirty = true;
}

/* May a job have ended since those that depend on it were looked at? */
static bool depends_are_stale(const struct sched *s)
{
    return s->n_depending > 0 && (s->dirty || s->pass.filling);
}

static void apply_job_gone(struct sched *s, const char *uid)
{
    struct jobrec *rec = jobrec_find(s, uid);

    if (rec == NULL)
        return;
    if (depends_are_stale(s))
        depend_settle(s, rec);
    charge_change(s, rec->job, NULL);
    jobrec_clear(s, rec);
    rec->gone = true;
    rec->version++;
    starts_enlist(s, rec);
    s->n_gone++;
    s->dirty = true;
    if (!s->pass.running) {
        jobrec_free(s, rec);
        s->n_gone--;
    }
}

/* A pod is told of again whenever its status moves: the same one takes nothing, and
 * gives nothing back. */
static void apply_pod(struct sched *s, struct foreign_pod *pod)
{
    AUTO_FREE char *uid = xstrdup(pod->uid);

    if (cluster_has_pod(&s->cluster, pod)) {
        foreign_pod_free(pod);
        return;
    }
    book_strike_pod(s, cluster_pod(&s->cluster, uid));
    s->dirty |= cluster_put_pod(&s->cluster, pod);
    book_enter_pod(s, cluster_pod(&s->cluster, uid));
}

/* Other nodes are shut, and running jobs may end at another time. */
static void reservations_change(struct sched *s, bool changed)
{
    if (!changed)
        return;
    s->reserve.changed = true;
    s->held.stale = true; /* limits on what they hold until then */
    s->timeline_gen = 0;
    s->end_sec = INT64_MIN;
    s->dirty = true;
    s->rules_changed = true;
}

/* Partitions, QOS, accounts, settings: who may start at all. */
static void rules_change(struct sched *s, bool changed)
{
    s->dirty |= changed;
    s->rules_changed |= changed;
    s->charge_again |= changed; /* jobs may be charged to others */
    s->rules_gen += changed;
    s->held.stale |= changed;
}

static void apply_config(struct sched *s, const struct sched_config *config)
{
    const struct topology_rules rules = sched_config_topology(config);

    s->config = *config;
    s->end_sec = INT64_MIN; /* what jobs may run over their limits */
    cluster_forget_weighed(&s->cluster);
    cluster_set_topology(&s->cluster, &rules);
    s->timeline_gen = 0; /* its window */
    rules_change(s, true);
}

static void nodes_change(struct sched *s, bool changed)
{
    s->dirty |= changed;
    s->held.stale |= changed; /* limits on GPUs of a type */
}

void sched_apply(struct sched *s, const struct change *change)
{
    struct cluster *c = &s->cluster;

    s->told++;
    switch (change->kind) {
    case CHANGE_NODE:
        nodes_change(s, cluster_put_node(c, change->u.node));
        break;
    case CHANGE_NODE_GONE:
        nodes_change(s, cluster_drop_node(c, change->u.key));
        break;
    case CHANGE_PARTITION:
        rules_change(s, cluster_put_partition(c, change->u.partition));
        s->end_sec = INT64_MIN; /* it may be the limit of running jobs */
        break;
    case CHANGE_PARTITION_GONE:
        rules_change(s, cluster_drop_partition(c, change->u.key));
        s->end_sec = INT64_MIN;
        break;
    case CHANGE_QOS:
        rules_change(s, policy_put_qos(&s->policy, change->u.qos));
        break;
    case CHANGE_QOS_GONE:
        rules_change(s, policy_drop_qos(&s->policy, change->u.key));
        break;
    case CHANGE_ACCOUNT:
        rules_change(s, policy_put_account(&s->policy, change->u.account));
        break;
    case CHANGE_ACCOUNT_GONE:
        rules_change(s, policy_drop_account(&s->policy, change->u.key));
        break;
    case CHANGE_RESERVATION:
        reservations_change(s, reserve_put(&s->reserve, change->u.reservation));
        break;
    case CHANGE_RESERVATION_GONE:
        reservations_change(s, reserve_drop(&s->reserve, change->u.key));
        break;
    case CHANGE_JOB:
        apply_job(s, change->u.job);
        break;
    case CHANGE_JOB_GONE:
        apply_job_gone(s, change->u.key);
        break;
    case CHANGE_FOREIGN_POD:
        apply_pod(s, change->u.pod);
        break;
    case CHANGE_FOREIGN_POD_GONE:
        book_strike_pod(s, cluster_pod(c, change->u.key));
        s->dirty |= cluster_drop_pod(c, change->u.key);
        break;
    case CHANGE_RESOURCES:
        s->rules_changed = true;
        s->held.stale = true;
        s->rules_gen++;
        s->dirty |= cluster_set_resources(c, change->u.resources);
        s->asked.changed = true; /* what is a device */
        break;
    case CHANGE_CONFIG:
        apply_config(s, change->u.config);
        break;
    }
}
