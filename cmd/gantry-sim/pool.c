#include "cmd/gantry-sim/pool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/quantity.h"
#include "base/str.h"
#include "base/util.h"
#include "crds/convert.h"

#define PARTITION "batch"
#define GPUS_MAX 1024
#define CPU_MILLI_MAX (INT64_C(1) << 30)
#define MEMORY_MAX (INT64_C(1) << 50)
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
    return has->v[p->resources.gpu] <= GPUS_MAX && has->v[RES_CPU] <= CPU_MILLI_MAX &&
           has->v[RES_MEM] <= MEMORY_MAX;
}

int pool_measure(const struct pool *p)
{
    return p->total.v[p->resources.gpu] > 0 ? p->resources.gpu : RES_CPU;
}

/* ---- groups ---- */

static int read_count(const char *text, int64_t max, int64_t *ret, struct err *err)
{
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || n < 0 || n > max)
        return err_set(err, ERR_INVALID, "\"%s\" is no number up to %lld", text,
                       (long long)max);
    *ret = n;
    return 0;
}

/* "8", "a100:8". */
static int set_gpus(const struct pool *p, char *text, struct node *like,
                    struct err *err)
{
    char *colon = strrchr(text, ':');
    if (colon) {
        *colon = '\0';
        like->gpu_type = xstrdup(text);
    }
    if (colon && *text == '\0')
        return err_set(err, ERR_INVALID, "a type is missing, as in a100:8");
    return read_count(colon ? colon + 1 : text, GPUS_MAX,
                      &like->capacity.v[p->resources.gpu], err);
}

static int set_cpus(const struct pool *p, char *text, struct node *like,
                    struct err *err)
{
    int64_t *milli = &like->capacity.v[RES_CPU];
    (void)p;
    if (quantity_parse_milli(text, milli, err) < 0)
        return -1;
    if (*milli < 0 || *milli > CPU_MILLI_MAX)
        return err_set(err, ERR_INVALID, "\"%s\" is not between 0 and 1 million", text);
    return 0;
}

static int set_memory(const struct pool *p, char *text, struct node *like,
                      struct err *err)
{
    int64_t *bytes = &like->capacity.v[RES_MEM];
    (void)p;
    if (size_parse(text, bytes, err) < 0)
        return -1;
    if (*bytes < 0 || *bytes > MEMORY_MAX)
        return err_set(err, ERR_INVALID, "\"%s\" is not between 0 and 1Pi", text);
    return 0;
}

static const struct {
    const char *option;
    size_t offset;
    int (*set)(const struct pool *p, char *text, struct node *like, struct err *err);
} amounts[] = {
    {"--gpus", offsetof(struct groups, gpus), set_gpus},
    {"--cpus", offsetof(struct groups, cpus), set_cpus},
    {"--memory", offsetof(struct groups, memory), set_memory},
};

static size_t list_len(const char *list)
{
    size_t n = 1;
    for (; *list; list++)
        n += *list == ',';
    return n;
}

/* The i-th item, or the only one. */
static char *list_item(const char *list, size_t i)
{
    for (i = list_len(list) > 1 ? i : 0; i > 0; i--)
        list = strchr(list, ',') + 1;
    return xstrndup(list, strcspn(list, ","));
}

/* The amounts of the i-th group, in `like`. */
static int read_group(const struct pool *p, const struct groups *groups, size_t i,
                      struct node *like, struct err *err)
{
    for (size_t k = 0; k < ARRAY_LEN(amounts); k++) {
        const char *list;
        memcpy(&list, (const char *)groups + amounts[k].offset, sizeof(list));
        if (!list)
            continue;
        size_t n = list_len(list), of = list_len(groups->nodes);
        if (n > 1 && n != of)
            return err_set(err, ERR_INVALID,
                           "%s: %zu items for %zu groups of nodes; one, or as many",
                           amounts[k].option, n, of);
        AUTO_FREE char *item = list_item(list, i);
        if (amounts[k].set(p, item, like, err) < 0)
            return err_prefix(err, "%s", amounts[k].option);
    }
    return 0;
}

static int add_group(struct pool *p, const struct groups *groups, size_t i,
                     struct node *like, struct err *err)
{
    AUTO_FREE char *item = list_item(groups->nodes, i);
    int64_t count;
    if (read_count(item, POOL_NODES_MAX, &count, err) < 0)
        return err_prefix(err, "--nodes");
    if (count < 1 || count > POOL_NODES_MAX - (int64_t)p->n)
        return err_set(err, ERR_INVALID, "--nodes: not between 1 and %d in all",
                       POOL_NODES_MAX);
    if (read_group(p, groups, i, like, err) < 0)
        return -1;
    for (int64_t k = 0; k < count; k++) {
        struct node *node = node_copy(like);
        free(node->name);
        node->name = xasprintf("n%zu", p->n + 1);
        pool_take(p, node);
    }
    return 0;
}

