/* Components on nodes that several of them may share. */
#include <string.h>

#include "base/util.h"
#include "scheduler/components_private.h"
#include "scheduler/lodging.h"

/* What is free on a node while components are there: of those whose time is over first
 * all, then all but that one, and so on. */
struct stay {
    size_t n;
    const struct job *like[LODGERS_MAX];
    size_t order[LODGERS_MAX], lasts[LODGERS_MAX]; /* whose time is over first */
    struct resvec least[LODGERS_MAX]; /* on the node; up to before `last` */
    int whole;                        /* the column that nobody takes; -1: none */
    bool alone;                       /* none with another one */
};

static void stay_init(struct stay *stay, const struct components *all,
                      const struct match *m)
{
    *stay = (struct stay){.n = m->n, .whole = all->cluster->quotas.whole};
    for (size_t i = 0; i < stay->n; i++) {
        size_t at = i, last;

        stay->like[i] = components_placement(all, m->of[i].component, NULL).shape->like;
        last = all->window != NULL ? all->window->last : 0;
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
        if (all->at.view == VIEW_WHOLE)
            stay->least[i] = all->cluster->order[position]->room;
        else if (stay->lasts[i] > first)
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
            ((party & (party - 1)) == 0 || (!stay->alone && fit_together(stay, party))))
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

/* A search among claimants; all nodes count but those of a set (NULL: none). */
struct attempt {
    const struct components *all;
    struct match *m;
    const uint64_t *uncounted;
    const struct slot *slots; /* ret */
    size_t *ret_n;
};

/* Those that are on a list, or the others. */
static void add_nodes(struct lodging *l, struct stay *stay, const struct attempt *a,
                      bool listed)
{
    const struct match *m = a->m;

    for (size_t i = 0; i < a->all->cluster->n_order; i++) {
        struct lodge lodge = {.position = i, .must = set_of(m, i, true)};
        unsigned open = set_of(m, i, false);

        if ((lodge.must != 0) != listed || (open == 0 && !listed))
            continue;
        lodge.counts = a->uncounted == NULL || !node_set_has(a->uncounted, i);
        look_at(stay, a->all, i);
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

/* One way to divide the nodes is tried. */
static bool try_way(void *arg, const struct lodging *l)
{
    struct attempt *a = arg;

    give(a->m, l);
    a->slots = components_place_given(a->all, a->m, a->ret_n);
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

/* False: they are too many, or need too much. */
static bool begin(struct lodging *l, const struct attempt *a)
{
    int64_t needs[CLAIMANTS_MAX];
    struct stay stay;

    for (size_t i = 0; i < a->m->n; i++)
        needs[i] = a->m->of[i].need;
    if (!lodging_is_for(needs, a->m->n))
        return false;
    lodging_init(l, needs, a->m->n);
    l->whole = is_any_bound(a->all);
    stay_init(&stay, a->all, a->m);
    add_nodes(l, &stay, a, true);
    add_nodes(l, &stay, a, false);
    return true;
}

const struct slot *components_lodge(const struct components *all, struct match *m,
                                    size_t *ret_n)
{
    struct attempt attempt = {all, m, NULL, NULL, ret_n};
    struct lodging l;

    if (!begin(&l, &attempt))
        return NULL;
    if (l.whole)
        lodging_divide(&l, try_way, &attempt);
    else if (lodging_find(&l))
        try_way(&attempt, &l);
    lodging_fini(&l);
    return attempt.slots;
}

const struct slot *components_lodge_on_fewest(const struct components *all,
                                              struct match *m,
                                              const uint64_t *uncounted, size_t *ret_n)
{
    struct attempt attempt = {all, m, uncounted, NULL, ret_n};
    struct lodging l;
    int64_t need = 0;

    if (!begin(&l, &attempt))
        return NULL;
    for (size_t i = 0; i < m->n; i++)
        need += m->of[i].need;
    for (l.most = 0; l.most <= need && attempt.slots == NULL; l.most++) {
        if (lodging_find(&l))
            try_way(&attempt, &l);
    }
    lodging_fini(&l);
    return attempt.slots;
}

int64_t components_lodge_fewest(const struct components *all, struct match *m,
                                const uint64_t *uncounted)
{
    struct attempt attempt = {all, m, uncounted, NULL, NULL};
    int64_t need = 0, fewest = -1;
    struct lodging l;

    if (!begin(&l, &attempt))
        return -1;
    l.whole = false;
    for (size_t i = 0; i < m->n; i++)
        need += m->of[i].need;
    for (l.most = 0; l.most <= need && fewest < 0; l.most++) {
        if (lodging_find(&l))
            fewest = l.most;
    }
    lodging_fini(&l);
    return fewest;
}
