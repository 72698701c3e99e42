#include "scheduler/components_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

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
                                     const struct company *company)
{
    struct placement at = all->at;

    at.shape = shape_component(all->at.shape, component);
    at.part = components_part(all, component);
    at.company = company;
    if (all->seekers != NULL)
        window_set(all->window, &all->seekers[component], all->first);
    return at;
}

static void join_company(const struct components *all, const struct placement *at,
                         const struct share *share, struct company *company)
{
    AUTO_FREE uint32_t *positions = xcalloc(share->n, sizeof(*positions));
    struct company_share joining = {.part = at->part,
                                    .slots = share->slots,
                                    .positions = positions,
                                    .n = share->n,
                                    .alone = at->shape->like->exclusive,
                                    .apart = all->apart};

    placement_positions(all->placer, positions);
    if (all->window != NULL) {
        joining.first = all->window->first;
        joining.last = all->window->last;
    }
    company_join(company, &joining);
}

static bool place_one(const struct components *all, size_t component,
                      struct company *company, struct share *ret)
{
    const struct placement at = placement_of(all, component, company);

    ret->slots = placement_find(all->placer, all->cluster, &at, &ret->n);
    if (ret->slots == NULL)
        return false;
    join_company(all, &at, ret, company);
    return true;
}

/* Returns how many of `n`, in that order, have found a place. */
static size_t place_all(const struct components *all, const size_t *order, size_t n,
                        struct share *shares)
{
    struct company company;
    size_t placed = 0;

    company_begin(&company, all->cluster, all->timeline);
    while (placed < n &&
           place_one(all, order[placed], &company, &shares[order[placed]]))
        placed++;
    company_end(&company);
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

/* Their own. Returns how many they are. */
static size_t in_order(const struct components *all, size_t *ret)
{
    size_t n = count_of(all);

    for (size_t i = 0; i < n; i++)
        ret[i] = i;
    return n;
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

void components_match(struct match *m, const struct components *all, const size_t *list,
                      size_t n)
{
    match_init(m, n, all->cluster->words);
    for (size_t i = 0; i < m->n; i++) {
        const struct placement at = placement_of(all, list[i], NULL);
        struct claimant *c = &m->of[i];

        c->fixed = at.shape->required;
        c->need = placement_min_nodes(at.shape->like, at.part->part);
        placement_open(&at, all->cluster, c->open);
    }
}

/* All other nodes are shut to it. */
static bool place_on(const struct components *all, size_t component,
                     const uint64_t *given, struct share *ret)
{
    struct company company;
    bool fits;

    company_begin(&company, all->cluster, all->timeline);
    for (size_t word = 0; word < all->cluster->words; word++)
        company.shut[word] = ~given[word];
    fits = place_one(all, component, &company, ret);
    company_end(&company);
    return fits;
}

static struct slot *place_matched(const struct components *all, size_t *ret_n)
{
    struct share shares[COMPONENTS_MAX] = {0};
    struct slot *slots = NULL;
    size_t order[COMPONENTS_MAX] = {0}, n = in_order(all, order);
    struct match m;

    components_match(&m, all, order, n);
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

/* In their order, or another one. */
static struct slot *place_in_turn(const struct components *all, size_t *ret_n,
                                  size_t *ret_lacking)
{
    size_t order[COMPONENTS_MAX] = {0}, n = in_order(all, order), placed;

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
    return NULL;
}

struct slot *components_place(const struct components *all, size_t *ret_n,
                              size_t *ret_lacking)
{
    struct slot *slots = place_in_turn(all, ret_n, ret_lacking);

    return slots == NULL && are_plain(all) ? place_matched(all, ret_n) : slots;
}

bool components_fit(const struct components *all, size_t *ret_lacking)
{
    size_t n;
    struct slot *slots = components_place(all, &n, ret_lacking);

    if (slots != NULL)
        slots_free(slots, n);
    return slots != NULL;
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