int pool_add(struct pool *p, const struct groups *groups, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < list_len(groups->nodes); i++) {
        struct node *like = node_new();
        rc = add_group(p, groups, i, like, err);
        node_free(like);
    }
    return rc;
}

/* ---- to the core ---- */

static void tell_partition(struct partition *part, struct sched *s)
{
    sched_apply(s, &(struct change){.kind = CHANGE_PARTITION, .u.partition = part});
}

/* Its usage is of the time of the record, and fades from there. */
static void tell_account(const struct account *account, struct sched *s,
                         int64_t start_sec)
{
    struct account *copy = account_copy(account);
    if (copy->as_of.usage_sec != TIME_UNSET)
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
    tell_policy(p, s, start_sec);
}

/* ---- jobs ---- */

static int64_t divide_up(int64_t a, int64_t b)
{
    return a / b + (a % b != 0);
}

static struct resvec resvec_part(const struct resvec *all, int64_t parts)
{
    struct resvec part = {0};
    for (int i = 0; i < RES_MAX; i++)
        part.v[i] = divide_up(all->v[i], parts);
    return part;
}

/* Equal pods, one a node, or where the units do not come out even a divided job. */
static void shape_spread(struct job *job, const struct resvec *unit, int64_t units,
                         int64_t pods, int64_t per_pod)
{
    job->min_pods = job->max_pods = pods;
    job->each = *unit;
    if (units % pods == 0) {
        for (int i = 0; i < RES_MAX; i++)
            job->each.v[i] *= units / pods;
        return;
    }
    job_add_unit(job, units, unit)->most = per_pod;
}

static void shape_job(const struct pool *p, const struct work *work, struct job *job)
{
    const int gpu = p->resources.gpu;
    struct resvec all = {0};
    all.v[RES_CPU] = work->cpu_milli;
    all.v[RES_MEM] = work->mem_bytes;
    all.v[gpu] = work->gpus;
    job->one_per_node = true;
    int64_t units = work->gpus > 0 ? work->gpus : divide_up(work->cpu_milli, 1000);
    if (work->nodes <= 1 && (units <= 1 || resvec_fits(&all, &p->largest))) {
        job->each = all;
    } else if (units < work->nodes) {
        job->min_pods = job->max_pods = work->nodes;
        job->each = resvec_part(&all, work->nodes);
    } else {
        struct resvec unit = resvec_part(&all, units);
        int64_t most = MAX(MIN(resvec_times(&unit, &p->largest), units), 1);
        int64_t pods = work->nodes > 0 ? work->nodes : divide_up(units, most);
        int64_t even = divide_up(units, pods);
        shape_spread(job, &unit, units, pods, work->nodes > 0 ? MIN(even, most) : most);
    }
    job->each.v[RES_PODS] = 1;
}

static void allow_types(struct job *job, const char *types)
{
    struct requirement *r = term_add(&job->node_all, GPU_TYPE_LABEL, SELECT_IN);
    while (*types) {
        size_t len = strcspn(types, "|");
        AUTO_FREE char *type = xstrndup(types, len);
        requirement_add_value(r, type);
        types += len + (types[len] == '|');
    }
}

/* "a" or "a|b". */
static void add_names(char ***to, size_t *n, const char *names)
{
    while (*names) {
        size_t len = strcspn(names, "|");
        AUTO_FREE char *name = xstrndup(names, len);
        names_add(to, n, name);
        names += len + (names[len] == '|');
    }
}

struct job *pool_job(const struct pool *p, const struct work *work, size_t number)
{
    struct job *job = job_new();
    job->uid = xasprintf("%zu", number);
    job->job_id = (int64_t)number + 1;
    job->ns = xstrdup(work->account);
    job->name = xasprintf("row-%zu", work->row);
    job->user = xstrdup(work->user);
    job->account = *work->account ? xstrdup(work->account) : NULL;
    job->submit_sec = work->submit_sec;
    job->limit_sec = work->limit_sec;
    job->qos = *work->qos ? xstrdup(work->qos) : NULL;
    add_names(&job->reservations, &job->n_reservations, work->reservation);
    if (p->n_partitions > 0)
        add_names(&job->partitions, &job->n_partitions, work->partition);
    shape_job(p, work, job);
    if (work->gpu_types && work->gpus > 0)
        allow_types(job, work->gpu_types);
    return job;
}
