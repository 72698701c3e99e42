/* What others ask the core: all of it, or one thing. */
#include <stdlib.h>

#include "base/util.h"
#include "scheduler/allowance_private.h"
#include "scheduler/component.h"
#include "scheduler/core.h"
#include "scheduler/follower.h"
#include "scheduler/herd.h"
#include "scheduler/preempt_rules.h"
#include "scheduler/tell.h"
#include "scheduler/relative.h"

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

static void emit_job(const struct jobrec *rec,
                     void (*emit)(void *arg, const struct change *change), void *arg)
{
    struct job view;
    const struct job *job = follower_view(rec, &view);
    struct change change = {.kind = CHANGE_JOB, .u.job = (struct job *)job};

    emit(arg, &change);
    if (job == &view)
        free(view.plan.further);
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
    change.kind = CHANGE_RESERVATION;
    for (size_t i = 0; i < s->reserve.n; i++) {
        change.u.reservation = s->reserve.recs[i].resv;
        emit(arg, &change);
    }
    change.kind = CHANGE_FOREIGN_POD;
    HASH_ITER (hh, c->pods, pod, next_pod) {
        change.u.pod = pod->pod;
        emit(arg, &change);
    }
    HASH_ITER (hh, s->jobs, job, next_job) {
        if (!job->gone)
            emit_job(job, emit, arg);
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

size_t sched_node_slots(const struct sched *s, const char *node)
{
    const struct noderec *rec = cluster_node(&s->cluster, node);

    return rec != NULL ? rec->n_slots : 0;
}

/* In any of its partitions. */
static int64_t best_priority(const struct sched *s, const struct job *job,
                             int64_t now_sec)
{
    const struct norms norms = core_norms(s);
    const struct partrec *part;
    int64_t best;

    part = job->n_partitions == 0 ? cluster_default_partition(&s->cluster) : NULL;
    best = core_priority(s, &norms, job, part, now_sec).total;
    for (size_t i = 0; i < job->n_partitions; i++) {
        part = cluster_partition(&s->cluster, job->partitions[i]);
        if (part != NULL)
            best = MAX(best, core_priority(s, &norms, job, part, now_sec).total);
    }
    return best;
}

int64_t sched_job_priority(const struct sched *s, const char *job_uid, int64_t now_sec)
{
    const struct jobrec *rec = jobrec_find(s, job_uid);
    struct job view;
    int64_t best = 0;

    if (rec == NULL)
        return -1;
    view = *rec->job;
    for (size_t i = 0; i < MAX(view.n_qos_list, 1); i++) {
        view.qos_at = view.n_qos_list > 0 ? (int64_t)i : 0;
        best = MAX(best, best_priority(s, &view, now_sec));
    }
    return best + priority_kept(&s->config, rec->job, best);
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

const struct account *sched_account(const struct sched *s, const char *name)
{
    return policy_find_account(&s->policy, name);
}

uint64_t sched_cluster_gen(const struct sched *s)
{
    return s->cluster.gen;
}

const struct qos *sched_qos(const struct sched *s, const char *name)
{
    return policy_find_qos(&s->policy, name);
}

bool sched_say_account_fault(const struct sched *s, const char *account,
                             struct str *out)
{
    const struct assocs *a = &s->policy.assocs;
    size_t i = s->policy.stale ? ASSOC_NONE : assocs_find(a, account);

    if (i == ASSOC_NONE || a->places[i].fault == ASSOC_SOUND)
        return false;
    assocs_say_fault(a, i, out);
    return true;
}

bool sched_say_circle(const struct sched *s, const char *name, struct str *out)
{
    const struct qos *qos = policy_find_qos(&s->policy, name);

    if (qos == NULL || !qos->in_circle)
        return false;
    preempt_say_circle(s->policy.qos, s->policy.n_qos, qos, out);
    return true;
}

bool sched_say_relative(const struct sched *s, const char *name, struct str *out)
{
    const struct qos *qos = policy_find_qos(&s->policy, name);

    return qos != NULL && relative_say_fault(s, qos, out);
}

bool sched_say_within(const struct sched *s, const char *name, struct str *out)
{
    const struct qos *qos = policy_find_qos(&s->policy, name);

    if (qos == NULL || s->config.preempt_type != PREEMPT_BY_PARTITION ||
        (qos->preempt_mode & PREEMPT_WITHIN) == 0)
        return false;
    str_add(out, "its WITHIN does nothing: preemption goes by partitions here "
                 "(preemptType: partition_prio)");
    return true;
}

const struct reservation *sched_reservation_clash(const struct sched *s,
                                                  const char *name)
{
    return reserve_clash(s, name);
}

int64_t sched_reservation_run_into(const struct sched *s, const char *name)
{
    return reserve_run_into(s, name);
}

void sched_say_idle_reservation(const struct sched *s, const char *name,
                                struct str *out)
{
    reserve_say_idle(&s->reserve, name, out);
}

bool sched_reservation_used(const struct sched *s, const char *name)
{
    struct jobrec *rec, *next;

    HASH_ITER (hh, s->jobs, rec, next) {
        if (!rec->gone && rec->job->phase <= JOB_COMPLETING &&
            job_names_reservation(rec->job, name))
            return true;
    }
    return false;
}

const struct reservation *sched_reservation(const struct sched *s, const char *name)
{
    const struct resvrec *rec = reserve_find(&s->reserve, name);

    return rec != NULL ? rec->resv : NULL;
}

int64_t sched_charged_sec(const struct sched *s)
{
    return s->charged_sec;
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

const struct partition *sched_taker(const struct sched *s, const struct partition *part,
                                    sched_takes_fn *takes, const void *arg)
{
    for (int i = 0; part != NULL && i <= ALTERNATES_MAX; i++) {
        if (takes(arg, part))
            return part;
        part = part->alternate != NULL ? sched_partition(s, part->alternate) : NULL;
    }
    return NULL;
}

struct ahead sched_job_ahead(const struct sched *s, const char *job_uid)
{
    const struct jobrec *rec = jobrec_find(s, job_uid);
    bool waits = rec != NULL && rec->job->phase == JOB_PENDING &&
                 (rec->reason == REASON_RESOURCES || rec->reason == REASON_PRIORITY);

    return waits ? rec->ahead : (struct ahead){0};
}

struct sooner sched_job_sooner(const struct sched *s, const char *job_uid)
{
    const struct jobrec *rec = jobrec_find(s, job_uid);
    bool waits = rec != NULL && rec->job->phase == JOB_PENDING;

    return waits ? rec->told_sooner : (struct sooner){0};
}

const struct job *sched_job(const struct sched *s, const char *job_uid)
{
    const struct jobrec *rec = jobrec_find(s, job_uid);

    return rec != NULL ? rec->job : NULL;
}

const char *sched_job_account(const struct sched *s, const char *job_uid)
{
    const struct jobrec *rec = jobrec_find(s, job_uid);

    return rec != NULL ? policy_account(&s->policy, rec->job) : NULL;
}

bool sched_job_returns(const struct sched *s, const char *job_uid)
{
    const struct jobrec *rec = jobrec_find(s, job_uid);
    const struct partrec *part =
        rec != NULL ? cluster_partition(&s->cluster, rec->job->partition) : NULL;
    struct preempt_side side;

    if (part == NULL || rec->job->no_requeue)
        return false;
    side = herd_side(s, rec, part);
    return preempt_mode_of(&s->config, &side) == PREEMPT_REQUEUE;
}

int64_t sched_job_end(const struct sched *s, const char *job_uid)
{
    const struct jobrec *rec = jobrec_find(s, job_uid);

    return rec != NULL && rec->job->phase == JOB_RUNNING ? jobrec_end(s, rec)
                                                         : TIME_NEVER;
}

int64_t sched_component_end(const struct sched *s, const char *job_uid,
                            size_t component)
{
    const struct jobrec *rec = jobrec_find(s, job_uid);

    return rec != NULL && rec->job->phase == JOB_RUNNING &&
                   component <= rec->job->n_others
               ? jobrec_component_end(s, rec, component)
               : TIME_NEVER;
}

size_t sched_broken_promises(const struct sched *s, enum broken cause)
{
    return s->n_broken[cause];
}

enum broken sched_job_broken(const struct sched *s, const char *job_uid)
{
    const struct jobrec *rec = jobrec_find(s, job_uid);

    return rec != NULL ? rec->broken : BROKEN_NOT;
}

size_t sched_count(const struct sched *s, enum job_phase phase)
{
    return s->n_phase[phase];
}

const char *sched_component_qos(const struct sched *s, const struct job *job,
                                size_t component)
{
    struct job alone;

    return tell_qos(s, component_alone(job, component, &alone));
}

static enum reason check_new_as(struct sched *s, const struct job *job, size_t qos_at,
                                const struct partition *part, struct str *message)
{
    struct job *bound = job_copy(job);
    enum reason reason;

    bound->qos_at = (int64_t)qos_at;
    allowance_bound_now(s, bound, NULL); /* a limit that it does not ask for, for one */
    reason = allowance_check_new(s, bound, part, message);
    job_free(bound);
    return reason;
}

enum reason sched_check_new(struct sched *s, const struct job *job,
                            const struct partition *part, struct str *message)
{
    enum reason first = REASON_NONE;
    STR_AUTO struct str said, other;

    s->charge_again |= policy_settle(&s->policy);
    allowance_begin(s);
    str_init(&said, message->max);
    str_init(&other, message->max);
    for (size_t i = 0; i < MAX(job->n_qos_list, 1); i++) {
        size_t qos_at = policy_qos_ranked(&s->policy, job, i);
        enum reason reason =
            check_new_as(s, job, qos_at, part, i == 0 ? &said : &other);

        if (reason == REASON_NONE)
            return REASON_NONE;
        first = i == 0 ? reason : first;
        str_reset(&other);
    }
    str_add(message, said.s);
    return first;
}

/* A component that has left its partition counts as the job does. */
static bool is_alone_there(const struct sched *s, const struct job *job,
                           const struct partrec *first, const struct slot *slot)
{
    const struct partrec *part = first;

    if (slot->component > 0 && slot->component <= (int64_t)job->n_others)
        part = cluster_component_partition(&s->cluster, job, (size_t)slot->component,
                                           first);
    return job_is_alone(job, part != NULL ? part->part : NULL);
}

struct slot *sched_counts(const struct sched *s, const struct job *job,
                          const char *partition, const struct slot *slots, size_t n)
{
    const struct partrec *first =
        partition != NULL ? cluster_partition(&s->cluster, partition) : NULL;
    struct slot *counts;
    bool any = false;

    for (size_t i = 0; i < n && !any; i++)
        any = is_alone_there(s, job, first, &slots[i]);
    if (!any)
        return NULL;
    counts = slots_copy(slots, n);
    for (size_t i = 0; i < n; i++) {
        const struct holding h = {.slots = &slots[i],
                                  .n = 1,
                                  .alone = is_alone_there(s, job, first, &slots[i])};

        counts[i].each = cluster_counts(&s->cluster, &h, 0);
        counts[i].pods = 1;
        counts[i].cpu_milli = 0;
    }
    return counts;
}
