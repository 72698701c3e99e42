/*
 * A job in segments: each lies in one block, all of them anywhere.
 *
 *   segments of 2     block   free nodes   segments that it holds
 *                       a         5                  2
 *                       b         3                  1
 *                       c         1                  0
 *
 * Blocks with the most of them are taken first, wholly; the last one is the smallest
 * that holds the rest. First of all each block with nodes of the job's list has the
 * segments that these take. Where nodes take several items and those blocks have no
 * room for all, the segments with the most room are taken, wherever they are. Where
 * they are spread, a block holds one at most. Where they are consolidated, one larger
 * block after the other is tried: those that hold most, then the smallest.
 */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/placement_private.h"

struct block {
    size_t index;
    int64_t nodes, required;
    int64_t segments; /* that it holds */
    int64_t quota;    /* of its nodes, that the job is to have */
    size_t first;     /* of the items of its nodes */
    int64_t next;     /* items that its next segment takes; -1: it has no more */
};

struct segment_search {
    struct placer *p;
    const struct cluster *c;
    const struct placement *at;
    const struct order *o;
    int64_t segment;  /* nodes */
    struct kept all;  /* in the order in which they are taken */
    size_t *block_of; /* of each leaf */
    struct block *blocks;
    size_t n_blocks;
    int64_t *items; /* that candidates take, block by block; NULL: one each */
};

static void number_blocks(struct segment_search *s, const struct topology_level *level)
{
    s->n_blocks = level->n;
    s->blocks = xcalloc(level->n, sizeof(*s->blocks));
    s->block_of = xcalloc(s->c->topology.n_leaves, sizeof(*s->block_of));
    for (size_t i = 0; i < level->n; i++) {
        s->blocks[i].index = i;
        for (size_t leaf = level->groups[i].first; leaf < level->groups[i].end; leaf++)
            s->block_of[leaf] = i;
    }
}

static struct block *block_of(const struct segment_search *s,
                              const struct candidate *node)
{
    return &s->blocks[s->block_of[s->c->topology.leaf[node->position]]];
}

static void count_segments(struct segment_search *s)
{
    for (size_t i = 0; i < s->all.n; i++) {
        block_of(s, &s->all.items[i])->nodes++;
        block_of(s, &s->all.items[i])->required += s->all.items[i].required;
    }
    for (size_t i = 0; i < s->n_blocks; i++) {
        s->blocks[i].segments = s->blocks[i].nodes / s->segment;
        if (s->at->shape->like->spread_segments)
            s->blocks[i].segments = MIN(s->blocks[i].segments, 1);
    }
}

static int64_t sum_segments(const struct segment_search *s)
{
    int64_t sum = 0;

    for (size_t i = 0; i < s->n_blocks; i++)
        sum += s->blocks[i].segments;
    return sum;
}

/* Those with nodes of the job's list, then those that hold most. */
static int block_compare(const void *left, const void *right)
{
    const struct block *a = *(struct block *const *)left;
    const struct block *b = *(struct block *const *)right;

    if ((a->required > 0) != (b->required > 0))
        return a->required > 0 ? -1 : 1;
    if (a->segments != b->segments)
        return a->segments > b->segments ? -1 : 1;
    if (a->nodes != b->nodes)
        return a->nodes < b->nodes ? -1 : 1;
    return a->index < b->index ? -1 : 1;
}

/* Of the blocks from `first` on, the smallest that holds so many segments. */
static size_t smallest_for(struct block *const *order, size_t n, size_t first,
                           int64_t segments)
{
    size_t best = first;

    for (size_t i = first; i < n && order[first]->required == 0; i++) {
        if (order[i]->segments >= segments && order[i]->nodes < order[best]->nodes)
            best = i;
    }
    return best;
}

/* Segments that hold the nodes of the job's list in the block. */
static int64_t owed(const struct segment_search *s, const struct block *block)
{
    return (block->required + s->segment - 1) / s->segment;
}

