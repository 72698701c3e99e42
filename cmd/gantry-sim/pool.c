#include "cmd/gantry-sim/pool.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "crds/convert.h"

#define PARTITION "batch"
#define PODS_MAX (INT64_C(1) << 30)

void pool_init(struct pool *p)
{
    *p = (struct pool){.n = 0};
    restable_init(&p->resources);
    p->resources.gpu = restable_intern(&p->resources, GPU_RESOURCE);
}

void pool_fini(struct pool *p)
{
    for (size_t i = 0; i < p->n; i++)
        node_free(p->nodes[i]);
    free(p->nodes);
    for (size_t i = 0; i < p->n_partitions; i++)
        partition_free(p->partitions[i]);
    free(p->partitions);
    for (size_t i = 0; i < p->n_qos; i++)
        qos_free(p->qos[i]);
    free(p->qos);
    for (size_t i = 0; i < p->n_accounts; i++)
        account_free(p->accounts[i]);
    free(p->accounts);
    for (size_t i = 0; i < p->n_reservations; i++)
        reservation_free(p->reservations[i]);
    free(p->reservations);
    for (size_t i = 0; i < p->n_pods; i++)
        foreign_pod_free(p->pods[i]);
    free(p->pods);
    free(p->passed_over);
    *p = (struct pool){.n = 0};
}

void pool_take(struct pool *p, struct node *node)
{
    node->ready = true;
    if (node->capacity.v[RES_PODS] == 0)
        node->capacity.v[RES_PODS] = PODS_MAX;
    if (node->gpu_type && !labels_find(node->labels, node->n_labels, GPU_TYPE_LABEL))
        labels_add(&node->labels, &node->n_labels, GPU_TYPE_LABEL, node->gpu_type);
    labels_sort(node->labels, node->n_labels);
    for (int i = 0; i < RES_MAX; i++)
        p->largest.v[i] = MAX(p->largest.v[i], node->capacity.v[i]);
    resvec_add(&p->total, &node->capacity);
    GROW(p->nodes, p->n, p->cap);
    p->nodes[p->n++] = node;
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(struct node *const *)a)->name, (*(struct node *const *)b)->name);
}

int pool_check_names(const struct pool *p, struct err *err)
{
    struct node **sorted = xcalloc(p->n + 1, sizeof(*sorted));
    int rc = 0;
    memcpy(sorted, p->nodes, p->n * sizeof(*sorted));
    qsort(sorted, p->n, sizeof(*sorted), by_name);
    for (size_t i = 1; rc == 0 && i < p->n; i++)
        if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0)
            rc = err_set(err, ERR_INVALID, "--cluster: two nodes have the name %s",
                         sorted[i]->name);
    free(sorted);
    return rc;
}

bool pool_within(const struct pool *p, const struct node *node)
{
    const struct resvec *has = &node->capacity;
    return has->v[p->resources.gpu] <= POOL_GPUS_MAX &&
           has->v[RES_CPU] <= POOL_CPU_MILLI_MAX && has->v[RES_MEM] <= POOL_MEMORY_MAX;
}

bool pool_is_open(const struct node *node)
{
    return node->ready && !node_is_drained(node);
}

int pool_measure(const struct pool *p)
{
    return p->total.v[p->resources.gpu] > 0 ? p->resources.gpu : RES_CPU;
}

/* ---- to the core ---- */

static void tell_partition(struct partition *part, struct sched *s)
{
    sched_apply(s, &(struct change){.kind = CHANGE_PARTITION, .u.partition = part});
}

/* Its usage is of the time of the record, if that is given, and fades from there. */
static void tell_account(const struct account *account, struct sched *s,
                         int64_t start_sec)
{
    struct account *copy = account_copy(account);
    if (start_sec != TIME_UNSET && copy->as_of.usage_sec != TIME_UNSET)
        copy->as_of.usage_sec = start_sec;
    sched_apply(s, &(struct change){.kind = CHANGE_ACCOUNT, .u.account = copy});
}

static void tell_policy(const struct pool *p, struct sched *s, int64_t start_sec)
{
    for (size_t i = 0; i < p->n_accounts; i++)
        tell_account(p->accounts[i], s, start_sec);
    for (size_t i = 0; i < p->n_reservations; i++)
        sched_apply(
            s, &(struct change){.kind = CHANGE_RESERVATION,
                                .u.reservation = reservation_copy(p->reservations[i])});
    for (size_t i = 0; i < p->n_partitions; i++)
        tell_partition(partition_copy(p->partitions[i]), s);
    for (size_t i = 0; i < p->n_qos; i++)
        sched_apply(s,
                    &(struct change){.kind = CHANGE_QOS, .u.qos = qos_copy(p->qos[i])});
    if (p->n_partitions > 0)
        return;
    struct partition *part = partition_new();
    part->name = xstrdup(PARTITION);
    part->is_default = true;
    tell_partition(part, s);
}

void pool_tell(const struct pool *p, struct sched *s, int64_t start_sec)
{
    sched_apply(
        s, &(struct change){.kind = CHANGE_RESOURCES, .u.resources = &p->resources});
    for (size_t i = 0; i < p->n; i++)
        sched_apply(
            s, &(struct change){.kind = CHANGE_NODE, .u.node = node_copy(p->nodes[i])});
    for (size_t i = 0; i < p->n_pods; i++)
        sched_apply(s, &(struct change){.kind = CHANGE_FOREIGN_POD,
                                        .u.pod = foreign_pod_copy(p->pods[i])});
    tell_policy(p, s, p->saved ? TIME_UNSET : start_sec);
}
