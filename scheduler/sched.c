#include "scheduler/sched.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/book.h"
#include "scheduler/check.h"
#include "scheduler/core.h"

#define MESSAGE_MAX 4096

struct sched_config sched_config_default(void)
{
    return (struct sched_config){
        .priority_weight_age = 1000,
        .priority_weight_partition = 1000,
        .priority_weight_qos = 1000,
        .priority_max_age_sec = 7 * 86400,
        .window_sec = 7 * 86400,
        .reservation_depth = 50,
        .max_job_test = 500,
    };
}

struct sched *sched_new(const struct sched_config *config)
{
    struct sched *s = xcalloc(1, sizeof(*s));

    s->config = *config;
    cluster_init(&s->cluster);
    timeline_init(&s->timeline);
    decided_init(&s->decided);
    str_init(&s->message, MESSAGE_MAX);
    s->pass.begin_sec = INT64_MAX;
    s->end_sec = INT64_MAX;
    return s;
}

void jobrec_reset_told(struct jobrec *rec)
{
    free(rec->message);
    rec->message = NULL;
    rec->reason = REASON_NONE;
    rec->told_plan_sec = TIME_UNSET;
    rec->told_priority = (struct priority){0};
    rec->told_ahead = (struct ahead){0};
}

void jobrec_free(struct sched *s, struct jobrec *rec)
{
    HASH_DEL(s->jobs, rec);
    shape_put(&s->shapes, rec->shape);
    job_free(rec->job);
    free(rec->message);
    free(rec->found_message);
    free(rec->uid);
    free(rec);
}

void sched_free(struct sched *s)
{
    struct jobrec *rec, *next;

    if (s == NULL)
        return;
    HASH_ITER (hh, s->jobs, rec, next)
        jobrec_free(s, rec);
    cluster_fini(&s->cluster);
    policy_fini(&s->policy);
    placer_fini(&s->placer);
    decided_fini(&s->decided);
    queue_fini(&s->pass.queue);
    timeline_fini(&s->timeline);
    horizon_fini(&s->horizon);
    window_fini(&s->window);
    free(s->own);
    free(s->uses);
    crowds_fini(&s->crowds);
    str_fini(&s->message);
    free(s);
}

static struct jobrec *jobrec_find(const struct sched *s, const char *uid)
{
    struct jobrec *rec;

    HASH_FIND_STR(s->jobs, uid, rec);
    return rec != NULL && !rec->gone ? rec : NULL;
}

/* ---- changes ---- */

/* Numbers that cannot be meant become the nearest that can. */
static void job_make_sane(struct job *job)
{
    size_t kept = 0;

    job->min_pods = MAX(job->min_pods, 1);
    job->max_pods = MAX(job->max_pods, job->min_pods);
    for (int i = 0; i < RES_MAX; i++) {
        job->each.v[i] = MAX(job->each.v[i], 0);
        job->unit.v[i] = MAX(job->unit.v[i], 0);
    }
    if (job->units > 0) {
        job->one_per_node = true;
        job->min_pods = MIN(job->min_pods, job->units);
        job->max_pods = MIN(job->max_pods, job->units);
        job->max_units = MIN(MAX(job->max_units, 1), job->units);
    }
    for (size_t i = 0; i < job->n_node_list; i++) {
        if (kept > 0 && strcmp(job->node_list[kept - 1], job->node_list[i]) == 0)
            free(job->node_list[i]);
        else
            job->node_list[kept++] = job->node_list[i];
    }
    job->n_node_list = kept;
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
    if (a->n_partitions != b->n_partitions)
        return false;
    for (size_t i = 0; i < a->n_partitions; i++) {
        if (strcmp(a->partitions[i], b->partitions[i]) != 0)
            return false;
    }
    return true;
}

/* Whether two states of a job look the same from the queue (their shapes apart). */
static bool policy_equal(const struct job *a, const struct job *b)
{
    return a->phase == b->phase && a->job_id == b->job_id &&
           a->submit_sec == b->submit_sec && a->eligible_sec == b->eligible_sec &&
           a->limit_sec == b->limit_sec && a->nice == b->nice &&
           a->priority == b->priority && a->hold == b->hold &&
           str_eq(a->account, b->account) && str_eq(a->qos, b->qos) &&
           str_eq(a->user, b->user) && partitions_equal(a, b);
}

