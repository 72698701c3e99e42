/*
 * A job in segments: each lies in one block, all of them anywhere.
 *
 *   segments of 2     block   free nodes   segments that it holds
 *                       a         5                  2
 *                       b         3                  1
 *                       c         1                  0
 *
 * Blocks with the most of them are taken first, wholly; the last one is the smallest
 * that holds the rest.
 */
#include <stdlib.h>

#include "base/util.h"
#include "scheduler/placement_private.h"

struct block {
    size_t index;
    int64_t nodes, required;
    int64_t segments; /* that it holds */
    int64_t quota;    /* of its nodes, that the job is to have */
};

struct segment_search {
    struct placer *p;
    const struct cluster *c;
    const struct placement *at;
    const struct order *o;
    int64_t segment;  /* nodes */
    struct kept all;  /* in the order in which the job would rather have them */
    size_t *block_of; /* of each leaf */
    struct block *blocks;
    size_t n_blocks;
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
    for (size_t i = 0; i < s->n_blocks; i++)
        s->blocks[i].segments = s->blocks[i].nodes / s->segment;
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

static void share_out(struct segment_search *s, int64_t segments)
{
    struct block **order = xmalloc(s->n_blocks * sizeof(*order));

    for (size_t i = 0; i < s->n_blocks; i++) {
        s->blocks[i].quota = 0;
        order[i] = &s->blocks[i];
    }
    qsort(order, s->n_blocks, sizeof(*order), block_compare);
    for (size_t i = 0; i < s->n_blocks && segments > 0; i++) {
        int64_t gets = MIN(order[i]->segments, segments);
        size_t at = gets == segments ? smallest_for(order, s->n_blocks, i, gets) : i;

        order[at]->quota = gets * s->segment;
        segments -= gets;
    }
    free(order);
}

/* On so many segments exactly. */
static bool try_segments(struct segment_search *s, int64_t segments, struct room *room)
{
    struct order order = *s->o;

    order.least = order.most = segments * s->segment;
    share_out(s, segments);
    s->p->n = 0;
    for (size_t i = 0; i < s->all.n; i++) {
        struct block *block = block_of(s, &s->all.items[i]);

        if (block->quota-- > 0)
            s->p->candidates[s->p->n++] = s->all.items[i];
    }
    return choose_rest(s->p, s->c, s->at, &order, room);
}

/* As many as there are where the job takes what it gets, else as few as will do. */
static bool try_numbers(struct segment_search *s, struct room *room)
{
    const struct job *like = s->at->shape->like;
    bool many = like->spread || placement_is_plain(like);
    int64_t least = (MAX(s->o->least, 1) + s->segment - 1) / s->segment;
    int64_t most = MIN(MIN(s->o->most, s->o->items) / s->segment, sum_segments(s));

    for (int64_t n = least; n <= most; n++) {
        if (try_segments(s, many ? most - (n - least) : n, room))
            return true;
    }
    return false;
}

bool choose_segments(struct placer *p, const struct cluster *c,
                     const struct placement *at, const struct order *o, size_t level,
                     struct room *room)
{
    struct segment_search s = {
        .p = p, .c = c, .at = at, .o = o, .segment = at->shape->like->segment};
    bool fits;

    choose_first(p, at->shape->like, WEIGH_BOTH);
    s.all = candidates_keep(p);
    number_blocks(&s, &c->topology.levels[level]);
    count_segments(&s);
    fits = try_numbers(&s, room);
    if (!fits) {
        room->nodes = (size_t)(sum_segments(&s) * s.segment);
        room->block = true;
    }
    free(s.all.items);
    free(s.block_of);
    free(s.blocks);
    return fits;
}
