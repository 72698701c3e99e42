#include "scheduler/placement.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* A node that could take `times` items: pods, or the units of a divided job. Leftovers
 * are as they are before any is placed. */
struct candidate {
    size_t position;
    bool required;
    int64_t times; /* at most what the job has; 1 where a node takes one equal pod */
    int64_t even;  /* of an even share, what it could take; 0 where that is no matter */
    int64_t take;  /* chosen: items it gets */
    int64_t cost;  /* to others, of a pod; 0 where nodes take several */
    int64_t devices_then; /* left when the window ends */
    int64_t devices, cpu; /* when it begins */
};

void placer_fini(struct placer *p)
{
    free(p->candidates);
    *p = (struct placer){0};
}

int64_t placement_min_nodes(const struct job *like, const struct partition *part)
{
    int64_t nodes = job_least_nodes(like);

    nodes = MAX(nodes, (int64_t)like->n_node_list);
    return MAX(nodes, part->min_nodes);
}

/* ---- candidates ---- */

/* Units of a divided job that fit into what is free; the first brings the pod along. */
static int64_t units_in(const struct job *like, const struct resvec *free_)
{
    struct resvec rest = *free_;

    if (!resvec_fits(&like->each, free_))
        return 0;
    resvec_sub(&rest, &like->each);
    return 1 + MIN(resvec_times(&like->unit, &rest), like->max_units - 1);
}

static int64_t times_in(const struct job *like, const struct resvec *free_)
{
    if (like->units > 0)
        return units_in(like, free_);
    if (like->one_per_node)
        return resvec_fits(&like->each, free_);
    return MIN(resvec_times(&like->each, free_), like->max_pods);
}

/* How many items the node could take in this view; 0: not a candidate. */
static int64_t node_times(const struct placement *at, const struct noderec *rec)
{
    if (rec->node == NULL || (at->view == VIEW_UP && !rec->usable))
        return 0;
    return times_in(at->shape->like, &rec->node->capacity);
}

/* One pod a node, or one pod. */
static bool is_plain(const struct job *like)
{
    return like->units == 0 && (like->one_per_node || like->max_pods == 1);
}

/* That the node is open throughout the window is known. */
static int64_t window_times(const struct placement *at, size_t position)
{
    const struct job *like = at->shape->like;
    struct resvec least;

    if (is_plain(like))
        return 1;
    timeline_least(at->timeline, position, at->window->first, at->window->last, &least);
    return times_in(like, &least);
}

/* Left when the window ends, or of an empty node: in the last slot nothing is known. */
static int64_t devices_then(const struct cluster *c, const struct placement *at,
                            size_t position, int64_t devices)
{
    const struct timeline *tl = at->timeline;
    size_t slot;

    if (at->view != VIEW_WINDOW)
        return devices;
    slot = MIN(at->window->last, tl->n_slots - 1);
    slot = MAX(slot, at->window->first + 1) - 1;
    return asked_beside(c, timeline_row(tl, position, slot), tl->n_res - 1).devices;
}

static void candidate_add(struct placer *p, const struct cluster *c,
                          const struct placement *at, size_t position)
{
    const struct noderec *rec = c->order[position];
    int64_t times =
        at->view == VIEW_WINDOW ? window_times(at, position) : node_times(at, rec);
    /* What is left: when the window begins, or of an empty node. */
    const int64_t *left = at->view == VIEW_WINDOW
                              ? timeline_row(at->timeline, position, at->window->first)
                              : rec->node->capacity.v;
    int n = at->view == VIEW_WINDOW ? at->timeline->n_res - 1 : RES_MAX;
    struct beside beside;

    if (times == 0)
        return;
    beside = asked_beside(c, left, n);
    GROW(p->candidates, p->n, p->cap);
    p->candidates[p->n++] = (struct candidate){
        .position = position,
        .required = node_set_has(at->shape->required, position),
        .times = times,
        .cost = at->asked != NULL && is_plain(at->shape->like)
                    ? asked_cost(at->asked, position, &p->pod, &beside)
                    : 0,
        .devices_then = devices_then(c, at, position, beside.devices),
        .devices = beside.devices,
        .cpu = beside.cpu,
    };
}

static uint64_t allowed_word(const struct placement *at, size_t word)
{
    return at->view == VIEW_WINDOW ? at->window->nodes[word]
                                   : at->part->nodes[word] & at->shape->admits[word];
}

