#include "scheduler/cluster.h"

#include <stdlib.h>
#include <string.h>

#include "base/quantity.h"
#include "base/util.h"
#include "scheduler/cluster_private.h"
#include "scheduler/quota.h"

void cluster_init(struct cluster *c)
{
    memset(c, 0, sizeof(*c));
    c->quotas.whole = QUOTA_NONE;
    struct restable basic;

    restable_init(&basic);
    cluster_set_resources(c, &basic);
    c->set_gen = 1;
    c->gen = 1;
}

void cluster_fini(struct cluster *c)
{
    struct noderec *node, *next_node;
    struct partrec *part, *next_part;
    struct podrec *pod, *next_pod;

    HASH_ITER (hh, c->nodes, node, next_node)
        noderec_free(c, node);
    HASH_ITER (hh, c->parts, part, next_part)
        partrec_free(c, part);
    HASH_ITER (hh, c->pods, pod, next_pod)
        podrec_free(c, pod);
    nodekinds_fini(&c->kinds);
    free(c->order);
    free(c->listed);
    topology_fini(&c->topology);
}

void cluster_set_topology(struct cluster *c, const struct topology_rules *rules)
{
    if (c->topology_kind == rules->kind &&
        topology_labels_equal(&c->topology_labels, rules->labels) &&
        block_sizes_equal(&c->block_sizes, rules->sizes))
        return;
    c->topology_kind = rules->kind;
    c->topology_labels = *rules->labels;
    c->block_sizes = *rules->sizes;
    c->nodes_changed = true;
    c->unsettled = true;
    c->gen++;
}

static bool tables_equal(const struct restable *a, const struct restable *b)
{
    if (a->n != b->n)
        return false;
    for (int i = 0; i < a->n; i++) {
        if (strcmp(a->name[i], b->name[i]) != 0)
            return false;
    }
    return true;
}

bool cluster_set_resources(struct cluster *c, const struct restable *res)
{
    struct restable copy = *res;

    if (c->res.gpu == res->gpu && tables_equal(&c->res, res))
        return false;
    c->res = copy;
    cluster_settle_devices(c);
    c->unsettled = true; /* quotas lie behind them */
    c->gen++;
    return true;
}

static void describe_one(const struct cluster *c, int i, int64_t value, struct str *out)
{
    char text[QUANTITY_TEXT_MAX];

    if (i == RES_CPU) {
        quantity_format_milli(value, text);
        str_addf(out, "cpu=%s", text);
    } else if (i == RES_MEM || i == RES_EPHEMERAL) {
        size_format(value, text);
        str_addf(out, "%s=%s", i == RES_MEM ? "mem" : "ephemeral-storage", text);
    } else if (i < c->res.n) {
        str_addf(out, "%s=%lld", c->res.name[i], (long long)value);
    } else {
        str_addf(out, "resource %d=%lld", i, (long long)value);
    }
}

void cluster_describe(const struct cluster *c, const struct resvec *v, struct str *out)
{
    size_t before = out->len;

    for (int i = 0; i < RES_MAX; i++) {
        if (i == RES_PODS || v->v[i] <= 0 || quota_is_column(c, i))
            continue;
        if (out->len > before)
            str_addc(out, ',');
        describe_one(c, i, v->v[i], out);
    }
    if (out->len == before)
        str_add(out, "no resources");
}
