#include "scheduler/relative.h"

#include <string.h>

#include "base/util.h"
#include "scheduler/billing.h"

/* Does what is looked at have this node? `part` NULL: all nodes. */
static bool has_node(const struct partition *part, const struct noderec *rec)
{
    return rec->node != NULL && (part == NULL || partition_has_node(part, rec->node));
}

/* ---- what there is, in the units of the model ---- */

static int64_t dearest(const struct cluster *c, const struct node *node,
                       const struct holding *whole, int64_t flags)
{
    struct partrec *rec, *next;
    int64_t most = 0;

    HASH_ITER (hh, c->parts, rec, next) {
        if (!rec->gone && partition_has_node(rec->part, node))
            most = MAX(most, billing_of(c, rec->part, whole, flags));
    }
    return most;
}

static int64_t billing_of_node(const struct sched *s, const struct partition *part,
                               const struct noderec *rec)
{
    const struct slot slot = {
        .node = rec->name, .pods = 1, .each = rec->node->capacity};
    const struct holding whole = {.slots = &slot, .n = 1};
    const int64_t flags = s->config.priority_flags;

    return part != NULL ? billing_of(&s->cluster, part, &whole, flags)
                        : dearest(&s->cluster, rec->node, &whole, flags);
}

static int64_t gpus_of(const struct cluster *c, const struct node *node,
                       const char *type)
{
    if (c->res.gpu < 0 || (type != NULL && !str_eq(node->gpu_type, type)))
        return 0;
    return node->capacity.v[c->res.gpu];
}

static int64_t devices_of(const struct cluster *c, const struct node *node,
                          const char *name)
{
    int resource = restable_find(&c->res, name);

    return resource >= 0 ? node->capacity.v[resource] : 0;
}

static int64_t amount_of(const struct sched *s, const struct partition *part,
                         const struct noderec *rec, const struct limit *limit)
{
    switch (limit->tres) {
    case TRES_CPU:
        return rec->node->capacity.v[RES_CPU];
    case TRES_MEM:
        return rec->node->capacity.v[RES_MEM];
    case TRES_NODE:
        return 1;
    case TRES_GPU:
        return gpus_of(&s->cluster, rec->node, limit->type);
    case TRES_BILLING:
        return billing_of_node(s, part, rec);
    case TRES_DEVICE:
        return devices_of(&s->cluster, rec->node, limit->type);
    case TRES_NONE:
    case TRES_LICENSE:
    case TRES_KINDS:
        break;
    }
    return 0;
}

static int64_t licenses_of(const struct sched *s, const char *name)
{
    int i = license_find(&s->config.licenses, name);

    return i >= 0 ? s->config.licenses.items[i].total : 0;
}

static int64_t total_of(const struct sched *s, const struct partition *part,
                        const struct limit *limit)
{
    struct noderec *rec, *next;
    int64_t sum = 0;

    if (limit->tres == TRES_LICENSE)
        return licenses_of(s, limit->type);
    HASH_ITER (hh, s->cluster.nodes, rec, next) {
        if (has_node(part, rec))
            sum = add_capped(sum, amount_of(s, part, rec, limit));
    }
    return sum;
}

/* ---- of whom ---- */

/* The first by name that has such a QOS, beginning behind another one; NULL: none. */
static const struct partition *next_with(const struct cluster *c, const char *qos,
                                         const struct partition *behind)
{
    const struct partition *first = NULL;
    struct partrec *rec, *next;

    HASH_ITER (hh, c->parts, rec, next) {
        const struct partition *part = rec->part;

        if (rec->gone || !str_eq(part->qos, qos) ||
            (behind != NULL && strcmp(part->name, behind->name) <= 0))
            continue;
        if (first == NULL || strcmp(part->name, first->name) < 0)
            first = part;
    }
    return first;
}

static bool settle_limit(const struct sched *s, const struct partition *part,
                         struct limit *limit)
{
    int64_t was = limit->amount;
    __int128 amount;

    if (!limit_has_tres(limit->kind))
        return false;
    amount = (__int128)total_of(s, part, limit) * limit->percent / 100;
    if (limit_counts_left(limit->kind))
        amount *= 60;
    limit->amount = (int64_t)MIN(amount, (__int128)INT64_MAX);
    return limit->amount != was;
}

static bool settle_qos(const struct sched *s, struct qos *qos)
{
    const struct partition *part = next_with(&s->cluster, qos->name, NULL);
    const char *name = part != NULL ? part->name : NULL;
    bool changed = !str_eq(qos->relative_to, name);

    if (changed) {
        free(qos->relative_to);
        qos->relative_to = xstrdup_null(name);
    }
    for (size_t i = 0; i < qos->limits.n; i++)
        changed |= settle_limit(s, part, &qos->limits.items[i]);
    return changed;
}

bool relative_settle(struct sched *s)
{
    bool changed = false;

    for (size_t i = 0; i < s->policy.n_qos; i++) {
        if ((s->policy.qos[i]->flags & QOS_RELATIVE) != 0)
            changed |= settle_qos(s, s->policy.qos[i]);
    }
    return changed;
}

bool relative_say_fault(const struct sched *s, const struct qos *qos, struct str *out)
{
    const struct partition *first, *part;

    if ((qos->flags & QOS_RELATIVE) == 0)
        return false;
    first = next_with(&s->cluster, qos->name, NULL);
    part = first != NULL ? next_with(&s->cluster, qos->name, first) : NULL;
    if (part == NULL)
        return false;
    str_addf(out, "it is relative to partition %s, and cannot be the QOS of",
             first->name);
    for (const char *sep = " "; part != NULL; sep = ", ") {
        str_addf(out, "%s%s", sep, part->name);
        part = next_with(&s->cluster, qos->name, part);
    }
    str_add(out, " as well");
    return true;
}