/* Fills the placer. Returns how many of the required nodes are among them. */
static size_t gather(struct placer *p, const struct cluster *c,
                     const struct placement *at)
{
    size_t required = 0;

    p->n = 0;
    p->pod = asked_beside(c, at->shape->like->each.v, RES_MAX);
    for (size_t word = 0; word < c->words; word++) {
        for (uint64_t set = allowed_word(at, word); set != 0; set &= set - 1)
            candidate_add(p, c, at, word * 64 + (size_t)__builtin_ctzll(set));
    }
    for (size_t i = 0; i < p->n; i++)
        required += p->candidates[i].required;
    return required;
}

/* ---- choosing ---- */

static int best_fit_compare(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;

    if (a->required != b->required)
        return a->required ? -1 : 1;
    if (a->cost != b->cost)
        return a->cost < b->cost ? -1 : 1;
    if (a->devices_then != b->devices_then)
        return a->devices_then < b->devices_then ? -1 : 1;
    if (a->devices != b->devices)
        return a->devices < b->devices ? -1 : 1;
    if (a->cpu != b->cpu)
        return a->cpu < b->cpu ? -1 : 1;
    return a->position < b->position ? -1 : 1;
}

static int largest_compare(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;

    if (a->required == b->required && a->times != b->times)
        return a->times > b->times ? -1 : 1;
    return best_fit_compare(a, b);
}

static int even_compare(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;

    if (a->required == b->required && a->even != b->even)
        return a->even > b->even ? -1 : 1;
    return best_fit_compare(a, b);
}

/* Who can take least first; of equals the last by name. */
static int smallest_compare(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;

    if (a->times != b->times)
        return a->times < b->times ? -1 : 1;
    return a->position > b->position ? -1 : a->position < b->position;
}

static int position_compare(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;

    return a->position < b->position ? -1 : a->position > b->position;
}

/* Nodes are gathered in the order of their positions, and are mostly equal: then they
 * are in order already. */
static void sort_candidates(struct candidate *items, size_t n,
                            int (*compare)(const void *, const void *))
{
    size_t sorted = MIN(n, 1);

    while (sorted < n && compare(&items[sorted - 1], &items[sorted]) <= 0)
        sorted++;
    if (sorted < n)
        qsort(items, n, sizeof(*items), compare);
}

/* Brings the best `n` to the front. */
static void put_best_first(struct placer *p, size_t n)
{
    size_t best = 0;

    if (n > 1) {
        sort_candidates(p->candidates, p->n, best_fit_compare);
        return;
    }
    for (size_t i = 1; i < p->n; i++) {
        if (best_fit_compare(&p->candidates[i], &p->candidates[best]) < 0)
            best = i;
    }
    p->candidates[0] = p->candidates[best];
}

/* One pod on each of the best nodes. */
static bool choose_nodes(struct placer *p, const struct job *like,
                         const struct partition *part, struct room *room)
{
    int64_t need = placement_min_nodes(like, part);
    int64_t want = MIN(like->max_pods, part->max_nodes);
    size_t n;

    room->pods = MIN((int64_t)p->n, want);
    if (room->pods < need)
        return false;
    n = (size_t)room->pods;
    if (n < p->n)
        put_best_first(p, n);
    for (size_t i = 0; i < n; i++)
        p->candidates[i].take = 1;
    p->n = n;
    return true;
}

/* What is to lie on nodes, and on how many of these. */
struct order {
    int64_t items, enough; /* pods or units: at most, at least */
    int64_t least, most;   /* nodes */
};

static struct order order_of(const struct job *like, const struct partition *part)
{
    struct order o = {like->max_pods, like->min_pods, placement_min_nodes(like, part),
                      part->max_nodes};

    if (like->units == 0)
        return o;
    o.items = o.enough = like->units;
    o.most = MIN(MIN(like->max_pods, part->max_nodes), like->units);
    return o;
}

/* Of the nodes from `first` on that hold `rest` items, the one left fullest by them.
 * They are equal, so it is the fullest one before, too. */
static struct candidate *last_node(struct placer *p, size_t first, int64_t rest)
{
    struct candidate *best = NULL;

    for (size_t i = first; i < p->n && p->candidates[i].times >= rest; i++) {
        if (best == NULL || best_fit_compare(&p->candidates[i], best) < 0)
            best = &p->candidates[i];
    }
    return best;
}

/* Fills nodes, largest first, but leaves an item for each node that must still get one.
 */
static bool choose_packed(struct placer *p, const struct order *o, struct room *room)
{
    int64_t used = 0;

    sort_candidates(p->candidates, p->n, largest_compare);
    for (size_t i = 0; i < p->n && used < o->most; i++) {
        int64_t rest = o->items - room->pods;
        int64_t owed = MAX(o->least - used - 1, 0);
        struct candidate *from = &p->candidates[i], *last = NULL;

        if (rest <= owed)
            break;
        if (owed == 0 && !from->required)
            last = last_node(p, i, rest);
        if (last != NULL) {
            struct candidate chosen = *last;

            *last = *from;
            *from = chosen;
        }
        from->take = MIN(from->times, rest - owed);
        room->pods += from->take;
        used++;
        if (room->pods == o->items)
            break;
    }
    p->n = (size_t)used;
    return room->pods >= o->enough && used >= o->least;
}