/* Each block what its nodes of the list take. Returns how many segments are left; less
 * than 0: there is no way. */
static int64_t share_required(struct segment_search *s, int64_t segments)
{
    bool enough = true;

    for (size_t i = 0; i < s->n_blocks; i++) {
        struct block *block = &s->blocks[i];

        block->quota = owed(s, block) * s->segment;
        segments -= owed(s, block);
        enough = enough && owed(s, block) <= block->segments;
    }
    return enough ? segments : -1;
}

/* False: the nodes of its list are in too many blocks. */
static bool share_out(struct segment_search *s, int64_t segments)
{
    struct block **order = xmalloc(s->n_blocks * sizeof(*order));

    segments = share_required(s, segments);
    for (size_t i = 0; i < s->n_blocks; i++)
        order[i] = &s->blocks[i];
    qsort(order, s->n_blocks, sizeof(*order), block_compare);
    for (size_t i = 0; i < s->n_blocks && segments > 0; i++) {
        int64_t gets = MIN(order[i]->segments - owed(s, order[i]), segments);
        size_t at = gets == segments ? smallest_for(order, s->n_blocks, i, gets) : i;

        order[at]->quota += gets * s->segment;
        segments -= gets;
    }
    free(order);
    return segments >= 0;
}

/* ---- those with the most room ---- */

/* What is more of a node where units are of two kinds was said when they were put in
 * order. */
static void list_items(struct segment_search *s)
{
    const struct job *like = s->at->shape->like;
    size_t first = 0;

    if (placement_is_plain(like))
        return;
    s->items = xmalloc((s->all.n + 1) * sizeof(*s->items));
    for (size_t i = 0; i < s->n_blocks; i++) {
        s->blocks[i].first = first;
        first += (size_t)s->blocks[i].nodes;
        s->blocks[i].quota = 0;
    }
    for (size_t i = 0; i < s->all.n; i++) {
        const struct candidate *node = &s->all.items[i];
        struct block *block = block_of(s, node);

        s->items[block->first + (size_t)block->quota++] =
            like->n_units > 1 ? node->take : node->times;
    }
}

static int64_t next_of(const struct segment_search *s, const struct block *block)
{
    const int64_t *items = &s->items[block->first + (size_t)block->quota];
    int64_t sum = 0;

    if (block->quota / s->segment >= block->segments)
        return -1;
    for (int64_t i = 0; i < s->segment; i++)
        sum += items[i];
    return sum;
}

/* The nodes of a block come with the largest first, so the best segments of all are
 * found one by one. */
static bool share_largest(struct segment_search *s, int64_t segments)
{
    segments = share_required(s, segments);
    for (size_t i = 0; i < s->n_blocks; i++)
        s->blocks[i].next = next_of(s, &s->blocks[i]);
    for (; segments > 0; segments--) {
        struct block *best = &s->blocks[0];

        for (size_t i = 1; i < s->n_blocks; i++)
            best = s->blocks[i].next > best->next ? &s->blocks[i] : best;
        if (best->next < 0)
            return false;
        best->quota += s->segment;
        best->next = next_of(s, best);
    }
    return segments == 0;
}

/* ---- so many ---- */

/* Of each block its quota. */
static bool try_quotas(struct segment_search *s, int64_t segments, struct room *room)
{
    struct order order = *s->o;

    order.least = order.most = segments * s->segment;
    order.segment = 0;
    s->p->n = 0;
    for (size_t i = 0; i < s->all.n; i++) {
        struct block *block = block_of(s, &s->all.items[i]);

        if (block->quota-- > 0)
            s->p->candidates[s->p->n++] = s->all.items[i];
    }
    return choose_among(s->p, s->c, s->at, &order, room);
}

/* On so many segments exactly. */
static bool try_segments(struct segment_search *s, int64_t segments, struct room *room)
{
    return (share_out(s, segments) && try_quotas(s, segments, room)) ||
           (s->items != NULL && share_largest(s, segments) &&
            try_quotas(s, segments, room));
}

