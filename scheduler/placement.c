#include "scheduler/placement_private.h"

#include <stdlib.h>

#include "base/util.h"

void placer_fini(struct placer *p)
{
    free(p->candidates);
    free(p->slots);
    *p = (struct placer){0};
}

int64_t placement_min_nodes(const struct job *like, const struct partition *part)
{
    int64_t nodes = component_least_nodes(like);

    nodes = MAX(nodes, job_counted_nodes(like));
    nodes = MAX(nodes, (int64_t)like->n_node_list);
    return MAX(nodes, job_min_nodes(like, part));
}

/* What has no place in time yet is chosen from all nodes, but for nodes of a list that
 * must share a block. */
bool placement_is_near(const struct cluster *c, const struct placement *at)
{
    return c->topology.n_levels > 0 && !at->anywhere &&
           (at->view == VIEW_WINDOW ||
            (c->topology.kind == TOPOLOGY_BLOCK && at->shape->like->n_node_list > 0));
}

static bool is_segmented(const struct cluster *c, const struct placement *at)
{
    return c->topology.kind == TOPOLOGY_BLOCK && !at->anywhere &&
           at->shape->like->segment > 0;
}

bool placement_is_flat(const struct cluster *c, const struct placement *at)
{
    const struct job *like = at->shape->like;

    return placement_is_plain(like) && !placement_has_rules(like) &&
           !is_segmented(c, at) && placement_most_leaves(at) == 0 &&
           !(c->topology.kind == TOPOLOGY_BLOCK && like->max_pods > 1 &&
             placement_is_near(c, at));
}

/* ---- the search ---- */

bool choose_among(struct placer *p, const struct cluster *c, const struct placement *at,
                  const struct order *o, struct room *room)
{
    const struct job *like = at->shape->like;

    if (o->segment > 0)
        return choose_segments(p, c, at, o, room);
    if (like->n_units > 1)
        return choose_pair(p, c, at, o, room);
    if (like->n_units > 0 && like->spread)
        return choose_spread(p, o, room);
    return placement_is_plain(like) ? choose_nodes(p, o, room)
                                    : choose_packed(p, o, room);
}

bool placement_has_list(const struct placer *p, const struct placement *at)
{
    size_t required = 0;

    if (at->unlisted)
        return true;
    for (size_t i = 0; i < p->n; i++)
        required += node_set_has(at->shape->required, p->candidates[i].position);
    return required == at->shape->like->n_node_list;
}

bool choose_rest(struct placer *p, const struct cluster *c, const struct placement *at,
                 const struct order *o, struct room *room)
{
    return (placement_has_rules(at->shape->like) ? choose_by_rules(p, c, at, o, room)
                                                 : choose_among(p, c, at, o, room)) &&
           placement_has_list(p, at);
}

/* 0: it is in none. */
static uint64_t hash_within(const struct cluster *c, const struct placement *at)
{
    return at->within == NULL
               ? 0
               : hash_bytes(HASH_NOTHING, at->within, c->words * sizeof(*at->within));
}

/* Up to which level it may go: without blocks to the top. */
static size_t top_level(struct placer *p, const struct cluster *c,
                        const struct placement *at, const struct order *o)
{
    struct fit *fit = shape_fit(at->shape, at->part);
    const struct placement empty = {.view = VIEW_UP,
                                    .shape = at->shape,
                                    .part = at->part,
                                    .within = at->within,
                                    .unlisted = true};
    uint64_t within;

    if (c->topology.kind != TOPOLOGY_BLOCK)
        return 0;
    within = hash_within(c, at);
    if (fit->top_gen != c->gen || fit->top_within != within) {
        candidates_gather(p, c, &empty);
        fit->top = at->shape->like->segment > 0 ? segment_level(p, c, &empty)
                                                : near_level(p, c, &empty, o);
        if (at->shape->like->consolidate_segments) {
            candidates_gather(p, c, &empty);
            fit->whole = segments_level(p, c, &empty, o, fit->top);
        }
        fit->top_gen = c->gen;
        fit->top_within = within;
    }
    return fit->top;
}

size_t placement_segment_level(struct placer *p, const struct cluster *c,
                               const struct placement *at, size_t *ret_whole)
{
    const struct order o = order_of(at->shape->like, at->part->part);
    struct kept before = candidates_keep(p);
    size_t level = top_level(p, c, at, &o);

    candidates_take_back(p, before.items, before.n);
    free(before.items);
    *ret_whole = shape_fit(at->shape, at->part)->whole;
    return level;
}

/* Near each other, in segments or anywhere: of the candidates that there are. */
static bool choose_here(struct placer *p, const struct cluster *c,
                        const struct placement *at, const struct order *o, size_t top,
                        struct room *room)
{
    *room = (struct room){.nodes = p->n};
    return o->segment == 0 && placement_is_near(c, at)
               ? choose_near(p, c, at, o, top, room)
               : choose_rest(p, c, at, o, room);
}