int64_t jobrec_end(const struct sched *s, const struct jobrec *rec)
{
    const struct job *job = rec->job;
    const struct partrec *part = NULL;
    int64_t limit = job->limit_sec, end;

    if (job->start_sec == TIME_UNSET)
        return TIME_NEVER;
    if (limit == LIMIT_UNSET && job->partition != NULL)
        part = cluster_partition(&s->cluster, job->partition);
    if (part != NULL)
        limit = check_limit(job, part->part);
    if (limit < 0 || limit == LIMIT_UNLIMITED ||
        __builtin_add_overflow(job->start_sec, limit, &end))
        return TIME_NEVER;
    return end;
}

/* When a running job is to be told that its time is up; TIME_NEVER: not (again). */
static int64_t end_of(const struct sched *s, const struct jobrec *rec)
{
    if (rec->gone || rec->end_told || rec->job->phase != JOB_RUNNING)
        return TIME_NEVER;
    return jobrec_end(s, rec);
}

static struct jobrec *jobrec_get(struct sched *s, const char *uid)
{
    struct jobrec *rec;

    HASH_FIND_STR(s->jobs, uid, rec);
    if (rec == NULL) {
        rec = xcalloc(1, sizeof(*rec));
        rec->uid = xstrdup(uid);
        rec->told_plan_sec = TIME_UNSET;
        HASH_ADD_KEYPTR(hh, s->jobs, rec->uid, strlen(rec->uid), rec);
    }
    return rec;
}

/* Takes the old state out of all counts. */
static void jobrec_clear(struct sched *s, struct jobrec *rec)
{
    struct job *job = rec->job;

    book_strike(s, rec);
    cluster_release(&s->cluster, job->alloc, job->n_alloc);
    s->n_phase[job->phase]--;
    shape_put(&s->shapes, rec->shape);
    rec->shape = NULL;
}

/* A promise stays while the job asks for the same, in the same partitions, and for no
 * longer. One that comes with the job is of a time before this core: it is entered with
 * all others, where it fits. */
static void keep_plan(struct sched *s, struct job *old, const struct shape *old_shape,
                      struct job *job, const struct shape *shape)
{
    bool of_partition = job->plan.partition != NULL;

    if (job->phase != JOB_PENDING || job->n_alloc > 0 ||
        (job->plan.start_sec != TIME_UNSET && !(job->plan.promised && of_partition))) {
        plan_clear(&job->plan);
    } else if (job->plan.promised) {
        s->timeline_gen = 0;
    } else if (old != NULL && old->phase == JOB_PENDING && shape == old_shape &&
               partitions_equal(old, job) && job->limit_sec <= old->limit_sec) {
        job->plan = old->plan;
        old->plan = (struct plan){.start_sec = TIME_UNSET};
    }
}

/* `old` is what was known of the job, NULL: nothing; `old_shape` its shape. */
static void jobrec_set(struct sched *s, struct jobrec *rec, struct job *job,
                       struct job *old, const struct shape *old_shape)
{
    rec->job = job;
    rec->end_told = false;
    cluster_hold(&s->cluster, job->alloc, job->n_alloc);
    s->n_phase[job->phase]++;
    if (job->phase == JOB_PENDING)
        rec->shape = shape_get(&s->shapes, job);
    else
        jobrec_reset_told(rec);
    keep_plan(s, old, old_shape, job, rec->shape);
    book_enter(s, rec);
    s->end_sec = MIN(s->end_sec, end_of(s, rec));
}

static void apply_job(struct sched *s, struct job *job)
{
    struct jobrec *rec = jobrec_get(s, job->uid);
    struct job *old = rec->job;
    struct shape *shape = rec->shape;
    bool again = old != NULL && !rec->gone;
    bool same = again && slots_equal(old, job);
    bool queued = job->phase == JOB_PENDING || (again && old->phase == JOB_PENDING);

    job_make_sane(job);
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
        same = same && policy_equal(old, job) && rec->shape == shape;
    if (again)
        shape_put(&s->shapes, shape);
    job_free(old);
    if (same)
        return;
    rec->version++;
    s->dirty = true;
}

static void apply_job_gone(struct sched *s, const char *uid)
{
    struct jobrec *rec = jobrec_find(s, uid);

    if (rec == NULL)
        return;
    jobrec_clear(s, rec);
    rec->gone = true;
    rec->version++;
    s->n_gone++;
    s->dirty = true;
    if (!s->pass.running) {
        jobrec_free(s, rec);
        s->n_gone--;
    }
}

static void apply_pod(struct sched *s, struct foreign_pod *pod)
{
    AUTO_FREE char *uid = xstrdup(pod->uid);

    book_strike_pod(s, cluster_pod(&s->cluster, uid));
    s->dirty |= cluster_put_pod(&s->cluster, pod);
    book_enter_pod(s, cluster_pod(&s->cluster, uid));
}

