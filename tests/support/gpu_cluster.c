#include "tests/support/gpu_cluster.h"

#include "base/util.h"
#include "tests/support/slot_list.h"

int gpu_cluster_resources(struct restable *res)
{
    restable_init(res);
    return restable_intern(res, "nvidia.com/gpu");
}

struct sched *gpu_cluster_core(const struct sched_config *config, struct restable *res)
{
    struct sched *s = sched_new(config);

    gpu_cluster_tell(s, CHANGE_RESOURCES, res);
    gpu_cluster_tell(s, CHANGE_PARTITION, gpu_cluster_partition());
    return s;
}

void gpu_cluster_tell(struct sched *s, enum change_kind kind, void *what)
{
    sched_apply(s, &(struct change){.kind = kind, .u.job = what});
}

struct partition *gpu_cluster_partition(void)
{
    struct partition *part = partition_new();

    part->name = xstrdup("batch");
    part->is_default = true;
    return part;
}

struct node *gpu_cluster_node(size_t number, int gpu)
{
    struct node *node = node_new();

    node->name = xasprintf("n%zu", number);
    node->ready = true;
    node->capacity.v[RES_CPU] = 64000;
    node->capacity.v[RES_MEM] = INT64_C(512) << 30;
    node->capacity.v[RES_PODS] = 110;
    node->capacity.v[gpu] = NODE_GPUS;
    return node;
}

struct account *gpu_cluster_account(int number, int users)
{
    struct account *a = account_new();

    a->name = xasprintf("account-%d", number);
    for (int i = 0; i < users; i++) {
        AUTO_FREE char *user = xasprintf("user-%d-%d", number, i);

        account_add(a, user, NULL, NULL);
    }
    account_sort(a);
    return a;
}

void gpu_cluster_run(struct job *job, size_t node, size_t n, int64_t start_sec)
{
    for (size_t i = 0; i < n; i++)
        slot_list_add_on(
            &job->alloc, &job->n_alloc, "n", node + i,
            &(struct slot){.pods = 1, .each = job->each, .first_rank = (int64_t)i});
    job->phase = JOB_RUNNING;
    job->partition = xstrdup("batch");
    job->start_sec = start_sec;
}
