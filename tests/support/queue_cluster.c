#include "tests/support/queue_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/fence.h"

size_t queue_draw(struct queue_case *q, size_t bound)
{
    return (size_t)rng_below(&q->rng, bound);
}

void queue_tell(struct queue_case *q, enum change_kind kind, void *what)
{
    struct change change = {.kind = kind, .u.job = what};

    sched_apply(q->s, &change);
}

/* ---- cluster and queue ---- */

#define GIB (INT64_C(1) << 30)

#define SPINES 3
#define LEAVES 4 /* of each */

/* Somewhere in the tree. */
static void wire(struct queue_case *q, size_t i, struct node *node)
{
    size_t spine = queue_draw(q, SPINES), leaf = spine * LEAVES + queue_draw(q, LEAVES);
    AUTO_FREE char *spine_name = xasprintf("s%zu", spine);
    AUTO_FREE char *leaf_name = xasprintf("l%zu", leaf);

    q->under[1][i] = spine;
    q->under[2][i] = leaf;
    labels_add(&node->labels, &node->n_labels, "spine", spine_name);
    labels_add(&node->labels, &node->n_labels, "leaf", leaf_name);
    labels_sort(node->labels, node->n_labels);
}

void queue_begin_wiring(struct queue_case *q, enum topology_kind kind)
{
    if (!q->wired)
        return;
    q->wiring = (struct plain_wiring){{1, SPINES, SPINES * LEAVES},
                                      {q->under[0], q->under[1], q->under[2]},
                                      kind == TOPOLOGY_BLOCK};
    plain_plan_wire(q->plain, &q->wiring);
}

/* Each two of the leaves that there are make a larger block. */
void queue_pair_leaves(struct queue_case *q)
{
    size_t number[SPINES * LEAVES], n = 0;

    for (size_t leaf = 0; leaf < SPINES * LEAVES; leaf++) {
        bool there = false;

        for (size_t i = 0; i < q->n_nodes; i++)
            there |= q->under[2][i] == leaf;
        number[leaf] = n;
        n += there;
    }
    for (size_t i = 0; i < q->n_nodes; i++)
        q->under[1][i] = number[q->under[2][i]] / 2;
    q->wiring.n_switches[1] = n / 2 + 1;
}

void queue_add_nodes(struct queue_case *q)
{
    for (size_t i = 0; i < q->n_nodes; i++) {
        struct node *node = node_new();

        node->name = xasprintf("n%zu", i);
        node->ready = true;
        node->capacity.v[RES_CPU] = 1000 * (2 + (int64_t)queue_draw(q, 7));
        node->capacity.v[RES_PODS] = 110;
        node->capacity.v[q->gpu] = (int64_t)queue_draw(q, 5);
        if (q->limited)
            node->capacity.v[RES_MEM] = GIB * (2 + (int64_t)queue_draw(q, 12));
        q->capacity[i] = node->capacity;
        q->odd[i] = i % 2 == 1;
        if (q->wired)
            wire(q, i, node);
        plain_plan_set_node(q->plain, i, &node->capacity);
        queue_tell(q, CHANGE_NODE, node);
    }
}

void queue_add_partition(struct queue_case *q, bool odd)
{
    struct partition *part = partition_new();

    part->name = xstrdup(odd ? "odd" : "all");
    part->is_default = !odd;
    part->qos = xstrdup_null(queue_part_qos(q, odd));
    if (queue_draw(q, 4) == 0) {
        part->amounts.max_cpus_per_node = 1 + (int64_t)queue_draw(q, 6);
        plain_plan_bound(q->plain, odd, 1000 * part->amounts.max_cpus_per_node);
    }
    if (queue_draw(q, 4) == 0) {
        part->oversubscribe = 2 + (int64_t)queue_draw(q, 3);
        part->oversubscribe_all = true;
        plain_plan_share(q->plain, odd, part->oversubscribe);
    }
    if (q->owned && queue_draw(q, 4) == 0)
        part->exclusive_user = q->owned_part[odd] = true;
    for (size_t i = 0; i < q->n_nodes && odd; i++) {
        AUTO_FREE char *name = xasprintf("n%zu", i);

        if (q->odd[i])
            names_add(&part->node_names, &part->n_node_names, name);
    }
    names_sort(part->node_names, part->n_node_names);
    queue_tell(q, CHANGE_PARTITION, part);
}

void queue_draw_owner(struct queue_case *q, struct job *job)
{
    static const char *const users[PLAIN_USERS] = {"ann", "bob", NULL};

    if (!q->limited) {
        free(job->user);
        job->user = xstrdup_null(users[queue_draw(q, PLAIN_USERS)]);
    }
    job->exclusive_user = queue_draw(q, 4) == 0;
}

