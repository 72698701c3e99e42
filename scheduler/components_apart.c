/*
 * Components that are too large for one node, whichever it is: what such need together,
 * and what cannot be.
 */
#include <string.h>

#include "base/util.h"
#include "scheduler/components_private.h"

/* Where a component may be, and its pods. */
struct resident {
    const struct shape *shape;
    const struct partrec *part;
};

/* What nodes have at most: all, or on a timeline what foreign pods leave. */
struct estate {
    const struct cluster *cluster;
    const struct timeline *timeline; /* NULL: all */
};

static bool may_be_on(const struct resident *r, size_t position)
{
    return node_set_has(r->shape->admits, position) &&
           node_set_has(r->part->nodes, position);
}

/* A pod of each; the CPUs that jobs share nobody takes. */
static struct resvec each_of_both(const struct cluster *c, const struct job *a,
                                  const struct job *b)
{
    const int whole = c->quotas.whole;
    struct resvec both = a->each;

    resvec_add(&both, &b->each);
    if (whole >= 0)
        both.v[whole] = MAX(a->each.v[whole], b->each.v[whole]);
    return both;
}

static struct resvec room_on(const struct estate *e, size_t position)
{
    const struct timeline *tl = e->timeline;
    struct resvec room = {0};

    if (tl == NULL)
        return e->cluster->order[position]->room;
    memcpy(room.v, timeline_vacancy(tl, position),
           (size_t)(tl->n_res - 1) * sizeof(*room.v));
    return room;
}

/* Is there a node, open to both of them, with room for a pod of each? Vacant nodes are
 * mostly alike. */
static bool may_share(const struct estate *e, const struct resident *a,
                      const struct resident *b)
{
    const struct resvec both = each_of_both(e->cluster, a->shape->like, b->shape->like);
    uint32_t looked_at = UINT32_MAX;
    bool share = false;

    for (size_t i = 0; i < e->cluster->n_order && !share; i++) {
        struct resvec room;

        if ((e->timeline != NULL && e->timeline->vacancies[i] == looked_at) ||
            !may_be_on(a, i) || !may_be_on(b, i))
            continue;
        if (e->timeline != NULL)
            looked_at = e->timeline->vacancies[i];
        room = room_on(e, i);
        share = resvec_fits(&both, &room);
    }
    return share && !job_is_private(a->shape->like);
}

/* Has it no node together with any of those? */
static bool is_apart(const struct estate *e, const struct resident *of,
                     const size_t *among, size_t n, size_t component)
{
    bool apart = true;

    for (size_t i = 0; i < n && apart; i++)
        apart = !may_share(e, &of[among[i]], &of[component]);
    return apart;
}

/* ---- what they need ---- */

/* Is each node that is open to it open to the other one as well, who needs it for no
 * longer? */
static bool is_within(const struct seeker *by, const struct seeker *other)
{
    bool within = other->limit_sec <= by->limit_sec &&
                  resvec_fits(&other->shape->like->each, &by->shape->like->each);

    for (size_t i = 0; i < by->timeline->words && within; i++)
        within = (by->shape->ready[i] & by->part->nodes[i] &
                  ~(other->shape->ready[i] & other->part->nodes[i])) == 0;
    return within;
}

/* Of one, with those that are within what is open to it, and apart from it and each
 * other. */
static int64_t need_with_others(const struct estate *e, const struct seeker *seekers,
                                const struct resident *of, size_t n, size_t component)
{
    size_t among[COMPONENTS_MAX] = {component}, n_among = 1;
    int64_t need = seekers[component].need;

    for (size_t k = 0; k < n; k++) {
        if (k == component || !is_within(&seekers[k], &seekers[component]) ||
            !is_apart(e, of, among, n_among, k))
            continue;
        among[n_among++] = k;
        need += seekers[k].need;
    }
    return need;
}

void components_add_needs(const struct cluster *c, struct seeker *seekers, size_t n)
{
    const struct estate e = {c, seekers[0].timeline};
    struct resident of[COMPONENTS_MAX];
    int64_t needs[COMPONENTS_MAX];

    for (size_t i = 0; i < n; i++)
        of[i] = (struct resident){seekers[i].shape, seekers[i].part};
    for (size_t i = 0; i < n; i++)
        needs[i] = need_with_others(&e, seekers, of, n, i);
    for (size_t i = 0; i < n; i++)
        seekers[i].need = needs[i];
}

