#include "scheduler/placement_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/quota.h"

void placer_fini(struct placer *p)
{
    free(p->candidates);
    *p = (struct placer){0};
}

int64_t placement_min_nodes(const struct job *like, const struct partition *part)
{
    int64_t nodes = component_least_nodes(like);

    nodes = MAX(nodes, job_counted_nodes(like));
    nodes = MAX(nodes, (int64_t)like->n_node_list);
    return MAX(nodes, job_min_nodes(like, part));
}

/* ---- candidates ---- */

int64_t placement_units_in(const struct job *like, size_t kind,
                           const struct resvec *free_)
{
    const struct unit *unit = &like->units[kind];
    struct resvec rest = *free_;

    if (!resvec_fits(&like->each, free_))
        return 0;
    resvec_sub(&rest, &like->each);
    return 1 + MIN(resvec_times(&unit->each, &rest), unit->most - 1);
}

static int64_t times_in(const struct job *like, const struct resvec *free_)
{
    if (like->n_units > 0)
        return placement_units_in(like, 0, free_);
    if (like->one_per_node)
        return resvec_fits(&like->each, free_);
    return MIN(resvec_times(&like->each, free_), like->max_pods);
}

bool placement_is_plain(const struct job *like)
{
    return like->n_units == 0 && (like->one_per_node || like->max_pods == 1);
}

bool placement_space(const struct placement *at, const struct cluster *c,
                     size_t position, struct resvec *ret)
{
    const struct noderec *rec = c->order[position];

    if (at->view == VIEW_WINDOW) {
        timeline_least(at->timeline, position, at->window->first, at->window->last,
                       ret);
        return true;
    }
    if (rec->node == NULL || (at->view == VIEW_UP && !rec->usable))
        return false;
    *ret = rec->room;
    return true;
}

/* How much the node could take in this view; nothing: it is no candidate. That it is
 * open throughout a window is known. */
static void measure(const struct placement *at, const struct cluster *c,
                    struct candidate *node)
{
    const struct job *like = at->shape->like;
    struct resvec space;

    if (at->view == VIEW_WINDOW && placement_is_plain(like)) {
        node->times = 1;
    } else if (placement_space(at, c, node->position, &space)) {
        node->times = times_in(like, &space);
        if (like->n_units > 1)
            node->also = placement_units_in(like, 1, &space);
    }
}

/* What is free on a node when the window begins, and when it ends; of an empty node the
 * same. `n` amounts. */
struct sight {
    const int64_t *now, *then;
    int n;
};

/* The last slot of the window; of the last of all nothing is known. */
static size_t slot_then(const struct placement *at)
{
    size_t slot = MIN(at->window->last, at->timeline->n_slots - 1);

    return MAX(slot, at->window->first + 1) - 1;
}

/* The nodes of a word that are vacant when the window begins and when it ends. */
static uint64_t vacant_word(const struct placement *at, size_t word)
{
    if (at->view != VIEW_WINDOW)
        return 0;
    return timeline_vacant(at->timeline, at->window->first)[word] &
           timeline_vacant(at->timeline, slot_then(at))[word];
}

static struct sight sight_of(const struct placement *at, const struct cluster *c,
                             size_t position, bool vacant)
{
    const struct timeline *tl = at->timeline;
    struct sight sight;

    if (at->view != VIEW_WINDOW) {
        sight.now = sight.then = c->order[position]->room.v;
        sight.n = RES_MAX;
        return sight;
    }
    sight.n = tl->n_res - 1;
    sight.now = sight.then = timeline_vacancy(tl, position);
    if (!vacant) {
        sight.now = timeline_row(tl, position, at->window->first);
        sight.then = timeline_row(tl, position, slot_then(at));
    }
    return sight;
}

static void candidate_add(struct placer *p, const struct cluster *c,
                          const struct placement *at, size_t position, bool vacant)
{
    struct candidate node = {.position = position,
                             .place = topology_place(&c->topology, position)};
    struct sight sight;
    struct beside beside;

    measure(at, c, &node);
    if (node.times == 0)
        return;
    sight = sight_of(at, c, position, vacant);
    beside = asked_beside(c, sight.now, sight.n);
    node.required = node_set_has(at->shape->required, position);
    node.weight = c->weighted ? c->order[position]->node->weight : 0;
    if (at->asked != NULL && placement_is_plain(at->shape->like))
        node.cost = asked_cost(at->asked, position, &p->pod, &beside);
    node.devices_then = sight.then == sight.now
                            ? beside.devices
                            : asked_beside(c, sight.then, sight.n).devices;
    node.devices = beside.devices;
    node.cpu = beside.cpu;
    node.idle = at->part->part->lln ? beside.cpu : 0;
    GROW(p->candidates, p->n, p->cap);
    p->candidates[p->n++] = node;
}

