/* What others ask about nodes, partitions and jobs. */
#include "base/hostlist.h"
#include "base/util.h"
#include "scheduler/component.h"
#include "scheduler/core.h"
#include "scheduler/herd.h"
#include "scheduler/preempt_rules.h"
#include "scheduler/tell.h"

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
    int64_t best = core_priority(s, &norms, job, NULL, now_sec).total;

    for (size_t i = 0; i < reserve_n_partitions(job); i++) {
        const struct partrec *part = reserve_partition(s, job, i);

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
    return best + priority_kept(&s->config, rec->job, rec->job->reached, best);
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

uint64_t sched_cluster_gen(const struct sched *s)
{
    return s->cluster.gen;
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

const char *sched_unnamed_partition(const struct sched *s, const struct job *job,
                                    size_t i)
{
    const struct partrec *rec = reserve_partition(s, job, i);

    return rec != NULL ? rec->part->name : NULL;
}

size_t sched_n_unnamed_partitions(const struct job *job)
{
    return reserve_n_partitions(job);
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

static void say_missing_nodes(const struct sched *s, const struct partition *part,
                              struct str *out)
{
    HOSTLIST_AUTO struct hostlist missing = {0};

    for (size_t i = 0; i < part->n_node_names; i++) {
        if (cluster_node(&s->cluster, part->node_names[i]) == NULL)
            hostlist_add(&missing, part->node_names[i]);
    }
    if (missing.n == 0)
        return;
    str_add(out, "nodes that do not exist: ");
    hostlist_sort(&missing);
    hostlist_format(&missing, out);
}

bool sched_say_missing(const struct sched *s, const char *partition, struct str *out)
{
    const struct partition *part = sched_partition(s, partition);
    const size_t before = out->len;

    if (part == NULL)
        return false;
    if (part->qos != NULL && policy_find_qos(&s->policy, part->qos) == NULL)
        str_addf(out, "QOS %s does not exist: its jobs wait", part->qos);
    else if (part->alternate != NULL && sched_partition(s, part->alternate) == NULL)
        str_addf(out, "its alternate %s does not exist", part->alternate);
    else
        say_missing_nodes(s, part, out);
    return out->len > before;
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
    return herd_requeues(s, &side);
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

size_t sched_restless(const struct sched *s)
{
    return s->restless.seconds;
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

const struct slot *sched_counts(const struct sched *s, const struct job *job,
                                const struct slot *slots, size_t n)
{
    AUTO_FREE struct slot *counts = NULL;
    bool any = false;

    for (size_t i = 0; i < n && !any; i++)
        any = job->exclusive || slots[i].alone;
    if (!any)
        return NULL;
    counts = slots_draft(slots, n);
    for (size_t i = 0; i < n; i++) {
        const struct holding h = {
            .slots = &slots[i], .n = 1, .alone = job->exclusive || slots[i].alone};

        counts[i].each = cluster_counts(&s->cluster, &h, 0);
        counts[i].pods = 1;
        counts[i].cpu_milli = 0;
    }
    return slots_new(counts, n);
}
