/* Components that find no place one after the other: any way that there is. */
#include <string.h>

#include "base/util.h"
#include "scheduler/components_private.h"
#include "scheduler/lodging.h"

void components_match(struct match *m, const struct components *all, const size_t *list,
                      size_t n)
{
    match_init(m, n, all->cluster->words);
    for (size_t i = 0; i < m->n; i++) {
        const struct placement at = components_placement(all, list[i], NULL);
        struct claimant *c = &m->of[i];

        c->fixed = at.shape->required;
        c->need = placement_min_nodes(at.shape->like, at.part->part);
        placement_open(&at, all->cluster, c->open);
    }
}

/* Each on the nodes that it was given. */
static struct slot *place_given(const struct components *all, const struct match *m,
                                size_t *ret_n)
{
    struct share shares[COMPONENTS_MAX] = {0};
    size_t placed = 0;

    while (placed < m->n &&
           components_place_on(all, placed, m->of[placed].given, &shares[placed]))
        placed++;
    if (placed == m->n)
        return components_join(shares, placed, ret_n);
    components_free(shares, placed);
    return NULL;
}

/* ---- on nodes that several share ---- */

/* What is free on a node while components are there: of those whose time is over first
 * all, then all but that one, and so on. */
struct stay {
    size_t n;
    const struct job *like[LODGERS_MAX];
    size_t order[LODGERS_MAX], lasts[LODGERS_MAX]; /* whose time is over first */
    struct resvec least[LODGERS_MAX]; /* on the node; up to before `last` */
    int whole;                        /* the column that nobody takes; -1: none */
};

static void stay_init(struct stay *stay, const struct components *all)
{
    *stay =
        (struct stay){.n = components_count(all), .whole = all->cluster->quotas.whole};
    for (size_t i = 0; i < stay->n; i++) {
        size_t at = i, last;

        stay->like[i] = components_placement(all, i, NULL).shape->like;
        last = all->window->last;
        for (; at > 0 && stay->lasts[at - 1] > last; at--) {
            stay->lasts[at] = stay->lasts[at - 1];
            stay->order[at] = stay->order[at - 1];
        }
        stay->lasts[at] = last;
        stay->order[at] = i;
    }
}

static void look_at(struct stay *stay, const struct components *all, size_t position)
{
    size_t first = all->first;

    for (size_t i = 0; i < stay->n; i++) {
        if (stay->lasts[i] > first)
            timeline_least(all->timeline, position, first, stay->lasts[i],
                           &stay->least[i]);
        else
            stay->least[i] = stay->least[i - 1];
        first = stay->lasts[i];
    }
}

/* With one more of them; what nobody takes they have both. */
static void add_to(struct resvec *sum, const struct job *like, int whole)
{
    int64_t most = whole >= 0 ? MAX(sum->v[whole], like->each.v[whole]) : 0;

    resvec_add(sum, &like->each);
    if (whole >= 0)
        sum->v[whole] = most;
}

/* Do they fit there together, as long as each is there? */
static bool fit_together(const struct stay *stay, unsigned party)
{
    struct resvec sum = {0};
    bool fit = true;

    for (size_t i = stay->n; i-- > 0 && fit;) {
        if ((party >> stay->order[i] & 1) != 0)
            add_to(&sum, stay->like[stay->order[i]], stay->whole);
        fit = resvec_fits(&sum, &stay->least[i]);
    }
    return fit;
}

/* Those of the components that a node is open to which it can take together. */
static uint64_t parties_of(const struct stay *stay, unsigned open)
{
    uint64_t parties = 1;

    for (unsigned party = 1; party < 1u << stay->n; party++) {
        if ((party & ~open) == 0 &&
            ((party & (party - 1)) == 0 || fit_together(stay, party)))
            parties |= UINT64_C(1) << party;
    }
    return parties;
}

static unsigned set_of(const struct match *m, size_t position, bool fixed)
{
    unsigned set = 0;

    for (size_t i = 0; i < m->n; i++) {
        const uint64_t *nodes = fixed ? m->of[i].fixed : m->of[i].open;

        set |= (unsigned)node_set_has(nodes, position) << i;
    }
    return set;
}

