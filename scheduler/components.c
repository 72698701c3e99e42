#include "scheduler/components.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/match.h"

_Static_assert(COMPONENTS_MAX <= CLAIMANTS_MAX, "each component is a claimant");

/* The slots of one component. */
struct share {
    struct slot *slots;
    size_t n;
};

static size_t count_of(const struct components *all)
{
    return all->at.shape->like->n_others + 1;
}

const struct partrec *components_part(const struct components *all, size_t component)
{
    return cluster_component_partition(all->cluster, all->at.shape->like, component,
                                       all->at.part);
}

/* With its window set. */
static struct placement placement_of(const struct components *all, size_t component,
                                     const uint64_t *taken)
{
    struct placement at = all->at;

    at.shape = shape_component(all->at.shape, component);
    at.part = components_part(all, component);
    at.taken = taken;
    if (all->seekers != NULL)
        window_set(all->window, &all->seekers[component], all->first);
    return at;
}

static bool place_one(const struct components *all, size_t component, uint64_t *taken,
                      struct share *ret)
{
    const struct placement at = placement_of(all, component, taken);

    ret->slots = placement_find(all->placer, all->cluster, &at, &ret->n);
    if (ret->slots == NULL)
        return false;
    placement_mark(all->placer, taken);
    return true;
}

/* Returns how many of `n`, in that order, have found a place. */
static size_t place_all(const struct components *all, const size_t *order, size_t n,
                        struct share *shares)
{
    AUTO_FREE uint64_t *taken = xcalloc(all->cluster->words + 1, sizeof(*taken));
    size_t placed = 0;

    while (placed < n && place_one(all, order[placed], taken, &shares[order[placed]]))
        placed++;
    return placed;
}

static void shares_free(struct share *shares, size_t n)
{
    for (size_t i = 0; i < n; i++)
        slots_free(shares[i].slots, shares[i].n);
}

static struct slot *join(const struct share *shares, size_t n_shares, size_t *ret_n)
{
    struct slot *slots = NULL;
    size_t n = 0;
    int64_t rank = 0;

    for (size_t i = 0; i < n_shares; i++) {
        slots = xrealloc(slots, (n + shares[i].n) * sizeof(*slots));
        for (size_t k = 0; k < shares[i].n; k++) {
            slots[n] = shares[i].slots[k];
            slots[n].component = (int64_t)i;
            slots[n].first_rank = rank;
            rank += slots[n++].pods;
        }
        free(shares[i].slots); /* what they hold is taken over */
    }
    *ret_n = n;
    return slots;
}

static void move_to_front(size_t *order, size_t i)
{
    size_t component = order[i];

    memmove(order + 1, order, i * sizeof(*order));
    order[0] = component;
}

/* ---- any way that there is ---- */

static bool is_plain(const struct job *like)
{
    return (like->one_per_node || like->max_pods == 1) && like->n_units == 0 &&
           !placement_has_rules(like);
}

static void match_begin(struct match *m, const struct components *all)
{
    match_init(m, count_of(all), all->cluster->words);
    for (size_t i = 0; i < m->n; i++) {
        const struct placement at = placement_of(all, i, NULL);
        struct claimant *c = &m->of[i];

        c->fixed = at.shape->required;
        c->need = placement_min_nodes(at.shape->like, at.part->part);
        placement_open(&at, all->cluster, c->open);
    }
}

/* All others are taken from it. */
static bool place_on(const struct components *all, size_t component, uint64_t *given,
                     struct share *ret)
{
    for (size_t word = 0; word < all->cluster->words; word++)
        given[word] = ~given[word];
    return place_one(all, component, given, ret);
}

static struct slot *place_matched(const struct components *all, size_t *ret_n)
{
    struct share shares[COMPONENTS_MAX] = {0};
    struct slot *slots = NULL;
    struct match m;
    size_t n;

    match_begin(&m, all);
    if (match_all(&m, &n)) {
        n = 0;
        while (n < m.n && place_on(all, n, m.of[n].given, &shares[n]))
            n++;
    }
    if (n == m.n)
        slots = join(shares, n, ret_n);
    else
        shares_free(shares, m.n);
    match_fini(&m);
    return slots;
}

static bool are_plain(const struct components *all)
{
    for (size_t i = 0; i < count_of(all); i++) {
        if (!is_plain(shape_component(all->at.shape, i)->like))
            return false;
    }
    return true;
}

/* As placement would find out, with all nodes to choose from. */
static bool match_fits(const struct components *all, size_t *ret_lacking)
{
    struct match m;
    bool fits;

    match_begin(&m, all);
    fits = match_all(&m, ret_lacking);
    match_fini(&m);
    return fits;
}

bool components_fit(const struct components *all, size_t *ret_lacking)
{
    struct slot *slots;
    size_t n;

    if (are_plain(all))
        return match_fits(all, ret_lacking);
    slots = components_place(all, &n, ret_lacking);
    if (slots != NULL)
        slots_free(slots, n);
    return slots != NULL;
}

struct slot *components_place(const struct components *all, size_t *ret_n,
                              size_t *ret_lacking)
{
    size_t order[COMPONENTS_MAX], n = count_of(all), placed;

    for (size_t i = 0; i < n; i++)
        order[i] = i;
    for (size_t attempt = 0; attempt < n; attempt++) {
        struct share shares[COMPONENTS_MAX] = {0};

        placed = place_all(all, order, n, shares);
        if (placed == n)
            return join(shares, n, ret_n);
        shares_free(shares, n);
        *ret_lacking = order[placed];
        if (placed == 0)
            return NULL;
        move_to_front(order, placed);
    }
    return are_plain(all) ? place_matched(all, ret_n) : NULL;
}

bool components_agree(struct components *all, size_t before)
{
    size_t n = count_of(all), agreed = 0;

    for (size_t i = 0; agreed < n; i = (i + 1) % n) {
        if (!window_find(all->window, &all->seekers[i], all->first, before))
            return false;
        agreed = all->window->first == all->first ? agreed + 1 : 1;
        all->first = all->window->first;
    }
    return true;
}

/* Is each node that is open to it open to the other one as well, who needs it for no
 * longer? */
static bool is_within(const struct seeker *by, const struct seeker *other)
{
    bool within = other->limit_sec <= by->limit_sec &&
                  resvec_fits(&other->shape->like->each, &by->shape->like->each);

    for (size_t i = 0; i < by->timeline->words && within; i++)
        within = (by->shape->admits[i] & by->part->nodes[i] &
                  ~(other->shape->admits[i] & other->part->nodes[i])) == 0;
    return within;
}

void components_add_needs(struct seeker *seekers, size_t n)
{
    int64_t needs[COMPONENTS_MAX];

    for (size_t i = 0; i < n; i++) {
        needs[i] = 0;
        for (size_t k = 0; k < n; k++)
            needs[i] +=
                k == i || is_within(&seekers[k], &seekers[i]) ? seekers[k].need : 0;
    }
    for (size_t i = 0; i < n; i++)
        seekers[i].need = needs[i];
}
