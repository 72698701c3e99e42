/* Which nodes reservations have: named ones are looked up, others are chosen. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/reserve_private.h"

/* Are they as many as it asks for, and no more? */
static bool is_served(const struct sched *s, const struct reservation *r)
{
    struct haul haul = {0};

    if (reserve_divides(s, r))
        return reserve_has_portions(s, r);
    for (size_t i = 0; i < r->n_chosen; i++) {
        const struct noderec *node = cluster_node(&s->cluster, r->chosen[i]);

        if (node != NULL && node->node != NULL && node->position != POSITION_NONE)
            reserve_add_node(s, r, node->position, &haul);
    }
    return reserve_is_whole(r, &haul) &&
           (haul.n == r->node_count || r->n_gpus > 0 || !resvec_is_zero(&r->want));
}

bool reserve_lacks_nodes(const struct sched *s, const struct resvrec *rec)
{
    const struct reservation *r = rec->resv;

    if (!reservation_chooses(r))
        return false;
    for (size_t i = 0; i < r->n_chosen && !r->static_alloc; i++) {
        const struct noderec *node = cluster_node(&s->cluster, r->chosen[i]);

        if (node == NULL || !reserve_is_up(node) || (r->replace && node->n_slots > 0))
            return true;
    }
    return !is_served(s, r);
}

static bool has_node(const struct resvrec *rec, const struct partrec *part,
                     const struct noderec *node, size_t position)
{
    const struct reservation *r = rec->resv;

    if (r->all_nodes)
        return r->partition == NULL ||
               (part != NULL && node_set_has(part->nodes, position));
    return reservation_chooses(r)
               ? names_have(r->chosen, r->n_chosen, node->name)
               : names_have(r->node_names, r->n_node_names, node->name);
}

/* True: they are others than before. */
static bool resolve(struct sched *s, struct resvrec *rec)
{
    const struct cluster *c = &s->cluster;
    const struct partrec *part = cluster_partition(c, rec->resv->partition);
    node_set before = rec->nodes;
    bool same;

    rec->nodes = xcalloc(c->words + 1, sizeof(*rec->nodes));
    rec->n_nodes = 0;
    for (size_t i = 0; i < c->n_order; i++) {
        if (!has_node(rec, part, c->order[i], i))
            continue;
        node_set_add(rec->nodes, i);
        rec->n_nodes++;
    }
    same =
        before != NULL && memcmp(before, rec->nodes, c->words * sizeof(*before)) == 0;
    if (same) { /* closures lend it */
        free(rec->nodes);
        rec->nodes = before;
    } else {
        free(before);
    }
    return !same;
}

bool reserve_is_settled(const struct sched *s)
{
    for (size_t i = 0; i < s->reserve.n; i++) {
        if (reserve_lacks_nodes(s, &s->reserve.recs[i]))
            return false;
    }
    return true;
}

/* What one leaves another may have that could not be served before (`again`): so it is
 * the same as if all were chosen anew. True: some have others. */
static bool choose_all(struct sched *s, int64_t now_sec, bool again)
{
    struct reserve *r = &s->reserve;
    bool moved = false;

    for (size_t i = 0; i < r->n; i++) {
        struct resvrec *rec = &r->recs[i];

        if (!reserve_lacks_nodes(s, rec) ||
            (again && rec->resv->replace && is_served(s, rec->resv)))
            continue;
        reserve_choose(s, rec, now_sec);
        moved |= resolve(s, rec);
    }
    return moved;
}

/* Those whose nodes are known. */
static void resolve_all(struct sched *s)
{
    struct reserve *r = &s->reserve;

    if (r->gen == s->cluster.gen && !r->changed)
        return;
    for (size_t i = 0; i < r->n; i++) {
        free(r->recs[i].nodes); /* perhaps of other positions */
        r->recs[i].nodes = NULL;
        resolve(s, &r->recs[i]);
    }
    r->gen = s->cluster.gen;
    r->changed = false;
    reserve_give_lots(s);
    if (r->n > 0)
        s->timeline_gen = 0;
}

bool reserve_prepare(struct sched *s, int64_t now_sec, struct sched_budget budget)
{
    resolve_all(s);
    return reserve_count(s, now_sec, budget);
}

void reserve_settle(struct sched *s, int64_t now_sec)
{
    struct reserve *r = &s->reserve;
    bool moved = false;

    resolve_all(s);
    for (size_t n = 0; n <= r->n && choose_all(s, now_sec, n > 0); n++)
        moved = true;
    reserve_uncount_all(r);
    if (moved)
        reserve_give_lots(s);
    if (moved && r->n > 0)
        s->timeline_gen = 0;
}