static int64_t least_segments(const struct segment_search *s)
{
    return (MAX(s->o->least, 1) + s->segment - 1) / s->segment;
}

static int64_t most_segments(const struct segment_search *s)
{
    return MIN(MIN(s->o->most, s->o->items) / s->segment, sum_segments(s));
}

/* Does the job take what it gets? */
static bool takes_many(const struct segment_search *s)
{
    const struct job *like = s->at->shape->like;

    return like->spread || placement_is_plain(like);
}

/* As many as there are where the job takes what it gets, else as few as will do. */
static bool try_numbers(struct segment_search *s, struct room *room)
{
    bool many = takes_many(s);
    int64_t least = least_segments(s), most = most_segments(s);

    for (int64_t n = least; n <= most; n++) {
        if (try_segments(s, many ? most - (n - least) : n, room))
            return true;
    }
    return false;
}

static void search_init(struct segment_search *s, size_t level)
{
    s->segment = s->at->shape->like->segment;
    s->all = candidates_keep(s->p);
    number_blocks(s, &s->c->topology.levels[level]);
    count_segments(s);
    list_items(s);
}

static void search_fini(struct segment_search *s)
{
    free(s->all.items);
    free(s->block_of);
    free(s->blocks);
    free(s->items);
}

/* ---- in one larger block ---- */

struct whole {
    const struct topology_group *group;
    int64_t nodes, segments;
};

static bool is_within(const struct segment_search *s, size_t block, size_t level,
                      const struct topology_group *group)
{
    const struct topology_group *inner = &s->c->topology.levels[level].groups[block];

    return inner->first >= group->first && inner->end <= group->end;
}

/* What the blocks of `level` in it have. */
static struct whole whole_of(const struct segment_search *s, size_t level,
                             const struct topology_group *group)
{
    struct whole sum = {.group = group};

    for (size_t i = 0; i < s->n_blocks; i++) {
        if (!is_within(s, i, level, group))
            continue;
        sum.nodes += s->blocks[i].nodes;
        sum.segments += s->blocks[i].segments;
    }
    return sum;
}

static int whole_compare(const void *left, const void *right)
{
    const struct whole *a = left, *b = right;

    if (a->segments != b->segments)
        return a->segments > b->segments ? -1 : 1;
    if (a->nodes != b->nodes)
        return a->nodes < b->nodes ? -1 : 1;
    return a->group->first < b->group->first ? -1 : 1;
}

/* Of the level `of`; more segments than the job would have are of no use. */
static struct whole *list_wholes(const struct segment_search *s, size_t level,
                                 size_t of, size_t *ret_n)
{
    const struct topology_level *larger = &s->c->topology.levels[of];
    struct whole *list = xmalloc((larger->n + 1) * sizeof(*list));
    int64_t enough = takes_many(s) ? most_segments(s) : least_segments(s);

    for (size_t i = 0; i < larger->n; i++) {
        list[i] = whole_of(s, level, &larger->groups[i]);
        list[i].segments = MIN(list[i].segments, enough);
    }
    qsort(list, larger->n, sizeof(*list), whole_compare);
    *ret_n = larger->n;
    return list;
}

/* With the segments of all blocks outside of it left out. */
static bool try_whole(struct segment_search *s, size_t level, const struct whole *whole,
                      struct room *room)
{
    int64_t *segments = xmalloc(s->n_blocks * sizeof(*segments));
    bool fits;

    for (size_t i = 0; i < s->n_blocks; i++) {
        segments[i] = s->blocks[i].segments;
        if (!is_within(s, i, level, whole->group))
            s->blocks[i].segments = 0;
    }
    fits = try_numbers(s, room);
    for (size_t i = 0; i < s->n_blocks; i++)
        s->blocks[i].segments = segments[i];
    free(segments);
    return fits;
}

static bool try_wholes(struct segment_search *s, size_t level, size_t of,
                       struct room *room)
{
    size_t n;
    struct whole *list = list_wholes(s, level, of, &n);
    bool fits = false;

