#include "scheduler/model.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* ---- nodes ---- */

struct node *node_new(void)
{
    struct node *node = xcalloc(1, sizeof(*node));

    node->weight = 1;
    return node;
}

struct node *node_copy(const struct node *n)
{
    struct node *copy = node_new();

    *copy = *n;
    copy->name = xstrdup_null(n->name);
    copy->gpu_type = xstrdup_null(n->gpu_type);
    copy->labels = NULL;
    copy->n_labels = 0;
    for (size_t i = 0; i < n->n_labels; i++)
        labels_add(&copy->labels, &copy->n_labels, n->labels[i].key,
                   n->labels[i].value);
    copy->taints = NULL;
    if (n->n_taints > 0)
        copy->taints = xmalloc(n->n_taints * sizeof(*copy->taints));
    for (size_t i = 0; i < n->n_taints; i++)
        copy->taints[i] =
            (struct taint){xstrdup(n->taints[i].key), xstrdup(n->taints[i].value),
                           n->taints[i].effect};
    return copy;
}

void node_free(struct node *n)
{
    if (n == NULL)
        return;
    for (size_t i = 0; i < n->n_labels; i++) {
        free(n->labels[i].key);
        free(n->labels[i].value);
    }
    for (size_t i = 0; i < n->n_taints; i++) {
        free(n->taints[i].key);
        free(n->taints[i].value);
    }
    free(n->labels);
    free(n->taints);
    free(n->gpu_type);
    free(n->name);
    free(n);
}

/* ---- partitions ---- */

struct partition *partition_new(void)
{
    struct partition *p = xcalloc(1, sizeof(*p));

    p->state = PART_UP;
    p->priority_tier = 1;
    p->priority_job_factor = 1;
    p->max_time_sec = LIMIT_UNLIMITED;
    p->default_time_sec = LIMIT_UNSET;
    p->over_time_sec = LIMIT_UNSET;
    p->max_nodes = LIMIT_UNLIMITED;
    return p;
}

static struct access access_copy(const struct access *a)
{
    struct access copy = *a;

    copy.allow_accounts = names_copy(a->allow_accounts, a->n_allow_accounts);
    copy.deny_accounts = names_copy(a->deny_accounts, a->n_deny_accounts);
    copy.allow_qos = names_copy(a->allow_qos, a->n_allow_qos);
    copy.deny_qos = names_copy(a->deny_qos, a->n_deny_qos);
    copy.allow_namespaces = names_copy(a->allow_namespaces, a->n_allow_namespaces);
    copy.allow_groups = names_copy(a->allow_groups, a->n_allow_groups);
    copy.deny_groups = names_copy(a->deny_groups, a->n_deny_groups);
    return copy;
}

static void access_fini(struct access *a)
{
    names_free(a->allow_accounts, a->n_allow_accounts);
    names_free(a->deny_accounts, a->n_deny_accounts);
    names_free(a->allow_qos, a->n_allow_qos);
    names_free(a->deny_qos, a->n_deny_qos);
    names_free(a->allow_namespaces, a->n_allow_namespaces);
    names_free(a->allow_groups, a->n_allow_groups);
    names_free(a->deny_groups, a->n_deny_groups);
}

struct partition *partition_copy(const struct partition *p)
{
    struct partition *copy = partition_new();

    *copy = *p;
    copy->name = xstrdup_null(p->name);
    copy->selector = term_copy(&p->selector);
    copy->node_names = names_copy(p->node_names, p->n_node_names);
    copy->access = access_copy(&p->access);
    copy->qos = xstrdup_null(p->qos);
    copy->alternate = xstrdup_null(p->alternate);
    copy->billing = NULL;
    copy->n_billing = 0;
    for (size_t i = 0; i < p->n_billing; i++)
        partition_bill(copy, p->billing[i].resource, p->billing[i].gpu_type,
                       p->billing[i].nano);
    return copy;
}

void partition_bill(struct partition *p, const char *resource, const char *gpu_type,
                    int64_t nano)
{
    p->billing = xrealloc(p->billing, (p->n_billing + 1) * sizeof(*p->billing));
    p->billing[p->n_billing++] =
        (struct billing_weight){xstrdup(resource), xstrdup_null(gpu_type), nano};
}

void partition_free(struct partition *p)
{
    if (p == NULL)
        return;
    term_fini(&p->selector);
    names_free(p->node_names, p->n_node_names);
    access_fini(&p->access);
    for (size_t i = 0; i < p->n_billing; i++) {
        free(p->billing[i].resource);
        free(p->billing[i].gpu_type);
    }
    free(p->billing);
    free(p->qos);
    free(p->alternate);
    free(p->name);
    free(p);
}

/* ---- QOS ---- */

struct qos *qos_new(void)
{
    struct qos *q = xcalloc(1, sizeof(*q));

    q->usage_factor = 1000;
    q->limit_factor = LIMIT_UNSET;
    q->usage_threshold = LIMIT_UNSET;
    q->preempt_exempt_sec = LIMIT_UNSET;
    q->as_of = USAGE_NEVER;
    return q;
}

struct qos *qos_copy(const struct qos *q)
{
    struct qos *copy = qos_new();

    *copy = *q;
    copy->name = xstrdup_null(q->name);
    copy->relative_to = xstrdup_null(q->relative_to);
    copy->limits = limits_copy(&q->limits);
    copy->usage = usage_copy(&q->usage);
    copy->preempt = names_copy(q->preempt, q->n_preempt);
    return copy;
}

void qos_free(struct qos *q)
{
    if (q == NULL)
        return;
    limits_fini(&q->limits);
    usage_fini(&q->usage);
    names_free(q->preempt, q->n_preempt);
    free(q->relative_to);
    free(q->name);
    free(q);
}

int64_t qos_flag(const char *word)
{
    static const struct {
        const char *word;
        int64_t flag;
    } flags[] = {
        {"OverPartQOS", QOS_OVER_PART_QOS},
        {"DenyOnLimit", QOS_DENY_ON_LIMIT},
        {"NoReserve", QOS_NO_RESERVE},
        {"NoDecay", QOS_NO_DECAY},
        {"RequiresReservation", QOS_REQUIRES_RESERVATION},
        {"EnforceUsageThreshold", QOS_ENFORCE_USAGE_THRESHOLD},
        {"UsageFactorSafe", QOS_USAGE_FACTOR_SAFE},
        {"Relative", QOS_RELATIVE},
        {"PartitionTimeLimit", QOS_PART_TIME_LIMIT},
        {"PartitionMaxNodes", QOS_PART_MAX_NODES},
        {"PartitionMinNodes", QOS_PART_MIN_NODES},
    };

    for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
        if (strcmp(flags[i].word, word) == 0)
            return flags[i].flag;
    }
    return 0;
}

/* ---- pods that are not ours ---- */

struct foreign_pod *foreign_pod_new(void)
{
    return xcalloc(1, sizeof(struct foreign_pod));
}

struct foreign_pod *foreign_pod_copy(const struct foreign_pod *p)
{
    struct foreign_pod *copy = foreign_pod_new();

    *copy = *p;
    copy->uid = xstrdup_null(p->uid);
    copy->node = xstrdup_null(p->node);
    copy->partition = xstrdup_null(p->partition);
    return copy;
}

void foreign_pod_free(struct foreign_pod *p)
{
    if (p == NULL)
        return;
    free(p->uid);
    free(p->node);
    free(p->partition);
    free(p);
}
