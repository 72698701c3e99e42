#include <stdlib.h>
#include <string.h>

#include "base/hostlist.h"
#include "base/util.h"
#include "scheduler/cluster_private.h"
#include "scheduler/quota.h"

#define TOTAL_MAX (INT64_C(1) << 62)

static int noderec_compare(const void *a, const void *b)
{
    const char *left = (*(struct noderec *const *)a)->name;
    const char *right = (*(struct noderec *const *)b)->name;
    int order = hostname_compare(left, right);

    return order != 0 ? order : strcmp(left, right);
}

static int partrec_compare(const void *a, const void *b)
{
    return strcmp((*(struct partrec *const *)a)->part->name,
                  (*(struct partrec *const *)b)->part->name);
}

static void add_to_total(struct cluster *c, const struct node *node)
{
    for (int i = 0; i < RES_MAX; i++)
        c->total.v[i] =
            MIN(c->total.v[i] + MIN(node->capacity.v[i], TOTAL_MAX / 2), TOTAL_MAX);
}

/* Those that were in order, and still are nodes. */
static void keep_order(struct cluster *c)
{
    size_t kept = 0;

    for (size_t i = 0; i < c->n_order; i++) {
        struct noderec *rec = c->order[i];

        if (rec->node != NULL)
            c->order[kept++] = rec;
        else
            rec->position = POSITION_NONE;
    }
    c->n_order = kept;
}

static void gather_nodes(struct cluster *c)
{
    struct noderec *rec, *next;

    c->total = (struct resvec){{0}};
    HASH_ITER (hh, c->nodes, rec, next) {
        if (rec->node == NULL) {
            if (rec->n_uses == 0)
                noderec_free(c, rec);
            continue;
        }
        add_to_total(c, rec->node);
        if (rec->position != POSITION_NONE)
            continue;
        GROW(c->order, c->n_order, c->order_cap);
        c->order[c->n_order++] = rec;
    }
}

/* Mostly a node has changed and none has come, so that looking first pays. */
static void put_in_order(struct cluster *c)
{
    size_t n = MIN(c->n_order, 1);

    while (n < c->n_order && noderec_compare(&c->order[n - 1], &c->order[n]) <= 0)
        n++;
    if (n < c->n_order)
        qsort(c->order, c->n_order, sizeof(*c->order), noderec_compare);
}

static void settle_nodes(struct cluster *c)
{
    keep_order(c);
    gather_nodes(c);
    put_in_order(c);
    c->weighted = c->deters = false;
    for (size_t i = 0; i < c->n_order; i++) {
        c->order[i]->position = i;
        c->weighted |= c->order[i]->node->weight != c->order[0]->node->weight;
        c->deters |= taints_deter(c->order[i]->node, NULL, 0) > 0;
    }
    c->weighted |= c->deters;
    c->words = (c->n_order + 63) / 64;
}

static void settle_topology(struct cluster *c)
{
    const struct node **nodes = xmalloc((c->n_order + 1) * sizeof(*nodes));

    for (size_t i = 0; i < c->n_order; i++)
        nodes[i] = c->order[i]->node;
    topology_build(&c->topology,
                   &(struct topology_rules){c->topology_kind, &c->topology_labels,
                                            &c->block_sizes},
                   nodes, c->n_order);
    free(nodes);
}

static void settle_partition(struct cluster *c, struct partrec *rec)
{
    rec->nodes = xrealloc(rec->nodes, c->words * sizeof(*rec->nodes));
    memset(rec->nodes, 0, c->words * sizeof(*rec->nodes));
    rec->n_nodes = 0;
    for (size_t i = 0; i < c->n_order; i++) {
        if (partition_has_node(rec->part, c->order[i]->node)) {
            node_set_add(rec->nodes, i);
            rec->n_nodes++;
        }
    }
    rec->set_gen = c->set_gen;
}

/* Huge pages are extended resources in form, but memory in kind. */
void cluster_settle_devices(struct cluster *c)
{
    for (int i = 0; i < RES_MAX; i++)
        c->is_device[i] = i >= RES_FIXED && !quota_is_column(c, i) &&
                          !str_starts(c->res.name[i], "hugepages-");
}

/* Which nodes admit whom depends on these as it does on the nodes themselves. */
static void settle_quotas(struct cluster *c)
{
    if (!quota_settle(c))
        return;
    cluster_settle_devices(c);
    c->set_gen++;
    for (size_t i = 0; i < c->n_listed; i++)
        c->listed[i]->set_gen = c->set_gen;
}

/* By their rooms, which quotas add to. */
static void settle_kinds(struct cluster *c)
{
    if (c->kinds_gen == c->set_gen)
        return;
    nodekinds_settle(&c->kinds, c->order, c->n_order);
    c->kinds_gen = c->set_gen;
}

void cluster_settle(struct cluster *c,
                    void (*forget)(void *arg, const struct partrec *p), void *arg)
{
    struct partrec *rec, *next;

    if (!c->unsettled)
        return;
    settle_nodes(c);
    if (c->nodes_changed)
        settle_topology(c);
    c->set_gen += c->nodes_changed;
    c->nodes_changed = false;
    c->gen++;
    c->n_listed = 0;
    HASH_ITER (hh, c->parts, rec, next) {
        if (rec->gone) {
            forget(arg, rec);
            partrec_free(c, rec);
            continue;
        }
        if (rec->set_gen != c->set_gen)
            settle_partition(c, rec);
        GROW(c->listed, c->n_listed, c->listed_cap);
        c->listed[c->n_listed++] = rec;
    }
    if (c->n_listed > 1)
        qsort(c->listed, c->n_listed, sizeof(*c->listed), partrec_compare);
    settle_quotas(c);
    settle_kinds(c);
    c->unsettled = false;
}