/* On as many pods and nodes as it may have here. */
static struct order order_within(const struct placement *at)
{
    struct order o = order_of(at->shape->like, at->part->part);

    if (at->most_pods > 0)
        o.items = MIN(o.items, at->most_pods);
    if (at->most_nodes > 0)
        o.most = MIN(o.most, at->most_nodes);
    return o;
}

static bool weights_differ(const struct placer *p)
{
    for (size_t i = 1; i < p->n; i++) {
        if (p->candidates[i].weight != p->candidates[0].weight)
            return true;
    }
    return false;
}

/* Those of the least weights that will do, where a job takes what it gets as many as it
 * would get of all. */
static bool choose_light(struct placer *p, const struct cluster *c,
                         const struct placement *at, const struct order *o, size_t top,
                         struct room *room)
{
    bool plain = placement_is_plain(at->shape->like);
    struct kept all;
    size_t least;
    bool fits = false;

    candidates_sort(p->candidates, p->n, candidate_compare_weights);
    all = candidates_keep(p);
    least = plain ? (size_t)MIN((int64_t)all.n, MIN(o->items, o->most)) : 1;
    for (size_t n = MAX(least, 1); n <= all.n && !fits; n++) {
        if (n < all.n &&
            (all.items[n].required || all.items[n].weight == all.items[n - 1].weight))
            continue;
        candidates_take_back(p, all.items, n);
        candidates_sort(p->candidates, n, candidate_compare_positions);
        fits = choose_here(p, c, at, o, top, room);
    }
    free(all.items);
    return fits;
}

bool placement_choose(struct placer *p, const struct cluster *c,
                      const struct placement *at, struct room *room)
{
    struct order o = order_within(at);
    bool placed = is_segmented(c, at) || placement_is_near(c, at);
    size_t top = placed ? top_level(p, c, at, &o) : 0;

    if (is_segmented(c, at)) {
        o.segment = at->shape->like->segment;
        o.level = top;
    }
    candidates_gather(p, c, at);
    if (weights_differ(p))
        return choose_light(p, c, at, &o, top, room);
    return choose_here(p, c, at, &o, top, room);
}

/* Of a word of nodes, those that are usable. */
static uint64_t usable_word(const struct cluster *c, size_t word, uint64_t set)
{
    uint64_t usable = 0;

    for (uint64_t rest = set; rest != 0; rest &= rest - 1) {
        size_t i = (size_t)__builtin_ctzll(rest);

        usable |= (uint64_t)c->order[word * 64 + i]->usable << i;
    }
    return usable;
}

void placement_open(const struct placement *at, const struct cluster *c, node_set set)
{
    for (size_t word = 0; word < c->words; word++) {
        set[word] = placement_open_word(at, word);
        if (at->view == VIEW_UP)
            set[word] = usable_word(c, word, set[word]);
    }
}

/* Whether a plain job fits takes no candidates: any node that admits it holds a pod. */
static bool plain_fits(const struct cluster *c, const struct placement *at,
                       struct room *room)
{
    const struct job *like = at->shape->like;
    const struct partition *part = at->part->part;
    size_t required = 0;

    *room = (struct room){0};
    for (size_t word = 0; word < c->words; word++) {
        uint64_t set = placement_allowed_word(at, word);

        if (at->view == VIEW_UP)
            set = usable_word(c, word, set);
        room->nodes += (size_t)__builtin_popcountll(set);
        required += (size_t)__builtin_popcountll(set & at->shape->required[word]);
    }
    room->pods =
        MIN((int64_t)room->nodes, MIN(like->max_pods, job_max_nodes(like, part)));
    return room->pods >= placement_min_nodes(like, part) &&
           required == like->n_node_list;
}

bool placement_fits(struct placer *p, const struct cluster *c,
                    const struct placement *at, struct room *ret_room)
{
    if (placement_is_flat(c, at))
        return plain_fits(c, at, ret_room);
    return placement_choose(p, c, at, ret_room);
}

/* Are not all ways to lie in segments tried? Of one segment of equal pods they are, and
 * neighbours are in such segments or not. */
static bool is_guess(const struct cluster *c, const struct placement *at)
{
    const struct job *like = at->shape->like;

    if (!is_segmented(c, at) || like->contiguous)
        return false;
    return like->n_units > 1 ||
           (like->n_counts > 0 &&
            !(placement_is_plain(like) && like->max_pods < 2 * like->segment));
}

bool placement_may_fit(struct placer *p, const struct cluster *c,
                       const struct placement *at, struct room *ret_room)
{
    struct placement anywhere = *at;
    struct room room;

    if (placement_fits(p, c, at, ret_room))
        return true;
    if (!is_guess(c, at) ||
        (int64_t)ret_room->nodes < placement_min_nodes(at->shape->like, at->part->part))
        return false;
    anywhere.anywhere = true;
    return placement_fits(p, c, &anywhere, &room);
}
