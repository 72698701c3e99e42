/* Which nodes a reservation gets that holds portions of them. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/portion.h"
#include "scheduler/reserve_private.h"

bool reserve_divides(const struct sched *s, const struct reservation *r)
{
    return s->cluster.portions.kinds != 0 && reservation_is_partial(r);
}

/* The most that it holds of one of so many nodes. */
static struct resvec most_of(const struct cluster *c, const struct reservation *r,
                             size_t n)
{
    return portion_of(c, r, n, 0);
}

/* Adds what those before it, by name, hold of the node at the same time. */
static void add_earlier(const struct sched *s, const struct reservation *r,
                        const char *node, struct resvec *sum)
{
    const struct cluster *c = &s->cluster;

    for (size_t i = 0; s->reserve.recs[i].resv != r; i++) {
        const struct reservation *other = s->reserve.recs[i].resv;

        if (!reserve_divides(s, other) ||
            !names_have(other->chosen, other->n_chosen, node) ||
            !reservation_meets(r, other, s->now_sec))
            continue;
        for (size_t k = 0; k < other->n_chosen; k++) {
            const struct resvec held = portion_of(c, other, other->n_chosen, k);

            if (strcmp(other->chosen[k], node) == 0)
                resvec_add(sum, &held);
        }
    }
}

/* Has the node so much for it? Where it has become smaller those that come later lose
 * it. */
static bool has_portion(const struct sched *s, const struct reservation *r,
                        const char *name, struct resvec most)
{
    const struct noderec *node = cluster_node(&s->cluster, name);

    if (node == NULL || node->position == POSITION_NONE)
        return false;
    add_earlier(s, r, name, &most);
    return portion_fits(&s->cluster, r, &most, node);
}

bool reserve_has_portions(const struct sched *s, const struct reservation *r)
{
    bool all = r->n_chosen > 0 && (int64_t)r->n_chosen >= r->node_count;

    for (size_t i = 0; i < r->n_chosen && all; i++)
        all = has_portion(s, r, r->chosen[i], most_of(&s->cluster, r, r->n_chosen));
    return all;
}

/* Is as much free on the node, in its time? */
static bool is_fit(const struct choosing *c, const struct candidate_node *node,
                   const struct resvec *most)
{
    const struct cluster *cluster = &c->s->cluster;
    const struct reservation *r = c->rec->resv;
    struct resvec need = node->held;

    resvec_add(&need, most);
    if (!r->ignore_jobs)
        resvec_add(&need, &node->taken);
    return reserve_is_up(cluster->order[node->position]) && !node->shunned &&
           node->lots < cluster->portions.n_lots &&
           !node_set_has(c->taken, node->position) &&
           reserve_is_asked_for(c, node->position) &&
           portion_fits(cluster, r, &need, cluster->order[node->position]);
}

/* Those that it has stay, as long as they are up (static_alloc: in any case). */
static size_t keep(const struct choosing *c, size_t n, const struct resvec *most,
                   node_set set)
{
    const struct cluster *cluster = &c->s->cluster;
    const struct reservation *r = c->rec->resv;
    size_t kept = 0;

    for (size_t i = 0; i < r->n_chosen && kept < n; i++) {
        const struct noderec *node = cluster_node(cluster, r->chosen[i]);

        if (!has_portion(c->s, r, r->chosen[i], *most) ||
            !(r->static_alloc || reserve_is_up(node)))
            continue;
        node_set_add(set, node->position);
        kept++;
    }
    return kept;
}

/* So many nodes, the best ones first; false: there are not as many. `c->nodes` are in
 * their order. */
static bool find(const struct choosing *c, size_t n, node_set set)
{
    const struct resvec most = most_of(&c->s->cluster, c->rec->resv, n);
    size_t found;

    memset(set, 0, c->s->cluster.words * sizeof(*set));
    found = keep(c, n, &most, set);
    for (size_t i = 0; i < c->s->cluster.n_order && found < n; i++) {
        const struct candidate_node *node = &c->nodes[i];

        if (node_set_has(set, node->position) || !is_fit(c, node, &most))
            continue;
        node_set_add(set, node->position);
        found++;
    }
    return found == n;
}

/* On as few nodes as that finds: one more each time up to a few, then twice as many. */
bool reserve_fill_portions(struct choosing *c, node_set set)
{
    const struct reservation *r = c->rec->resv;
    size_t n_order = c->s->cluster.n_order, n = (size_t)MAX(r->node_count, 1);

    if (n_order > 1)
        qsort(c->nodes, n_order, sizeof(*c->nodes), reserve_compare);
    if (r->n_chosen >= n && find(c, r->n_chosen, set))
        return true;
    for (; n <= n_order; n += n < 64 ? 1 : n / 16) {
        if (find(c, n, set))
            return true;
    }
    return false;
}