    for (size_t i = 0; i < n && !fits && list[i].segments >= least_segments(s); i++)
        fits = try_whole(s, level, &list[i], room);
    if (!fits)
        room->nodes = (size_t)(list[0].segments * s->segment);
    free(list);
    return fits;
}

/* ---- in which blocks ---- */

/* Of each leaf, the candidates that are in the set; NULL: all of them. */
static void count_on_leaves(const struct placer *p, const struct topology *t,
                            const uint64_t *set, int64_t *counts)
{
    memset(counts, 0, t->n_leaves * sizeof(*counts));
    for (size_t i = 0; i < p->n; i++) {
        size_t position = p->candidates[i].position;

        counts[t->leaf[position]] += set == NULL || node_set_has(set, position);
    }
}

static bool any_has(const struct topology_level *level, const int64_t *counts,
                    int64_t nodes)
{
    bool any = false;

    for (size_t i = 0; i < level->n && !any; i++) {
        int64_t sum = 0;

        for (size_t leaf = level->groups[i].first; leaf < level->groups[i].end; leaf++)
            sum += counts[leaf];
        any = sum >= nodes;
    }
    return any;
}

/* The lowest one a block of which has so many; 0, too, if none has. */
static size_t lowest_level(const struct topology *t, const int64_t *counts,
                           int64_t nodes)
{
    size_t level = t->n_levels - 1;

    while (level > 0 && !any_has(&t->levels[level], counts, nodes))
        level--;
    return level;
}

size_t segment_level(const struct placer *p, const struct cluster *c,
                     const struct placement *at)
{
    const struct job *like = at->shape->like;
    const struct topology *t = &c->topology;
    int64_t *counts = xmalloc((t->n_leaves + 1) * sizeof(*counts));
    size_t level = 0;

    for (size_t i = 0; i < MAX(like->n_same, 1); i++) {
        const uint64_t *set =
            like->n_same > 0 ? at->shape->featured[like->n_counts + i] : NULL;

        count_on_leaves(p, t, set, counts);
        level = MAX(level, lowest_level(t, counts, like->segment));
    }
    free(counts);
    return level;
}

size_t segments_level(struct placer *p, const struct cluster *c,
                      const struct placement *at, const struct order *o, size_t level)
{
    struct segment_search s = {.p = p, .c = c, .at = at, .o = o};
    size_t found = level + 1;
    int64_t enough;

    search_init(&s, level);
    enough = takes_many(&s) ? most_segments(&s) : least_segments(&s);
    for (bool holds = false; !holds && found > 0;) {
        size_t n;
        struct whole *list = list_wholes(&s, level, --found, &n);

        holds = list[0].segments >= enough;
        free(list);
    }
    search_fini(&s);
    return found;
}

/* Of the candidates in their order; all are left where they do not do. */
static bool choose_in_order(struct segment_search *s, struct room *room)
{
    const struct placement *at = s->at;
    bool fits;

    search_init(s, s->o->level);
    if (at->shape->like->consolidate_segments) {
        fits = try_wholes(s, s->o->level, shape_fit(at->shape, at->part)->whole, room);
    } else {
        fits = try_numbers(s, room);
        if (!fits)
            room->nodes = (size_t)(sum_segments(s) * s->segment);
    }
    room->block = !fits;
    if (!fits)
        candidates_take_back(s->p, s->all.items, s->all.n);
    search_fini(s);
    return fits;
}

bool choose_segments(struct placer *p, const struct cluster *c,
                     const struct placement *at, const struct order *o,
                     struct room *room)
{
    const struct job *like = at->shape->like;
    enum weight end = like->n_units > 1 ? WEIGHTS : WEIGH_BOTH + 1;
    bool fits = false;

    for (enum weight w = WEIGH_BOTH; w < end && !fits; w++) {
        struct segment_search s = {.p = p, .c = c, .at = at, .o = o};

        choose_first(p, like, w);
        fits = choose_in_order(&s, room);
    }
    return fits;
}
