#include "scheduler/placement.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* A node that could take `times` pods; leftovers as they are before any is placed. */
struct candidate {
    size_t position;
    bool required;
    int64_t times; /* at most max_pods; 1 where a node takes one pod */
    int64_t take;  /* chosen: pods it gets */
    int64_t devices;
    int64_t cpu;
};

void placer_fini(struct placer *p)
{
    free(p->candidates);
    *p = (struct placer){0};
}

int64_t placement_min_nodes(const struct job *like, const struct partition *part)
{
    int64_t nodes = like->one_per_node ? like->min_pods : 1;

    nodes = MAX(nodes, (int64_t)like->n_node_list);
    return MAX(nodes, part->min_nodes);
}

static int64_t devices_of(const struct cluster *c, const int64_t *amounts, int n)
{
    uint64_t sum = 0;

    for (int i = RES_FIXED; i < n; i++) {
        if (c->is_device[i])
            sum += (uint64_t)amounts[i];
    }
    return (int64_t)sum;
}

/* ---- candidates ---- */

/* How many pods the node could take in this view; 0: not a candidate. */
static int64_t node_times(const struct placement *at, const struct noderec *rec)
{
    const struct job *like = at->shape->like;

    if (rec->node == NULL || (at->view == VIEW_UP && !rec->usable))
        return 0;
    if (like->one_per_node)
        return resvec_fits(&like->each, &rec->node->capacity);
    return MIN(resvec_times(&like->each, &rec->node->capacity), like->max_pods);
}

/* That the node is open throughout the window is known. */
static int64_t window_times(const struct placement *at, size_t position)
{
    const struct job *like = at->shape->like;
    struct resvec least;

    if (like->one_per_node || like->max_pods == 1)
        return 1;
    timeline_least(at->timeline, position, at->window->first, at->window->last, &least);
    return MIN(resvec_times(&like->each, &least), like->max_pods);
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

    if (times == 0)
        return;
    GROW(p->candidates, p->n, p->cap);
    p->candidates[p->n++] = (struct candidate){
        .position = position,
        .required = node_set_has(at->shape->required, position),
        .times = times,
        .devices = devices_of(c, left, n),
        .cpu = n > RES_CPU ? left[RES_CPU] : 0,
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

static int position_compare(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;

    return a->position < b->position ? -1 : a->position > b->position;
}

static void sort_candidates(struct candidate *items, size_t n,
                            int (*compare)(const void *, const void *))
{
    if (n > 1)
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

/* Of the nodes from `first` on that hold `rest` pods, the one left fullest by them. The
 * pods are equal, so it is the fullest one before, too. */
static struct candidate *last_node(struct placer *p, size_t first, int64_t rest)
{
    struct candidate *best = NULL;

    for (size_t i = first; i < p->n && p->candidates[i].times >= rest; i++) {
        if (best == NULL || best_fit_compare(&p->candidates[i], best) < 0)
            best = &p->candidates[i];
    }
    return best;
}

/* Fills nodes, largest first, but leaves a pod for each node that must still get one.
 */
static bool choose_packed(struct placer *p, const struct job *like,
                          const struct partition *part, struct room *room)
{
    int64_t least = placement_min_nodes(like, part), used = 0;

    sort_candidates(p->candidates, p->n, largest_compare);
    for (size_t i = 0; i < p->n && used < part->max_nodes; i++) {
        int64_t rest = like->max_pods - room->pods;
        int64_t owed = MAX(least - used - 1, 0);
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
        if (room->pods == like->max_pods)
            break;
    }
    p->n = (size_t)used;
    return room->pods >= like->min_pods && used >= least;
}

static bool choose(struct placer *p, const struct cluster *c,
                   const struct placement *at, struct room *room)
{
    const struct job *like = at->shape->like;
    size_t required = gather(p, c, at);

    *room = (struct room){.nodes = p->n};
    if (like->one_per_node || like->max_pods == 1)
        return choose_nodes(p, like, at->part->part, room) &&
               required == like->n_node_list;
    return choose_packed(p, like, at->part->part, room) &&
           required == like->n_node_list;
}

bool placement_fits(struct placer *p, const struct cluster *c,
                    const struct placement *at, struct room *ret_room)
{
    return choose(p, c, at, ret_room);
}

/* ---- slots ---- */

static struct slot *slots_of(struct placer *p, const struct cluster *c,
                             const struct job *like, size_t *ret_n)
{
    struct slot *slots = xmalloc(p->n * sizeof(*slots));
    int64_t rank = 0;

    sort_candidates(p->candidates, p->n, position_compare);
    for (size_t i = 0; i < p->n; i++) {
        slots[i] = (struct slot){
            .node = xstrdup(c->order[p->candidates[i].position]->name),
            .pods = p->candidates[i].take,
            .each = like->each,
            .first_rank = rank,
        };
        rank += slots[i].pods;
    }
    *ret_n = p->n;
    return slots;
}

/* A job of one pod goes where the last one of its shape went, if nothing else happened
 * since and there is room: that node's rank by best fit was first and has only
 * improved. */
static bool again_fits(struct placer *p, const struct cluster *c,
                       const struct placement *at, const struct fit *fit)
{
    size_t position = fit->last_position;

    if (fit->last_mutation != at->timeline->mutation ||
        fit->last_slot != at->window->first ||
        !node_set_has(at->window->nodes, position))
        return false;
    p->n = 0;
    candidate_add(p, c, at, position);
    if (p->n == 0)
        return false;
    p->candidates[0].take = 1;
    return true;
}

struct slot *placement_find(struct placer *p, const struct cluster *c,
                            const struct placement *at, size_t *ret_n)
{
    const struct job *like = at->shape->like;
    struct fit *fit = shape_fit(at->shape, at->part);
    bool single = like->max_pods == 1;
    struct room room;

    if (!(single && again_fits(p, c, at, fit)) && !choose(p, c, at, &room))
        return NULL;
    if (single) {
        /* Valid once the caller has taken the one slot: one mutation further. */
        fit->last_position = p->candidates[0].position;
        fit->last_slot = at->window->first;
        fit->last_mutation = at->timeline->mutation + 1;
    }
    return slots_of(p, c, like, ret_n);
}