void sched_apply(struct sched *s, const struct change *change)
{
    struct cluster *c = &s->cluster;

    switch (change->kind) {
    case CHANGE_NODE:
        s->dirty |= cluster_put_node(c, change->u.node);
        break;
    case CHANGE_NODE_GONE:
        s->dirty |= cluster_drop_node(c, change->u.key);
        break;
    case CHANGE_PARTITION:
        s->dirty |= cluster_put_partition(c, change->u.partition);
        s->end_sec = INT64_MIN; /* it may be the limit of running jobs */
        break;
    case CHANGE_PARTITION_GONE:
        s->dirty |= cluster_drop_partition(c, change->u.key);
        s->end_sec = INT64_MIN;
        break;
    case CHANGE_QOS:
        s->dirty |= policy_put_qos(&s->policy, change->u.qos);
        break;
    case CHANGE_QOS_GONE:
        s->dirty |= policy_drop_qos(&s->policy, change->u.key);
        break;
    case CHANGE_ACCOUNT:
        s->dirty |= policy_put_account(&s->policy, change->u.account);
        break;
    case CHANGE_ACCOUNT_GONE:
        s->dirty |= policy_drop_account(&s->policy, change->u.key);
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
        s->dirty |= cluster_set_resources(c, change->u.resources);
        break;
    case CHANGE_CONFIG:
        s->config = *change->u.config;
        s->timeline_gen = 0; /* its window */
        s->dirty = true;
        break;
    }
}

/* ---- the step ---- */

static void end_what_must(struct sched *s, int64_t now_sec)
{
    struct jobrec *rec, *next;

    if (now_sec < s->end_sec)
        return;
    s->end_sec = INT64_MAX;
    HASH_ITER (hh, s->jobs, rec, next) {
        struct decision decision = {.kind = DECIDE_END, .job_uid = rec->uid};
        int64_t end = end_of(s, rec);

        if (end > now_sec) {
            s->end_sec = MIN(s->end_sec, end);
            continue;
        }
        rec->end_told = true;
        decided_add(&s->decided, &decision);
    }
}

/* In each new minute the timeline is cut anew, finer where it has come nearer, and what
 * should have ended is looked at again: plans may move. */
static bool nothing_to_do(const struct sched *s, int64_t now_sec)
{
    return !s->dirty && now_sec < s->pass.begin_sec &&
           (s->pass.n_waiting == 0 || !timeline_is_outdated(&s->timeline, now_sec));
}

static enum sched_progress walk(struct sched *s, int64_t now_sec,
                                struct sched_budget budget)
{
    for (;;) {
        if (!s->pass.running) {
            if (nothing_to_do(s, now_sec))
                return SCHED_IDLE;
            pass_begin(s, now_sec);
        }
        if (!pass_run(s, now_sec, budget))
            return SCHED_MORE;
    }
}

enum sched_progress sched_step(struct sched *s, int64_t now_sec,
                               struct sched_budget budget, struct decisions *ret)
{
    enum sched_progress progress;

    now_sec = MIN(now_sec, INT64_MAX - 1); /* INT64_MAX means never, not now */
    decided_reset(&s->decided);
    end_what_must(s, now_sec);
    progress = walk(s, now_sec, budget);
    *ret = (struct decisions){.items = s->decided.items, .n = s->decided.n};
    return progress;
}

int64_t sched_next_wake(const struct sched *s, int64_t now_sec)
{
    int64_t wake = MIN(s->end_sec, s->pass.begin_sec);

    if (s->dirty || s->pass.running)
        return now_sec;
    if (s->pass.n_waiting > 0)
        wake = MIN(wake, timeline_minute(now_sec) + TIMELINE_MINUTE_SEC);
    return MAX(wake, now_sec);
}

/* ---- snapshot and queries ---- */

static void emit_policy(const struct policy *p,
                        void (*emit)(void *arg, const struct change *change), void *arg)
{
    struct change change = {.kind = CHANGE_QOS};

    for (size_t i = 0; i < p->n_qos; i++) {
        change.u.qos = p->qos[i];
        emit(arg, &change);
    }
    change.kind = CHANGE_ACCOUNT;
    for (size_t i = 0; i < p->n_accounts; i++) {
        change.u.account = p->accounts[i];
        emit(arg, &change);
    }
}

