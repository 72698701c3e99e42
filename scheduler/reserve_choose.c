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

int reserve_compare(const void *left, const void *right)
{
    const struct candidate_node *a = left, *b = right;

    if (a->used != b->used)
        return a->used ? 1 : -1;
    if (a->shared != b->shared)
        return a->shared ? 1 : -1;
    if (a->deters != b->deters)
        return a->deters < b->deters ? -1 : 1;
    if ((a->promises > 0) != (b->promises > 0))
        return a->promises > 0 ? 1 : -1;
    if (a->weight != b->weight)
        return a->weight < b->weight ? -1 : 1;
    if (a->foreign != b->foreign)
        return a->foreign < b->foreign ? -1 : 1;
    if (a->promises != b->promises)
        return a->promises < b->promises ? -1 : 1;
    return a->position < b->position ? -1 : a->position > b->position;
}

static bool has_gpus(const struct reservation *r, const struct haul *haul)
{
    for (size_t i = 0; i < r->n_gpus; i++) {
        if (haul->gpus[i] < r->gpus[i].count)
            return false;
    }
    return true;
}

/* But for the number of nodes. */
static bool has_amounts(const struct reservation *r, const struct haul *haul)
{
    return has_gpus(r, haul) && resvec_fits(&r->want, &haul->sum);
}

bool reserve_is_whole(const struct reservation *r, const struct haul *haul)
{
    return haul->n > 0 && haul->n >= r->node_count && has_amounts(r, haul);
}

/* GPUs of a type that the node has. */
static int64_t gpus_of(const struct sched *s, const struct node *node, const char *type)
{
    return s->cluster.res.gpu >= 0 && str_eq(node->gpu_type, type)
               ? node->capacity.v[s->cluster.res.gpu]
               : 0;
}

void reserve_add_node(const struct sched *s, const struct reservation *r,
                      size_t position, struct haul *haul)
{
    const struct node *node = s->cluster.order[position]->node;

    resvec_add(&haul->sum, &node->capacity);
    for (size_t i = 0; i < r->n_gpus; i++)
        haul->gpus[i] += gpus_of(s, node, r->gpus[i].name);
    haul->n++;
}

/* Has the node any of what is still lacking? GPUs of types come first: what they bring
 * along is had. */
static bool helps(const struct choosing *c, const struct haul *haul, size_t position)
{
    const struct reservation *r = c->rec->resv;
    const struct node *node = c->s->cluster.order[position]->node;
    bool lacks_gpus = !has_gpus(r, haul);

    for (size_t i = 0; i < r->n_gpus && lacks_gpus; i++) {
        if (haul->gpus[i] < r->gpus[i].count &&
            gpus_of(c->s, node, r->gpus[i].name) > 0)
            return true;
    }
    for (int i = 0; i < RES_MAX && !lacks_gpus; i++) {
        if (r->want.v[i] > haul->sum.v[i] && node->capacity.v[i] > 0)
            return true;
    }
    return false;
}

/* What of it is lacking, in the order in which it is looked for. */
enum lack { LACK_GPUS, LACK_AMOUNTS, LACK_NODES, LACKS };

static bool lacks(const struct reservation *r, const struct haul *haul, enum lack lack)
{
    switch (lack) {
    case LACK_GPUS:
        return !has_gpus(r, haul);
    case LACK_AMOUNTS:
        return !has_amounts(r, haul);
    case LACK_NODES:
        return !reserve_is_whole(r, haul);
    case LACKS:
        break;
    }
    return false;
}

/* Nodes that have some of it, or to make up their number any, until it is there. */
static void add_fit(struct choosing *c, size_t n_fit, node_set set, struct haul *haul,
                    enum lack lack)
{
    const struct reservation *r = c->rec->resv;

    for (size_t i = 0; i < n_fit && lacks(r, haul, lack); i++) {
        size_t position = c->nodes[i].position;

        if (node_set_has(set, position) ||
            (lack != LACK_NODES && !helps(c, haul, position)))
            continue;
        node_set_add(set, position);
        reserve_add_node(c->s, r, position, haul);
    }
}

/* Fills `set`, which has the nodes that stay, up. False: there are not enough. */
static bool fill(struct choosing *c, node_set set)
{
    const struct reservation *r = c->rec->resv;
    size_t n_order = c->s->cluster.n_order, n_fit = 0;
    struct haul haul = {0};

    for (size_t i = 0; i < n_order; i++) {
        if (node_set_has(set, i) && reserve_is_whole(r, &haul))
            set[i / 64] &= ~(UINT64_C(1) << (i % 64)); /* too many */
        else if (node_set_has(set, i))
            reserve_add_node(c->s, r, i, &haul);
        else if (is_fit(c, i))
            c->nodes[n_fit++] = c->nodes[i];
    }
    if (n_fit > 1)
        qsort(c->nodes, n_fit, sizeof(*c->nodes), reserve_compare);
    for (enum lack lack = LACK_GPUS; lack < LACKS; lack++)
        add_fit(c, n_fit, set, &haul, lack);
    return reserve_is_whole(r, &haul);
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

/* Those chosen before that are up, or all of them, as far as they are needed. */
static void keep_some(struct choosing *c, bool up, node_set set, struct haul *haul)
{
    const struct reservation *r = c->rec->resv;

    for (size_t i = 0; i < r->n_chosen && !reserve_is_whole(r, haul); i++) {
        const struct noderec *node = cluster_node(&c->s->cluster, r->chosen[i]);

        if (node == NULL || node->node == NULL || node->position == POSITION_NONE ||
            node_set_has(set, node->position) || (up && !reserve_is_up(node)))
            continue;
        node_set_add(set, node->position);
        reserve_add_node(c->s, r, node->position, haul);
    }
}

/* Where there are too few others they stay, those first that are up. */
static void keep_rest(struct choosing *c, node_set set)
{
    struct haul haul = {0};

    for (size_t i = 0; i < c->s->cluster.n_order; i++) {
        if (node_set_has(set, i))
            reserve_add_node(c->s, c->rec->resv, i, &haul);
    }
    keep_some(c, true, set, &haul);
    keep_some(c, false, set, &haul);
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
    if (reserve_divides(s, rec->resv)) {
        if (reserve_fill_portions(&c, set))
            set_chosen(s, rec->resv, set);
        return;
    }
    keep(&c, set);
    whole = fill(&c, set);
    if (!whole && (rec->resv->n_chosen == 0 || rec->resv->static_alloc))
        return;
    if (!whole)
        keep_rest(&c, set);
    set_chosen(s, rec->resv, set);
}