static int64_t sum_of(const struct placer *p, size_t n, bool even)
{
    int64_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += even ? p->candidates[i].even : p->candidates[i].times;
    return sum;
}

/* Brings the `n` nodes to the front that are to share the items: the best fits of those
 * that can take an even share, where so many can; else the largest. */
static void put_sharers_first(struct placer *p, size_t n, int64_t items)
{
    int64_t share = (items + (int64_t)n - 1) / (int64_t)n;

    for (size_t i = 0; i < p->n; i++)
        p->candidates[i].even = MIN(p->candidates[i].times, share);
    sort_candidates(p->candidates, p->n, even_compare);
    if (sum_of(p, n, true) < items)
        sort_candidates(p->candidates, p->n, largest_compare);
}

/* As many nodes as there are, with shares as even as they can be: the smallest nodes
 * take what they can up to the mean of what is left, and the others the rest. */
static bool choose_spread(struct placer *p, const struct order *o, struct room *room)
{
    size_t n = (size_t)MIN((int64_t)p->n, o->most);

    if (n == 0)
        return false;
    put_sharers_first(p, n, o->items);
    room->pods = MIN(sum_of(p, n, false), o->items);
    if (room->pods < o->items || (int64_t)n < o->least)
        return false;
    p->n = n;
    sort_candidates(p->candidates, n, smallest_compare);
    for (size_t i = 0, left = n; i < n; i++, left--) {
        struct candidate *to = &p->candidates[i];
        int64_t rest = room->pods;

        to->take = MIN(to->times, rest / (int64_t)left);
        room->pods -= to->take;
    }
    room->pods = o->items;
    return true;
}

static bool choose(struct placer *p, const struct cluster *c,
                   const struct placement *at, struct room *room)
{
    const struct job *like = at->shape->like;
    const struct order o = order_of(like, at->part->part);
    size_t required = gather(p, c, at);
    bool fits;

    *room = (struct room){.nodes = p->n};
    if (like->units > 0 && like->spread)
        fits = choose_spread(p, &o, room);
    else if (is_plain(like))
        fits = choose_nodes(p, like, at->part->part, room);
    else
        fits = choose_packed(p, &o, room);
    return fits && required == like->n_node_list;
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
    room->pods = MIN((int64_t)room->nodes, MIN(like->max_pods, part->max_nodes));
    return room->pods >= placement_min_nodes(like, part) &&
           required == like->n_node_list;
}

bool placement_fits(struct placer *p, const struct cluster *c,
                    const struct placement *at, struct room *ret_room)
{
    if (is_plain(at->shape->like))
        return plain_fits(c, at, ret_room);
    return choose(p, c, at, ret_room);
}

/* ---- slots ---- */

/* The pod, or pods, of a node that gets so many items. */
static struct slot slot_of(const struct job *like, int64_t take)
{
    struct slot slot = {.pods = take, .each = like->each, .tasks = like->tasks};

    if (like->units == 0)
        return slot;
    slot.pods = 1;
    slot.tasks += (take - 1) * like->unit_tasks;
    for (int i = 0; i < RES_MAX; i++)
        slot.each.v[i] += (take - 1) * like->unit.v[i];
    return slot;
}

static struct slot *slots_of(struct placer *p, const struct cluster *c,
                             const struct job *like, size_t *ret_n)
{
    struct slot *slots = xmalloc(p->n * sizeof(*slots));
    int64_t rank = 0;

    sort_candidates(p->candidates, p->n, position_compare);
    for (size_t i = 0; i < p->n; i++) {
        slots[i] = slot_of(like, p->candidates[i].take);
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
        fit->last_slot != at->window->first || at->window->last != fit->last_end ||
        !node_set_has(at->window->nodes, position))
        return false;
    p->n = 0;
    p->pod = asked_beside(c, at->shape->like->each.v, RES_MAX);
    candidate_add(p, c, at, position);
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
    bool single = like->max_pods == 1 && like->units == 0;
    struct room room;

    if (!(single && again_fits(p, c, at, fit)) && !choose(p, c, at, &room))
        return NULL;
    if (single) {
        /* Valid once the caller has taken the one slot: one mutation further. */
        fit->last_position = p->candidates[0].position;
        fit->last_cost = p->candidates[0].cost;
        fit->last_prices = at->asked != NULL ? at->asked->gen : 0;
        fit->last_slot = at->window->first;
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
