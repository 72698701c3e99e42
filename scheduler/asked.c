#include "scheduler/asked.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/util.h"
#include "scheduler/shape.h"

#define MIB (INT64_C(1) << 20)
/* So many devices, in 2^32nds of their parts, fit into 127 bits. */
#define DEVICES_MAX ((__int128)1 << 62)
/* A pressure of a thousand times what is there is as hopeless as any. */
#define PRESSURE_MAX (INT64_C(1000) * DEVICE_WHOLE)

/* Jobs of the same filters, which do not admit every node. */
struct taste {
    char *key;
    size_t key_len;
    size_t jobs;
    struct job *like;
    __int128 v[RES_MAX];
    UT_hash_handle hh;
};

static void taste_free(struct asked *a, struct taste *taste)
{
    HASH_DEL(a->tastes, taste);
    job_free(taste->like);
    free(taste->key);
    free(taste);
}

void asked_fini(struct asked *a)
{
    struct taste *taste, *next;

    HASH_ITER (hh, a->tastes, taste, next)
        taste_free(a, taste);
    free(a->pressure);
    *a = (struct asked){0};
}

/* ---- counting ---- */

static bool has_filters(const struct job *job)
{
    return job->gpu_type != NULL || job->node_all.n_reqs > 0 || job->n_node_any > 0 ||
           job->n_node_list > 0 || job->n_exclude > 0;
}

/* Tolerations alone make no taste: they open nodes, and most jobs have none. */
static struct taste *taste_get(struct asked *a, const struct job *job)
{
    STR_AUTO struct str key;
    struct taste *taste;

    str_init(&key, SIZE_MAX / 4);
    shape_key_filters(&key, job);
    HASH_FIND(hh, a->tastes, key.s, key.len, taste);
    if (taste != NULL)
        return taste;
    taste = xcalloc(1, sizeof(*taste));
    taste->like = job_copy(job);
    taste->key_len = key.len;
    taste->key = str_take(&key);
    HASH_ADD_KEYPTR(hh, a->tastes, taste->key, taste->key_len, taste);
    return taste;
}

static void add(__int128 *sums, const struct resvec *ask, int sign)
{
    for (int i = 0; i < RES_MAX; i++)
        sums[i] += (__int128)ask->v[i] * sign;
}

static bool has_extended(const struct resvec *ask)
{
    bool any = false;

    for (int i = RES_FIXED; i < RES_MAX; i++)
        any |= ask->v[i] > 0;
    return any;
}

static void count_component(struct asked *a, const struct job *job, int sign)
{
    const struct resvec ask = component_ask(job);
    struct taste *taste;

    if (!has_extended(&ask))
        return;
    a->changed = true;
    add(a->v, &ask, sign);
    if (!has_filters(job))
        return;
    taste = taste_get(a, job);
    add(taste->v, &ask, sign);
    taste->jobs += (size_t)sign;
    if (taste->jobs == 0)
        taste_free(a, taste);
}

void asked_count(struct asked *a, const struct job *job, int sign)
{
    count_component(a, job, sign);
    for (size_t i = 0; i < job->n_others; i++)
        count_component(a, &job->others[i], sign);
}

/* ---- prices ---- */

static __int128 devices_in(const struct asked *a, const __int128 *sums)
{
    __int128 sum = 0;

    for (int i = RES_FIXED; i < RES_MAX; i++)
        sum += a->is_device[i] ? sums[i] : 0;
    return sum;
}

/* Adds the taste's part of the nodes that it may use to each of these. */
static void press(struct asked *a, const struct cluster *c, const struct taste *taste)
{
    AUTO_FREE uint64_t *admits = xcalloc(c->words + 1, sizeof(*admits));
    __int128 wanted = devices_in(a, taste->v), there = 0;
    int64_t part;

    for (size_t i = 0; i < c->n_order; i++) {
        const struct node *node = c->order[i]->node;

        if (!shape_filters_admit(taste->like, node) ||
            (taste->like->n_node_list > 0 &&
             !names_have(taste->like->node_list, taste->like->n_node_list, node->name)))
            continue;
        node_set_add(admits, i);
        there += asked_beside(c, node->capacity.v, RES_MAX).devices;
    }
    if (there == 0)
        return;
    part = (int64_t)MIN(wanted * DEVICE_WHOLE / there, (__int128)PRESSURE_MAX);
    for (size_t i = 0; i < c->n_order; i++) {
        if (node_set_has(admits, i))
            a->pressure[i] = MIN(a->pressure[i] + part, PRESSURE_MAX);
    }
}

/* Four thirds of what goes with one on the average. */
static int64_t rate_of(const struct asked *a, __int128 asked)
{
    __int128 devices = MIN(devices_in(a, a->v), DEVICES_MAX);

    if (asked == 0)
        return 0;
    return (int64_t)MIN((devices * DEVICE_WHOLE * 4 / 3 << 32) / asked,
                        (__int128)INT64_MAX);
}

void asked_settle(struct asked *a, const struct cluster *c)
{
    struct taste *taste, *next;

    if (!a->changed && a->set_gen == c->set_gen)
        return;
    a->changed = false;
    a->gen++;
    a->set_gen = c->set_gen;
    memcpy(a->is_device, c->is_device, sizeof(a->is_device));
    a->per_cpu = rate_of(a, a->v[RES_CPU]);
    a->per_mib = rate_of(a, a->v[RES_MEM] / MIB);
    free(a->pressure);
    a->pressure = NULL;
    if (a->tastes == NULL)
        return;
    a->pressure = xcalloc(c->n_order + 1, sizeof(*a->pressure));
    HASH_ITER (hh, a->tastes, taste, next)
        press(a, c, taste);
}

struct beside asked_beside(const struct cluster *c, const int64_t *amounts, int n)
{
    struct beside ret = {.cpu = n > RES_CPU ? amounts[RES_CPU] : 0,
                         .mem = n > RES_MEM ? amounts[RES_MEM] : 0};
    uint64_t sum = 0;

    for (int i = RES_FIXED; i < n; i++)
        sum += c->is_device[i] ? (uint64_t)amounts[i] : 0;
    ret.devices = (int64_t)sum;
    return ret;
}

/* So many devices, in parts, as go with an amount. */
static int64_t devices_with(int64_t amount, int64_t rate)
{
    if (rate == 0)
        return INT64_MAX;
    return (int64_t)MIN((__int128)MAX(amount, 0) * rate >> 32, (__int128)INT64_MAX);
}

static int64_t stranded(const struct asked *a, int64_t devices, int64_t cpu,
                        int64_t mem)
{
    int64_t parts = MIN(devices, INT64_MAX / DEVICE_WHOLE) * DEVICE_WHOLE;
    int64_t usable =
        MIN(devices_with(cpu, a->per_cpu), devices_with(mem / MIB, a->per_mib));

    return parts - MIN(parts, usable);
}

int64_t asked_cost(const struct asked *a, size_t position, const struct beside *pod,
                   const struct beside *left)
{
    int64_t cost;

    if (left->devices == 0)
        return 0;
    cost = stranded(a, left->devices - pod->devices, left->cpu - pod->cpu,
                    left->mem - pod->mem) -
           stranded(a, left->devices, left->cpu, left->mem);
    if (a->pressure != NULL)
        cost +=
            a->pressure[position] * MIN(pod->devices, INT64_MAX / PRESSURE_MAX / 2) / 2;
    return cost;
}