static uint64_t open_word(const struct placement *at, size_t word)
{
    return at->view == VIEW_WINDOW ? at->window->nodes[word]
                                   : at->part->nodes[word] & at->shape->admits[word];
}

static uint64_t allowed_word(const struct placement *at, size_t word)
{
    uint64_t set = open_word(at, word);

    return at->taken != NULL ? set & ~at->taken[word] : set;
}

/* What has no place in time yet is chosen from all nodes. */
static bool is_near(const struct cluster *c, const struct placement *at)
{
    return c->topology.n_levels > 0 && at->view == VIEW_WINDOW;
}

static bool is_segmented(const struct cluster *c, const struct placement *at)
{
    return c->topology.kind == TOPOLOGY_BLOCK && at->shape->like->segment > 0;
}

bool placement_is_flat(const struct cluster *c, const struct placement *at)
{
    const struct job *like = at->shape->like;

    return placement_is_plain(like) && !placement_has_rules(like) &&
           !is_segmented(c, at) && placement_most_leaves(at) == 0 &&
           !(c->topology.kind == TOPOLOGY_BLOCK && like->max_pods > 1 &&
             is_near(c, at));
}

/* ---- more of the same ---- */

#define KINDS_MAX 4 /* of vacant nodes that are counted; others are all looked at */

/* Vacant nodes where as much is free are equal but for their positions: of each kind
 * the first are enough, as many as the job takes. */
struct plenty {
    int64_t enough; /* INT64_MAX: all are to be looked at */
    size_t n;
    struct {
        uint32_t row;
        int64_t nodes;
    } kinds[KINDS_MAX];
};

/* Where nodes are equal, are they so to this job as well, whatever lies around? */
static struct plenty plenty_for(const struct cluster *c, const struct placement *at)
{
    const struct job *like = at->shape->like;
    bool plain = at->view == VIEW_WINDOW && placement_is_flat(c, at) &&
                 !is_near(c, at) && !c->weighted &&
                 (at->asked == NULL || at->asked->pressure == NULL);
    int64_t most = MIN(like->max_pods, job_max_nodes(like, at->part->part));

    return (struct plenty){.enough = plain ? most : INT64_MAX};
}

/* Of a vacant node. */
static bool is_more(struct plenty *plenty, const struct placement *at, size_t position)
{
    uint32_t row;
    size_t i = 0;

    if (plenty->enough == INT64_MAX || node_set_has(at->shape->required, position))
        return false;
    row = at->timeline->vacancies[position];
    while (i < plenty->n && plenty->kinds[i].row != row)
        i++;
    if (i == KINDS_MAX)
        return false;
    if (i == plenty->n)
        plenty->kinds[plenty->n++].row = row;
    return plenty->kinds[i].nodes++ >= plenty->enough;
}

/* Fills the placer. */
static void gather(struct placer *p, const struct cluster *c,
                   const struct placement *at)
{
    struct plenty plenty = plenty_for(c, at);

    p->n = 0;
    p->pod = asked_beside(c, at->shape->like->each.v, RES_MAX);
    for (size_t word = 0; word < c->words; word++) {
        uint64_t vacant = vacant_word(at, word);

        for (uint64_t set = allowed_word(at, word); set != 0; set &= set - 1) {
            size_t position = word * 64 + (size_t)__builtin_ctzll(set);
            bool is_vacant = node_set_has(&vacant, position % 64);

            if (!is_vacant || !is_more(&plenty, at, position))
                candidate_add(p, c, at, position, is_vacant);
        }
    }
}

/* ---- the search ---- */

