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

        c->component = list[i];
        c->fixed = at.shape->required;
        c->need = placement_min_nodes(at.shape->like, at.part->part);
        placement_open(&at, all->cluster, c->open);
    }
}

static const struct job *like_of(const struct components *all, size_t component)
{
    return shape_component(all->at.shape, component)->like;
}

/* Equal pods, on no list of nodes if a node may have several. */
static bool is_plain(const struct job *like)
{
    return like->n_units == 0 && !placement_has_rules(like) &&
           (like->one_per_node || like->max_pods == 1 || like->n_node_list == 0);
}

/* May a node have several of its pods? */
static bool is_packed(const struct job *like)
{
    return !like->one_per_node && like->max_pods > 1;
}

/* All nodes of its claimants. */
static void gather_given(const struct match *m, size_t component, node_set ret)
{
    memset(ret, 0, m->words * sizeof(*ret));
    for (size_t i = 0; i < m->n; i++) {
        for (size_t k = 0; k < m->words && m->of[i].component == component; k++)
            ret[k] |= m->of[i].given[k];
    }
}

/* Packed ones come last, and the very last is bound to no nodes: so it may have more
 * pods than it needs. */
static size_t order_given(const struct components *all, size_t *order)
{
    size_t n = 0, singles;

    for (size_t i = 0; i < components_count(all); i++) {
        if (!is_packed(like_of(all, i)))
            order[n++] = i;
    }
    singles = n;
    for (size_t i = 0; i < components_count(all); i++) {
        if (is_packed(like_of(all, i)))
            order[n++] = i;
    }
    return singles;
}

const struct slot *components_place_given(const struct components *all,
                                          const struct match *m, size_t *ret_n)
{
    AUTO_FREE node_set given = xcalloc(m->words + 1, sizeof(*given));
    struct share shares[COMPONENTS_MAX] = {0};
    size_t order[COMPONENTS_MAX] = {0}, n = components_count(all), singles, placed;
    bool fits = true;

    singles = order_given(all, order);
    for (placed = 0; placed < n && fits; placed++) {
        size_t i = order[placed];

        gather_given(m, i, given);
        fits = placed < singles ? components_place_on(all, i, given, &shares[i])
                                : components_place_beside(
                                      all, i, placed + 1 < n ? given : NULL, shares);
    }
    if (fits)
        return components_join(shares, n, ret_n);
    components_free(shares, n);
    return NULL;
}

static bool are_plain(const struct components *all)
{
    bool plain = true;

    for (size_t i = 0; i < components_count(all) && plain; i++)
        plain = is_plain(like_of(all, i));
    return plain;
}

static bool is_any_packed(const struct components *all)
{
    bool any = false;

    for (size_t i = 0; i < components_count(all) && !any; i++)
        any = is_packed(like_of(all, i));
    return any;
}

/* All of them. False: they are too many pods. */
static bool match_them(struct match *m, const struct components *all)
{
    size_t list[CLAIMANTS_MAX] = {0}, n = 0;
    const size_t most = is_any_packed(all) ? LODGERS_MAX : CLAIMANTS_MAX;

    for (size_t i = 0; i < components_count(all); i++) {
        const struct job *like = like_of(all, i);

        for (int64_t k = is_packed(like) ? like->min_pods : 1; k > 0; k--) {
            if (n == most)
                return false;
            list[n++] = i;
        }
    }
    components_match(m, all, list, n);
    for (size_t i = 0; i < n; i++) {
        if (is_packed(like_of(all, list[i])))
            m->of[i].need = 1;
    }
    return true;
}

const struct slot *components_place_any_way(const struct components *all, size_t *ret_n)
{
    const struct slot *slots = NULL;
    struct match m;
    size_t lacking;

    if (!are_plain(all) || !match_them(&m, all))
        return NULL;
    if (match_all(&m, &lacking))
        slots = components_place_given(all, &m, ret_n);
    if (slots == NULL && !all->apart && !job_is_private(all->at.shape->like))
        slots = components_lodge(all, &m, ret_n);
    match_fini(&m);
    return slots;
}

const struct slot *components_place_on_fewest(const struct components *all,
                                              const uint64_t *uncounted, size_t *ret_n)
{
    const struct slot *slots;
    struct match m;

    if (!are_plain(all) || is_any_packed(all) || all->apart ||
        job_is_private(all->at.shape->like) || !match_them(&m, all))
        return NULL;
    slots = components_lodge_on_fewest(all, &m, uncounted, ret_n);
    match_fini(&m);
    return slots;
}

int64_t components_fewest_nodes(const struct components *all, unsigned which,
                                const uint64_t *uncounted)
{
    size_t list[COMPONENTS_MAX] = {0}, n = 0;
    struct match m;
    int64_t fewest;

    for (size_t i = 0; i < components_count(all); i++) {
        if ((which >> i & 1) != 0)
            list[n++] = i;
    }
    if (n == 0 || !are_plain(all) || is_any_packed(all) || all->apart ||
        job_is_private(all->at.shape->like))
        return -1;
    components_match(&m, all, list, n);
    fewest = components_lodge_fewest(all, &m, uncounted);
    match_fini(&m);
    return fewest;
}