/* ---- what cannot be ---- */

/* Nodes enough for one and all that are apart from it and each other? */
static bool apart_fit(const struct components *all, const struct resident *of, size_t n,
                      size_t component, size_t *ret_lacking)
{
    const struct estate e = {all->cluster, NULL};
    size_t among[COMPONENTS_MAX] = {component}, n_among = 1, lacking;
    struct match m;
    bool fit;

    for (size_t k = 0; k < n; k++) {
        if (k != component && is_apart(&e, of, among, n_among, k))
            among[n_among++] = k;
    }
    components_match(&m, all, among, n_among);
    fit = match_all(&m, &lacking);
    match_fini(&m);
    if (!fit)
        *ret_lacking = among[lacking];
    return fit;
}

/* Adds what all nodes together have that are open to any. */
static void add_room(const struct components *all, __int128 *sums)
{
    size_t list[COMPONENTS_MAX], n = all->at.shape->like->n_others + 1;
    struct match m;

    for (size_t i = 0; i < n; i++)
        list[i] = i;
    components_match(&m, all, list, n);
    for (size_t k = 0; k < all->cluster->n_order; k++) {
        bool open = false;

        for (size_t i = 0; i < n && !open; i++)
            open = node_set_has(m.of[i].open, k);
        for (int r = 0; open && r < RES_MAX; r++)
            sums[r] += all->cluster->order[k]->room.v[r];
    }
    match_fini(&m);
}

/* Has a node room for a pod of each component whose list names it, one after the other?
 * They share it, or one of the above would not fit. */
static bool node_fits(const struct components *all, const struct resident *of, size_t n,
                      size_t position, size_t *ret_lacking)
{
    const int whole = all->cluster->quotas.whole;
    const struct resvec room = all->cluster->order[position]->room;
    struct resvec sum = {0};
    bool fits = true;

    for (size_t i = 0; i < n && fits; i++) {
        const struct resvec *each = &of[i].shape->like->each;
        int64_t most = whole >= 0 ? MAX(sum.v[whole], each->v[whole]) : 0;

        if (!node_set_has(of[i].shape->required, position))
            continue;
        resvec_add(&sum, each);
        if (whole >= 0)
            sum.v[whole] = most;
        fits = resvec_fits(&sum, &room);
        *ret_lacking = i;
    }
    return fits;
}

static bool lists_fit(const struct components *all, const struct resident *of, size_t n,
                      size_t *ret_lacking)
{
    size_t n_lists = 0;
    bool fit = true;

    for (size_t i = 0; i < n; i++)
        n_lists += of[i].shape->like->n_node_list > 0;
    for (size_t k = 0; k < all->cluster->n_order && n_lists > 1 && fit; k++)
        fit = node_fits(all, of, n, k, ret_lacking);
    return fit;
}

/* Do all nodes together have as much as the components ask for, one after the other? */
static bool sums_fit(const struct components *all, size_t *ret_lacking)
{
    __int128 sums[RES_MAX] = {0};
    bool fit = true;

    add_room(all, sums);
    for (size_t i = 0; i <= all->at.shape->like->n_others && fit; i++) {
        const struct resvec ask =
            component_ask(shape_component(all->at.shape, i)->like);

        for (int r = 0; r < all->cluster->res.n; r++) {
            sums[r] -= ask.v[r];
            fit &= ask.v[r] == 0 || sums[r] >= 0;
        }
        *ret_lacking = i;
    }
    return fit;
}

bool components_may_fit(const struct components *all, size_t *ret_lacking)
{
    struct resident of[COMPONENTS_MAX];
    size_t n = all->at.shape->like->n_others + 1;
    bool may = true;

    for (size_t i = 0; i < n; i++)
        of[i] = (struct resident){shape_component(all->at.shape, i),
                                  components_part(all, i)};
    for (size_t i = 0; i < n && may; i++)
        may = apart_fit(all, of, n, i, ret_lacking);
    return may && lists_fit(all, of, n, ret_lacking) && sums_fit(all, ret_lacking);
}