bool choose_among(struct placer *p, const struct cluster *c, const struct placement *at,
                  const struct order *o, struct room *room)
{
    const struct job *like = at->shape->like;

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

/* The order of what must lie in one block. */
static struct order order_in_block(const struct job *like, const struct order *o)
{
    if (like->segment == 0)
        return *o;
    return (struct order){like->segment, like->segment, like->segment, like->segment};
}

/* Up to which level it may go: without blocks to the top. */
static size_t top_level(struct placer *p, const struct cluster *c,
                        const struct placement *at, const struct order *o)
{
    struct fit *fit = shape_fit(at->shape, at->part);
    const struct placement empty = {
        .view = VIEW_UP, .shape = at->shape, .part = at->part};
    const struct order in_block = order_in_block(at->shape->like, o);

    if (c->topology.kind != TOPOLOGY_BLOCK)
        return 0;
    if (fit->top_gen != c->gen) {
        gather(p, c, &empty);
        fit->top = near_level(p, c, &empty, &in_block);
        if (at->shape->like->consolidate_segments) {
            gather(p, c, &empty);
            fit->whole = segments_level(p, c, &empty, o, fit->top);
        }
        fit->top_gen = c->gen;
    }
    return fit->top;
}

/* Near each other, in segments or anywhere: of the candidates that there are. */
static bool choose_here(struct placer *p, const struct cluster *c,
                        const struct placement *at, const struct order *o, size_t top,
                        struct room *room)
{
    *room = (struct room){.nodes = p->n};
    if (is_segmented(c, at))
        return choose_segments(p, c, at, o, top, room);
    return is_near(c, at) ? choose_near(p, c, at, o, top, room)
                          : choose_rest(p, c, at, o, room);
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

static bool choose(struct placer *p, const struct cluster *c,
                   const struct placement *at, struct room *room)
{
    const struct order o = order_of(at->shape->like, at->part->part);
    bool placed = is_segmented(c, at) || is_near(c, at);
    size_t top = placed ? top_level(p, c, at, &o) : 0;

    gather(p, c, at);
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
        set[word] = open_word(at, word);
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
        uint64_t set = allowed_word(at, word);

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
    return choose(p, c, at, ret_room);
}

/* ---- slots ---- */

static void add_units(const struct unit *unit, int64_t n, struct slot *slot)
{
    slot->tasks += (n - 1) * unit->tasks;
    resvec_add_times(&slot->each, &unit->each, n - 1);
}

/* The pod, or pods, of a node. */
static struct slot slot_of(const struct job *like, const struct candidate *node)
{
    struct slot slot = {.pods = node->take, .each = like->each, .tasks = like->tasks};

    if (like->n_units == 0)
        return slot;
    slot.pods = 1;
    add_units(&like->units[0], node->take, &slot);
    if (like->n_units > 1)
        add_units(&like->units[1], node->also, &slot);
    return slot;
}

static struct slot *slots_of(struct placer *p, const struct cluster *c,
                             const struct job *like, size_t *ret_n)
{
    struct slot *slots = xmalloc(p->n * sizeof(*slots));
    int64_t rank = 0;

    candidates_sort(p->candidates, p->n, candidate_compare_places);
    for (size_t i = 0; i < p->n; i++) {
        slots[i] = slot_of(like, &p->candidates[i]);
        quota_drop(c, &slots[i].each);
        slots[i].node = xstrdup(c->order[p->candidates[i].position]->name);
        slots[i].first_rank = rank;
        rank += slots[i].pods;
    }
    *ret_n = p->n;
    return slots;
}

/* A job of one pod goes where the last one of its shape went, if nothing else happened
 * since and there is room: that node's rank by best fit was first and has only
 * improved, unless it costs more now. In a shorter window more nodes may be open
 * throughout, and a longer one ends where others may be fuller. */
static bool again_fits(struct placer *p, const struct cluster *c,
                       const struct placement *at, const struct fit *fit)
{
    size_t position = fit->last_position;

    if (fit->last_mutation != at->timeline->mutation ||
        (at->asked != NULL && fit->last_prices != at->asked->gen) ||
        fit->last_fence != at->fence || fit->last_slot != at->window->first ||
        at->window->last != fit->last_end || !node_set_has(at->window->nodes, position))
        return false;
    p->n = 0;
    p->pod = asked_beside(c, at->shape->like->each.v, RES_MAX);
    candidate_add(p, c, at, position, false);
    if (p->n == 0 || p->candidates[0].cost > fit->last_cost)
        return false;
    p->candidates[0].take = 1;
    return true;
}

struct slot *placement_find(struct placer *p, const struct cluster *c,
                            const struct placement *at, size_t *ret_n)
{
    const struct job *like = at->shape->like;
    struct fit *fit = shape_fit(at->shape, at->part);
    /* Where it went is the best place again; of the least loaded nodes it is not. */
    bool single = like->max_pods == 1 && like->n_units == 0 && at->taken == NULL &&
                  !placement_has_rules(like) && !at->part->part->lln;
    struct room room;

    if (!(single && again_fits(p, c, at, fit)) && !choose(p, c, at, &room))
        return NULL;
    if (single) {
        /* Valid once the caller has taken the one slot: one mutation further. */
        fit->last_position = p->candidates[0].position;
        fit->last_cost = p->candidates[0].cost;
        fit->last_prices = at->asked != NULL ? at->asked->gen : 0;
        fit->last_slot = at->window->first;
        fit->last_fence = at->fence;
        fit->last_end = at->window->last;
        fit->last_mutation = at->timeline->mutation + 1;
    }
    return slots_of(p, c, like, ret_n);
}

void placement_positions(const struct placer *p, uint32_t *ret)
{
    for (size_t i = 0; i < p->n; i++)
        ret[i] = (uint32_t)p->candidates[i].position;
}

void placement_mark(const struct placer *p, node_set set)
{
    for (size_t i = 0; i < p->n; i++)
        node_set_add(set, p->candidates[i].position);
}