void sched_snapshot(const struct sched *s,
                    void (*emit)(void *arg, const struct change *change), void *arg)
{
    const struct cluster *c = &s->cluster;
    struct change change = {.kind = CHANGE_CONFIG, .u.config = &s->config};
    struct noderec *node, *next_node;
    struct partrec *part, *next_part;
    struct podrec *pod, *next_pod;
    struct jobrec *job, *next_job;

    emit(arg, &change);
    change = (struct change){.kind = CHANGE_RESOURCES, .u.resources = &c->res};
    emit(arg, &change);
    change.kind = CHANGE_NODE;
    HASH_ITER (hh, c->nodes, node, next_node) {
        change.u.node = node->node;
        if (node->node != NULL)
            emit(arg, &change);
    }
    change.kind = CHANGE_PARTITION;
    HASH_ITER (hh, c->parts, part, next_part) {
        change.u.partition = part->part;
        if (!part->gone)
            emit(arg, &change);
    }
    emit_policy(&s->policy, emit, arg);
    change.kind = CHANGE_FOREIGN_POD;
    HASH_ITER (hh, c->pods, pod, next_pod) {
        change.u.pod = pod->pod;
        emit(arg, &change);
    }
    change.kind = CHANGE_JOB;
    HASH_ITER (hh, s->jobs, job, next_job) {
        change.u.job = job->job;
        if (!job->gone)
            emit(arg, &change);
    }
}

bool sched_node_usage(const struct sched *s, const char *node, struct resvec *ret_used,
                      struct resvec *ret_free)
{
    const struct noderec *rec = cluster_node(&s->cluster, node);

    if (rec == NULL)
        return false;
    *ret_used = rec->used;
    *ret_free = rec->free;
    return true;
}

struct norms core_norms(const struct sched *s)
{
    struct norms norms = {
        .nodes = s->cluster.n_known,
        .cpu_milli = (int64_t)MIN(s->cluster.cpu_milli, (__int128)INT64_MAX),
        .qos_priority = policy_largest_priority(&s->policy),
    };
    const struct partrec *part, *next_part;

    HASH_ITER (hh, s->cluster.parts, part, next_part) {
        if (!part->gone)
            norms.part_factor = MAX(norms.part_factor, part->part->priority_job_factor);
    }
    return norms;
}

int64_t sched_job_priority(const struct sched *s, const char *job_uid, int64_t now_sec)
{
    const struct jobrec *rec = jobrec_find(s, job_uid);
    struct norms norms = core_norms(s);
    const struct partrec *part;
    const struct qos *qos;
    int64_t best;

    if (rec == NULL)
        return -1;
    qos = policy_qos(&s->policy, rec->job);
    part = rec->job->n_partitions == 0 ? cluster_default_partition(&s->cluster) : NULL;
    best = priority_of(&s->config, &norms, rec->job, part != NULL ? part->part : NULL,
                       qos, now_sec)
               .total;
    for (size_t i = 0; i < rec->job->n_partitions; i++) {
        part = cluster_partition(&s->cluster, rec->job->partitions[i]);
        if (part != NULL)
            best = MAX(best, priority_of(&s->config, &norms, rec->job, part->part, qos,
                                         now_sec)
                                 .total);
    }
    return best;
}

bool sched_job_reason(const struct sched *s, const char *job_uid,
                      enum reason *ret_reason, const char **ret_message)
{
    const struct jobrec *rec = jobrec_find(s, job_uid);

    if (rec == NULL)
        return false;
    *ret_reason = rec->reason;
    *ret_message = rec->message != NULL ? rec->message : "";
    return true;
}

const char *sched_default_partition(const struct sched *s)
{
    const struct partrec *rec = cluster_default_partition(&s->cluster);

    return rec != NULL ? rec->part->name : NULL;
}

const struct partition *sched_partition(const struct sched *s, const char *name)
{
    const struct partrec *rec = cluster_partition(&s->cluster, name);

    return rec != NULL ? rec->part : NULL;
}

struct ahead sched_job_ahead(const struct sched *s, const char *job_uid)
{
    const struct jobrec *rec = jobrec_find(s, job_uid);
    bool waits = rec != NULL && rec->job->phase == JOB_PENDING &&
                 (rec->reason == REASON_RESOURCES || rec->reason == REASON_PRIORITY);

    return waits ? rec->ahead : (struct ahead){0};
}

const struct job *sched_job(const struct sched *s, const char *job_uid)
{
    const struct jobrec *rec = jobrec_find(s, job_uid);

    return rec != NULL ? rec->job : NULL;
}

size_t sched_count(const struct sched *s, enum job_phase phase)
{
    return s->n_phase[phase];
}
