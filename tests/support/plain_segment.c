#include "tests/support/plain_segment.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* A block, or a larger one: what is free in it, and the segments that its blocks
 * hold. */
struct block {
    size_t nodes, segments;
};

static size_t number_of(const struct plain_wiring *w, size_t level, size_t node)
{
    return w->under[level][node];
}

/* All blocks of its level, by number; freed by the caller. */
static struct block *look_at_blocks(const struct plain_wiring *w,
                                    const struct plain_spot *spots, size_t n,
                                    const struct plain_segment_want *want)
{
    struct block *blocks = xcalloc(w->n_switches[want->level] + 1, sizeof(*blocks));

    assert(want->segments.size > 0);
    for (size_t i = 0; i < n; i++)
        blocks[number_of(w, want->level, spots[i].node)].nodes++;
    for (size_t b = 0; b < w->n_switches[want->level]; b++) {
        blocks[b].segments = blocks[b].nodes / want->segments.size;
        if (want->segments.spread)
            blocks[b].segments = MIN(blocks[b].segments, 1);
    }
    return blocks;
}

/* The larger block that holds a block, if any node is in that. */
static size_t whole_of(const struct plain_wiring *w, const struct plain_spot *spots,
                       size_t n, const struct plain_segment_want *want, size_t b)
{
    for (size_t i = 0; i < n; i++) {
        if (number_of(w, want->level, spots[i].node) == b)
            return number_of(w, want->whole, spots[i].node);
    }
    return SIZE_MAX;
}

/* The same of larger blocks: what those in them have together. */
static struct block *look_at_wholes(const struct plain_wiring *w,
                                    const struct plain_spot *spots, size_t n,
                                    const struct block *blocks,
                                    const struct plain_segment_want *want)
{
    struct block *wholes = xcalloc(w->n_switches[want->whole] + 1, sizeof(*wholes));

    for (size_t b = 0; b < w->n_switches[want->level]; b++) {
        const size_t whole = whole_of(w, spots, n, want, b);

        if (whole == SIZE_MAX)
            continue;
        wholes[whole].nodes += blocks[b].nodes;
        wholes[whole].segments += blocks[b].segments;
    }
    return wholes;
}

static size_t sum_segments(const struct block *blocks, size_t n)
{
    size_t sum = 0;

    for (size_t b = 0; b < n; b++)
        sum += blocks[b].segments;
    return sum;
}

/* More segments, more than `enough` being no better; then fewer nodes. */
static bool is_better(const struct block *a, const struct block *b, size_t enough)
{
    const size_t has_a = MIN(a->segments, enough), has_b = MIN(b->segments, enough);

    return has_a != has_b ? has_a > has_b : a->nodes < b->nodes;
}

/* ---- levels ---- */

static bool one_holds(const struct plain_wiring *w, const struct plain_spot *spots,
                      size_t n, const struct plain_segment_want *want)
{
    struct block *blocks = look_at_blocks(w, spots, n, want);
    struct block *wholes = look_at_wholes(w, spots, n, blocks, want);
    const size_t there = sum_segments(blocks, w->n_switches[want->level]);
    const size_t enough = MIN(want->most / want->segments.size, there);
    bool holds = false;

    for (size_t i = 0; i < w->n_switches[want->whole]; i++)
        holds |= wholes[i].segments >= enough;
    free(blocks);
    free(wholes);
    return holds;
}

void plain_segment_levels(const struct plain_wiring *w, const bool *nodes, size_t n,
                          struct plain_segment_want *want)
{
    struct plain_spot *spots = xcalloc(n + 1, sizeof(*spots));
    size_t could = 0;

    assert(want->segments.size > 0);
    for (size_t i = 0; i < n; i++) {
        if (nodes[i])
            spots[could++].node = i;
    }
    want->level = plain_near_level(w, nodes, n, MIN(could, want->segments.size));
    want->whole = want->level;
    while (want->whole > 0 && !one_holds(w, spots, could, want))
        want->whole--;
    free(spots);
}

/* ---- shares ---- */

/* Takes the segments of all blocks away that are not in the best larger one. */
static void keep_best_whole(const struct plain_wiring *w,
                            const struct plain_spot *spots, size_t n,
                            const struct plain_segment_want *want, struct block *blocks)
{
    struct block *wholes = look_at_wholes(w, spots, n, blocks, want);
    const size_t there = sum_segments(blocks, w->n_switches[want->level]);
    const size_t enough = MIN(want->most / want->segments.size, there);
    size_t best = 0;

    for (size_t i = 1; i < w->n_switches[want->whole]; i++) {
        if (is_better(&wholes[i], &wholes[best], enough))
            best = i;
    }
    for (size_t b = 0; b < w->n_switches[want->level]; b++) {
        if (whole_of(w, spots, n, want, b) != best)
            blocks[b].segments = 0;
    }
    free(wholes);
}

/* The block that takes segments next, of those that have not. */
static size_t next_block(const struct block *blocks, const size_t *shares, size_t n,
                         size_t left)
{
    size_t best = SIZE_MAX, last = SIZE_MAX;

    for (size_t b = 0; b < n; b++) {
        if (shares[b] > 0 || blocks[b].segments == 0)
            continue;
        if (best == SIZE_MAX || is_better(&blocks[b], &blocks[best], SIZE_MAX))
            best = b;
        if (blocks[b].segments >= left &&
            (last == SIZE_MAX || is_better(&blocks[b], &blocks[last], left)))
            last = b;
    }
    return last != SIZE_MAX ? last : best;
}

/* Segments that the job is to have, of so many that there are. */
static size_t count_segments(const struct plain_segment_want *want, size_t there)
{
    const size_t size = want->segments.size;
    const size_t least = (MAX(want->least, 1) + size - 1) / size;
    const size_t has = MIN(there, want->most / size);

    return has >= least ? has : 0;
}

size_t plain_segment_shares(const struct plain_wiring *w,
                            const struct plain_spot *spots, size_t n,
                            const struct plain_segment_want *want, size_t *ret_shares)
{
    const size_t n_blocks = w->n_switches[want->level];
    struct block *blocks = look_at_blocks(w, spots, n, want);
    size_t has, left;

    memset(ret_shares, 0, n_blocks * sizeof(*ret_shares));
    if (want->segments.consolidate)
        keep_best_whole(w, spots, n, want, blocks);
    has = count_segments(want, sum_segments(blocks, n_blocks));
    for (left = has; left > 0;) {
        const size_t b = next_block(blocks, ret_shares, n_blocks, left);
        const size_t takes = MIN(blocks[b].segments, left);

        ret_shares[b] = takes * want->segments.size;
        left -= takes;
    }
    free(blocks);
    return has * want->segments.size;
}
