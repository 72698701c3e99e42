/* Which nodes reservations have: named ones are looked up, others are chosen. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/piece.h"
#include "scheduler/reserve_private.h"

/* So long it takes to choose nodes for one, of 5,000. */
#define CHOOSE_US 2500

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
    if (s->reserve.service.running)
        return false;
    for (size_t i = 0; i < s->reserve.n; i++) {
        if (reserve_lacks_nodes(s, &s->reserve.recs[i]))
            return false;
    }
    return true;
}

static bool is_to_choose(const struct sched *s, const struct resvrec *rec)
{
    bool again = s->reserve.service.round > 0;

    return reserve_lacks_nodes(s, rec) &&
           (!again || !rec->resv->replace || !is_served(s, rec->resv));
}

/* False: there is no time for the next one in this step. */
static bool choose_round(struct sched *s, int64_t now_sec, struct sched_budget budget)
{
    struct reserve *r = &s->reserve;
    struct service *sv = &r->service;

    for (; sv->next < r->n; sv->next++) {
        struct resvrec *rec = &r->recs[sv->next];

        if (!is_to_choose(s, rec))
            continue;
        if (!piece_has_time(s, PIECE_CHOOSE, CHOOSE_US, budget))
            return false;
        sv->running = true;
        reserve_choose(s, rec, now_sec);
        if (resolve(s, rec))
            sv->moved = sv->any = true;
    }
    return true;
}

static bool choose_all(struct sched *s, int64_t now_sec, struct sched_budget budget)
{
    struct service *sv = &s->reserve.service;

    while (choose_round(s, now_sec, budget)) {
        if (!sv->moved || sv->round == s->reserve.n)
            return true;
        sv->moved = false;
        sv->next = 0;
        sv->round++;
    }
    return false;
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
    r->service = (struct service){.running = r->service.running};
    reserve_give_lots(s);
    if (r->n > 0)
        s->timeline_gen = 0;
}

bool reserve_prepare(struct sched *s, int64_t now_sec, struct sched_budget budget)
{
    resolve_all(s);
    return reserve_count(s, now_sec, budget) && choose_all(s, now_sec, budget);
}

void reserve_settle(struct sched *s)
{
    struct reserve *r = &s->reserve;
    const bool moved = r->service.any;

    resolve_all(s);
    reserve_uncount_all(r);
    r->service = (struct service){0};
    if (moved)
        reserve_give_lots(s);
    if (moved && r->n > 0)
        s->timeline_gen = 0;
}
