/* Which nodes a reservation gets that names none. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/reserve_private.h"

static bool is_fit(const struct choosing *c, size_t position)
{
    const struct candidate_node *node = &c->nodes[position];

    if (!reserve_is_up(c->s->cluster.order[position]) || node->shunned ||
        node_set_has(c->taken, position) || !reserve_is_asked_for(c, position))
        return false;
    return (!node->used && !node->full) || c->rec->resv->ignore_jobs;
}

static int candidate_compare(const void *left, const void *right)
{
    const struct candidate_node *a = left, *b = right;

    if (a->used != b->used)
        return a->used ? 1 : -1;
    if (a->shared != b->shared)
        return a->shared ? 1 : -1;
    if (a->weight != b->weight)
        return a->weight < b->weight ? -1 : 1;
    if (a->foreign != b->foreign)
        return a->foreign < b->foreign ? -1 : 1;
    if (a->promises != b->promises)
        return a->promises < b->promises ? -1 : 1;
    return a->position < b->position ? -1 : a->position > b->position;
}

bool reserve_is_whole(const struct reservation *r, int64_t n, const struct resvec *sum)
{
    return n > 0 && n >= r->node_count && resvec_fits(&r->want, sum);
}

void reserve_add_node(const struct sched *s, size_t position, int64_t *n,
                      struct resvec *sum)
{
    resvec_add(sum, &s->cluster.order[position]->node->capacity);
    ++*n;
}

/* Has the node any of what is still lacking? */
static bool helps(const struct choosing *c, const struct resvec *sum, size_t position)
{
    const struct resvec *want = &c->rec->resv->want;
    const struct resvec *has = &c->s->cluster.order[position]->node->capacity;

    for (int r = 0; r < RES_MAX; r++) {
        if (want->v[r] > sum->v[r] && has->v[r] > 0)
            return true;
    }
    return false;
}

/* First those that have what is asked for, then any, up to their number. */
static void add_fit(struct choosing *c, size_t n_fit, node_set set, int64_t *n,
                    struct resvec *sum)
{
    const struct reservation *r = c->rec->resv;

    for (size_t i = 0; i < n_fit && !resvec_fits(&r->want, sum); i++) {
        if (!helps(c, sum, c->nodes[i].position))
            continue;
        node_set_add(set, c->nodes[i].position);
        reserve_add_node(c->s, c->nodes[i].position, n, sum);
    }
    for (size_t i = 0; i < n_fit && !reserve_is_whole(r, *n, sum); i++) {
        if (node_set_has(set, c->nodes[i].position))
            continue;
        node_set_add(set, c->nodes[i].position);
        reserve_add_node(c->s, c->nodes[i].position, n, sum);
    }
}

/* Fills `set`, which has the nodes that stay, up. False: there are not enough. */
static bool fill(struct choosing *c, node_set set)
{
    const struct reservation *r = c->rec->resv;
    size_t n_order = c->s->cluster.n_order, n_fit = 0;
    struct resvec sum = {{0}};
    int64_t n = 0;

    for (size_t i = 0; i < n_order; i++) {
        if (node_set_has(set, i) && reserve_is_whole(r, n, &sum))
            set[i / 64] &= ~(UINT64_C(1) << (i % 64)); /* too many */
        else if (node_set_has(set, i))
            reserve_add_node(c->s, i, &n, &sum);
        else if (is_fit(c, i))
            c->nodes[n_fit++] = c->nodes[i];
    }
    if (n_fit > 1)
        qsort(c->nodes, n_fit, sizeof(*c->nodes), candidate_compare);
    add_fit(c, n_fit, set, &n, &sum);
    return reserve_is_whole(r, n, &sum);
}

/* Those chosen before that are to stay. */
static void keep(const struct choosing *c, node_set set)
{
    const struct reservation *r = c->rec->resv;

    for (size_t i = 0; i < r->n_chosen; i++) {
        const struct noderec *node = cluster_node(&c->s->cluster, r->chosen[i]);

        if (node == NULL || node->node == NULL || node->position == POSITION_NONE)
            continue;
        if (r->static_alloc ||
            (reserve_is_up(node) && !(r->replace && c->nodes[node->position].used)))
            node_set_add(set, node->position);
    }
}

/* Where there are too few others they stay, those first that are up. */
static void keep_rest(struct choosing *c, node_set set)
{
    const struct reservation *r = c->rec->resv;
    struct resvec sum = {{0}};
    int64_t n = 0;

    for (size_t i = 0; i < c->s->cluster.n_order; i++) {
        if (node_set_has(set, i))
            reserve_add_node(c->s, i, &n, &sum);
    }
    for (size_t k = 0; k < 2 * r->n_chosen && !reserve_is_whole(r, n, &sum); k++) {
        const struct noderec *node =
            cluster_node(&c->s->cluster, r->chosen[k % r->n_chosen]);

        if (node == NULL || node->node == NULL || node->position == POSITION_NONE ||
            node_set_has(set, node->position) ||
            (k < r->n_chosen && !reserve_is_up(node)))
            continue;
        node_set_add(set, node->position);
        reserve_add_node(c->s, node->position, &n, &sum);
    }
}

static void set_chosen(struct sched *s, struct reservation *r, const uint64_t *set)
{
    char **names = NULL;
    size_t n = 0;

    for (size_t i = 0; i < s->cluster.n_order; i++) {
        if (node_set_has(set, i))
            names_add(&names, &n, s->cluster.order[i]->name);
    }
    names_sort(names, n);
    names_free(r->chosen, r->n_chosen);
    r->chosen = names;
    r->n_chosen = n;
}

void reserve_choose(struct sched *s, struct resvrec *rec, int64_t now_sec)
{
    struct choosing c = {.s = s, .rec = rec};
    AUTO_FREE struct candidate_node *nodes = NULL;
    AUTO_FREE uint64_t *taken = xcalloc(s->cluster.words + 1, sizeof(*taken));
    AUTO_FREE uint64_t *set = xcalloc(s->cluster.words + 1, sizeof(*set));
    bool whole;

    if (!reservation_occurrence(rec->resv, now_sec, &c.start_sec, &c.end_sec))
        return;
    if (reservation_floats(rec->resv)) /* it comes by all others that are not over */
        c.start_sec = now_sec;
    nodes = xcalloc(s->cluster.n_order + 1, sizeof(*nodes));
    c.nodes = nodes;
    c.taken = taken;
    reserve_rate(&c);
    keep(&c, set);
    whole = fill(&c, set);
    if (!whole && (rec->resv->n_chosen == 0 || rec->resv->static_alloc))
        return;
    if (!whole)
        keep_rest(&c, set);
    set_chosen(s, rec->resv, set);
}
