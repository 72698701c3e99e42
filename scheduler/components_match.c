/* Components that find no place one after the other: any way that there is. */
#include "base/util.h"
#include "scheduler/components_private.h"

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

struct slot *components_place_given(const struct components *all, const struct match *m,
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

/* All of them. */
static void match_them(struct match *m, const struct components *all)
{
    size_t list[COMPONENTS_MAX] = {0}, n = components_count(all);

    for (size_t i = 0; i < n; i++)
        list[i] = i;
    components_match(m, all, list, n);
}

struct slot *components_place_any_way(const struct components *all, size_t *ret_n)
{
    struct slot *slots = NULL;
    struct match m;
    size_t lacking;

    if (!are_plain(all))
        return NULL;
    match_them(&m, all);
    if (match_all(&m, &lacking))
        slots = components_place_given(all, &m, ret_n);
    if (slots == NULL && !all->apart && !all->at.shape->like->exclusive)
        slots = components_lodge(all, &m, ret_n);
    match_fini(&m);
    return slots;
}

struct slot *components_place_on_fewest(const struct components *all,
                                        const uint64_t *uncounted, size_t *ret_n)
{
    struct slot *slots;
    struct match m;

    if (!are_plain(all) || all->apart || all->at.shape->like->exclusive)
        return NULL;
    match_them(&m, all);
    slots = components_lodge_on_fewest(all, &m, uncounted, ret_n);
    match_fini(&m);
    return slots;
}