static const char *const license_names[PLAIN_LICENSES] = {"ansys", "matlab"};

void queue_licenses_of(const struct job *job, int64_t *ret)
{
    const struct license_list takes = job_licenses(job);

    for (size_t i = 0; i < PLAIN_LICENSES; i++) {
        ret[i] = 0;
        for (size_t k = 0; k < takes.n; k++) {
            if (strcmp(takes.items[k].name, license_names[i]) == 0)
                ret[i] = takes.items[k].count;
        }
    }
}

void queue_set_licenses(struct queue_case *q, struct license_table *table)
{
    table->n = PLAIN_LICENSES;
    for (size_t i = 0; i < PLAIN_LICENSES; i++) {
        struct license_total *item = &table->items[i];

        snprintf(item->name, sizeof(item->name), "%s", license_names[i]);
        item->total = 1 + (int64_t)queue_draw(q, 3);
        q->licenses_left[i] = item->total;
    }
}

/* Who would have all takes any of them in two cases of three, not always in the order
 * of their names. */
void queue_draw_licenses(struct queue_case *q, struct job *job)
{
    for (size_t i = 0; i < PLAIN_LICENSES; i++) {
        if (queue_draw(q, 5) == 0)
            licenses_add(&job->licenses, &job->n_licenses, license_names[i], 1);
    }
    job->any_license = job->n_licenses == PLAIN_LICENSES && q->seed % 3 > 0;
    if (job->any_license && job->limit_sec % 2 == 1) {
        const struct license first = job->licenses[0];

        job->licenses[0] = job->licenses[1];
        job->licenses[1] = first;
    }
}

/* In such a case half of the jobs name all reservations, which have most nodes, and for
 * long: only where each job can run at all a change is compared. */
bool queue_is_of_several(const struct queue_case *q)
{
    return q->seed % 8 == 1;
}

/* In some cases the first one floats. */
static void float_some(const struct queue_case *q, size_t i, struct reservation *resv)
{
    if (i == 0 && q->seed % 3 == 0 && !queue_is_of_several(q))
        resv->float_sec = llabs(resv->start_sec - QUEUE_NOW_SEC);
}

/* In every third case, of some nodes, near and far; some overlap. In some cases most of
 * them draw in whoever names none. */
void queue_add_reservations(struct queue_case *q)
{
    bool wide = queue_is_of_several(q);

    q->n_resvs = wide                   ? QUEUE_RESVS
                 : queue_draw(q, 3) > 0 ? 0
                                        : 1 + queue_draw(q, QUEUE_RESVS);
    for (size_t i = 0; i < q->n_resvs; i++) {
        struct reservation *resv = reservation_new();

        resv->name = xasprintf("r%zu", i);
        resv->start_sec = QUEUE_NOW_SEC - 3000 +
                          (int64_t)queue_draw(q, queue_draw(q, 2) ? 6000 : 200000);
        if (wide)
            resv->start_sec = QUEUE_NOW_SEC - 3000 + (int64_t)queue_draw(q, 6000);
        resv->end_sec =
            resv->start_sec + 1 + (int64_t)queue_draw(q, 20000) + wide * 100000;
        for (size_t k = 0; k < q->n_nodes; k++) {
            AUTO_FREE char *name = xasprintf("n%zu", k);

            q->reserved[i][k] = wide ? queue_draw(q, 4) > 0 : queue_draw(q, 3) == 0;
            if (q->reserved[i][k])
                names_add(&resv->node_names, &resv->n_node_names, name);
        }
        names_sort(resv->node_names, resv->n_node_names);
        float_some(q, i, resv);
        resv->magnetic = q->seed % 5 < 2 && i != 1;
        q->resvs[i] =
            (struct plain_resv){resv->start_sec, resv->end_sec,   FENCE_TAIL_SEC,
                                q->reserved[i],  resv->float_sec, resv->magnetic};
        queue_tell(q, CHANGE_RESERVATION, resv);
    }
    plain_plan_reserve(q->plain, q->resvs, q->n_resvs);
}

/* One, or several; in some cases none does name several. None that floats. */
void queue_draw_reservations(struct queue_case *q, struct job *job)
{
    size_t first = queue_draw(q, q->n_resvs),
           n = 1 + (q->seed % 2 ? queue_draw(q, q->n_resvs) : 0);

    if (queue_is_of_several(q))
        n = q->n_resvs;
    for (size_t i = 0; i < n; i++) {
        AUTO_FREE char *name = xasprintf("r%zu", (first + i) % q->n_resvs);

        if (queue_resv_named(q, name)->float_sec != LIMIT_UNSET)
            continue;
        names_add(&job->reservations, &job->n_reservations, name);
    }
}
