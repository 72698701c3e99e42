/*
 * lane - what is free on one node, over slots of time.
 *
 * Pieces in the order of time, each from its first slot to before that of the next one,
 * the last without end; two in a row differ. A piece is its first slot and the number
 * of a row of amounts (rowtable.h):
 *
 *     | 0: 8 GPUs | 12: 4 GPUs | 40: 0 GPUs | 52: 8 GPUs ...
 *
 * So a node costs what is planned on it, however finely time is cut. The first slots
 * lie together, apart from the numbers: mostly a lane is asked where a slot is.
 */
#ifndef GANTRY_SCHEDULER_LANE_H
#define GANTRY_SCHEDULER_LANE_H

#include <stddef.h>
#include <stdint.h>

struct lane {
    uint16_t *firsts; /* n slots */
    uint32_t *rows;   /* n numbers */
    uint32_t n, cap;
};

void lane_fini(struct lane *lane);
/* One piece. */
void lane_reset(struct lane *lane, uint32_t row);

/* The piece that begins with a slot; cuts the one that covers it. */
size_t lane_cut(struct lane *lane, size_t slot);
/* Makes one of a piece and the one before where they are equal. */
void lane_join(struct lane *lane, size_t i);

/* Slot i is slot places[i] from now on; places rise, and those that are over are 0. */
void lane_renumber(struct lane *lane, const uint16_t *places);

/* Marks the rows that it has; and numbers them anew (rowtable_sweep). */
void lane_mark(const struct lane *lane, uint32_t *marks);
void lane_relabel(struct lane *lane, const uint32_t *marks);

/* The piece that covers a slot. */
static inline size_t lane_find(const struct lane *lane, size_t slot)
{
    size_t i = 0;

    for (size_t n = lane->n, half; n > 1; n -= half) {
        half = n / 2;
        i = lane->firsts[i + half] <= slot ? i + half : i;
    }
    return i;
}

static inline size_t lane_first(const struct lane *lane, size_t i)
{
    return lane->firsts[i];
}

/* Where a piece ends, within the first `n_slots` slots. */
static inline size_t lane_last(const struct lane *lane, size_t i, size_t n_slots)
{
    return i + 1 < lane->n ? lane_first(lane, i + 1) : n_slots;
}

#endif
