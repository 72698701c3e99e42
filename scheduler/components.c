#include "scheduler/components_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

_Static_assert(COMPONENTS_MAX <= CLAIMANTS_MAX, "each component is a claimant");

const struct partrec *components_part(const struct components *all, size_t component)
{
    return cluster_component_partition(all->cluster, all->at.shape->like, component,
                                       all->at.part);
}

struct placement components_placement(const struct components *all, size_t component,
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

static void join_at(const struct components *all, const struct placement *at,
                    const struct share *share, const uint32_t *positions,
                    struct company *company)
{
    struct company_share joining = {.as = {at->part, all->lot},
                                    .slots = share->slots,
                                    .positions = positions,
                                    .n = share->n,
                                    .alone = job_is_private(at->shape->like),
                                    .apart = all->apart};

    if (all->window != NULL) {
        joining.first = all->window->first;
        joining.last = all->window->last;
    }
    company_join(company, &joining);
}

static void join_company(const struct components *all, const struct placement *at,
                         const struct share *share, struct company *company)
{
    AUTO_FREE uint32_t *positions = xcalloc(share->n, sizeof(*positions));

    placement_positions(all->placer, positions);
    join_at(all, at, share, positions, company);
}

static bool place_one(const struct components *all, size_t component,
                      struct company *company, struct share *ret)
{
    const struct placement at = components_placement(all, component, company);

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

void components_free(struct share *shares, size_t n)
{
    for (size_t i = 0; i < n; i++)
        slots_unref(shares[i].slots);
}

const struct slot *components_join(struct share *shares, size_t n_shares, size_t *ret_n)
{
    AUTO_FREE struct slot *slots = NULL;
    const struct slot *joined;
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
    }
    *ret_n = n;
    joined = slots_new(slots, n);
    components_free(shares, n_shares);
    return joined;
}

/* All other nodes are shut to it. */
bool components_place_on(const struct components *all, size_t component,
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

/* What was found before. */
static void join_again(const struct components *all, size_t component,
                       const struct share *share, struct company *company)
{
    AUTO_FREE uint32_t *positions = xcalloc(share->n + 1, sizeof(*positions));
    const struct placement at = components_placement(all, component, NULL);

    for (size_t i = 0; i < share->n; i++)
        positions[i] =
            (uint32_t)cluster_node(all->cluster, share->slots[i].node)->position;
    join_at(all, &at, share, positions, company);
}

bool components_place_beside(const struct components *all, size_t component,
                             const uint64_t *given, struct share *shares)
{
    struct company company;
    bool fits;

    company_begin(&company, all->cluster, all->timeline);
    for (size_t i = 0; i < components_count(all); i++) {
        if (shares[i].slots != NULL)
            join_again(all, i, &shares[i], &company);
    }
    for (size_t word = 0; word < all->cluster->words && given != NULL; word++)
        company.shut[word] |= ~given[word];
    fits = place_one(all, component, &company, &shares[component]);
    company_end(&company);
    return fits;
}

/* ---- in an order ---- */

static void move_to_front(size_t *order, size_t i)
{
    size_t component = order[i];

    memmove(order + 1, order, i * sizeof(*order));
    order[0] = component;
}

/* In their order, or another one. */
static const struct slot *place_in_turn(const struct components *all, size_t *ret_n,
                                        size_t *ret_lacking)
{
    size_t order[COMPONENTS_MAX], n = components_count(all), placed;

    for (size_t i = 0; i < n; i++)
        order[i] = i;
    for (size_t attempt = 0; attempt < n; attempt++) {
        struct share shares[COMPONENTS_MAX] = {0};

        placed = place_all(all, order, n, shares);
        if (placed == n)
            return components_join(shares, n, ret_n);
        components_free(shares, n);
        *ret_lacking = order[placed];
        if (placed == 0)
            return NULL;
        move_to_front(order, placed);
    }
    return NULL;
}

const struct slot *components_place(const struct components *all, size_t *ret_n,
                                    size_t *ret_lacking)
{
    const struct slot *slots = place_in_turn(all, ret_n, ret_lacking);

    return slots != NULL ? slots : components_place_any_way(all, ret_n);
}

bool components_fit(const struct components *all, size_t *ret_lacking)
{
    size_t n;
    const struct slot *slots = components_place(all, &n, ret_lacking);

    if (slots != NULL)
        slots_unref(slots);
    return slots != NULL;
}

bool components_agree(struct components *all, size_t before)
{
    size_t n = components_count(all), agreed = 0;

    for (size_t i = 0; agreed < n; i = (i + 1) % n) {
        if (!window_find(all->window, &all->seekers[i], all->first, before))
            return false;
        agreed = all->window->first == all->first ? agreed + 1 : 1;
        all->first = all->window->first;
    }
    return true;
}