/* Those that are on a list, or the others. */
static void add_nodes(struct lodging *l, struct stay *stay,
                      const struct components *all, const struct match *m, bool listed)
{
    for (size_t i = 0; i < all->cluster->n_order; i++) {
        struct lodge lodge = {.position = i, .must = set_of(m, i, true)};
        unsigned open = set_of(m, i, false);

        if ((lodge.must != 0) != listed || (open == 0 && !listed))
            continue;
        look_at(stay, all, i);
        lodge.parties = parties_of(stay, open);
        lodging_add(l, &lodge);
    }
}

/* What each node takes becomes what each component is given. */
static void give(struct match *m, const struct lodging *l)
{
    for (size_t i = 0; i < m->n; i++)
        memset(m->of[i].given, 0, m->words * sizeof(*m->of[i].given));
    for (size_t k = 0; k < l->n_items; k++) {
        for (unsigned rest = l->items[k].given; rest != 0; rest &= rest - 1)
            node_set_add(m->of[__builtin_ctz(rest)].given, l->items[k].position);
    }
}

/* One way to divide all nodes is tried. */
struct attempt {
    const struct components *all;
    struct match *m;
    struct slot *slots; /* ret */
    size_t *ret_n;
};

static bool try_way(void *arg, const struct lodging *l)
{
    struct attempt *a = arg;

    give(a->m, l);
    a->slots = place_given(a->all, a->m, a->ret_n);
    return a->slots != NULL;
}

/* Are nodes enough not all to one of them: must they be in one block, or on few
 * leaves? */
static bool is_any_bound(const struct components *all)
{
    const struct topology *t = &all->cluster->topology;
    bool bound = false;

    for (size_t i = 0; i < components_count(all) && t->n_levels > 0 && !bound; i++) {
        const struct placement at = components_placement(all, i, NULL);
        const struct job *like = at.shape->like;

        bound =
            placement_most_leaves(&at) > 0 ||
            (t->kind == TOPOLOGY_BLOCK && (like->segment > 0 || like->max_pods > 1));
    }
    return bound;
}

static struct slot *place_lodged(const struct components *all, struct match *m,
                                 size_t *ret_n)
{
    struct attempt attempt = {all, m, NULL, ret_n};
    struct lodging l;
    struct stay stay;
    int64_t needs[LODGERS_MAX];

    for (size_t i = 0; i < m->n; i++)
        needs[i] = m->of[i].need;
    lodging_init(&l, needs, m->n);
    l.whole = is_any_bound(all);
    stay_init(&stay, all);
    add_nodes(&l, &stay, all, m, true);
    add_nodes(&l, &stay, all, m, false);
    if (l.whole)
        lodging_divide(&l, try_way, &attempt);
    else if (lodging_find(&l))
        try_way(&attempt, &l);
    lodging_fini(&l);
    return attempt.slots;
}

/* May any of them be on one node, and are they few enough? */
static bool may_lodge(const struct components *all, const struct match *m)
{
    int64_t needs[CLAIMANTS_MAX];

    for (size_t i = 0; i < m->n; i++)
        needs[i] = m->of[i].need;
    return !all->apart && !all->at.shape->like->exclusive &&
           lodging_is_for(needs, m->n);
}

/* ---- all of it ---- */

static bool are_plain(const struct components *all)
{
    bool plain = true;

    for (size_t i = 0; i < components_count(all) && plain; i++) {
        const struct job *like = shape_component(all->at.shape, i)->like;

        plain = (like->one_per_node || like->max_pods == 1) && like->n_units == 0 &&
                !placement_has_rules(like);
    }
    return plain;
}

struct slot *components_place_any_way(const struct components *all, size_t *ret_n)
{
    size_t list[COMPONENTS_MAX] = {0}, n = components_count(all), lacking;
    struct slot *slots = NULL;
    struct match m;

    if (!are_plain(all))
        return NULL;
    for (size_t i = 0; i < n; i++)
        list[i] = i;
    components_match(&m, all, list, n);
    if (match_all(&m, &lacking))
        slots = place_given(all, &m, ret_n);
    if (slots == NULL && may_lodge(all, &m))
        slots = place_lodged(all, &m, ret_n);
    match_fini(&m);
    return slots;
}
