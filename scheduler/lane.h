/*
 * lane - what is free on one node, over slots of time.
 *
 * Pieces in the order of time, each from its first slot to before that of the next one,
 * the last without end; two in a row differ. A piece is `columns` amounts behind its
 * first slot:
 *
 *     | 0: 8 GPUs | 12: 4 GPUs | 40: 0 GPUs | 52: 8 GPUs ...
 *
 * So a node costs what is planned on it, however finely time is cut.
 */
#ifndef GANTRY_SCHEDULER_LANE_H
#define GANTRY_SCHEDULER_LANE_H

#include <stddef.h>
#include <stdint.h>

struct lane {
    int64_t *pieces; /* n x (1 + columns) */
    size_t n, cap;
};

void lane_fini(struct lane *lane);
/* One piece, of nothing. */
void lane_reset(struct lane *lane, int columns);

/* The piece that covers a slot. */
size_t lane_find(const struct lane *lane, int columns, size_t slot);
/* The piece that begins with a slot; cuts the one that covers it. */
size_t lane_cut(struct lane *lane, int columns, size_t slot);
/* Makes one of a piece and the one before where they are equal. */
void lane_join(struct lane *lane, int columns, size_t i);

static inline int64_t *lane_row(const struct lane *lane, int columns, size_t i)
{
    return lane->pieces + i * (size_t)(1 + columns) + 1;
}

static inline size_t lane_first(const struct lane *lane, int columns, size_t i)
{
    return (size_t)lane->pieces[i * (size_t)(1 + columns)];
}

/* Where a piece ends, within the first `n_slots` slots. */
static inline size_t lane_last(const struct lane *lane, int columns, size_t i,
                               size_t n_slots)
{
    return i + 1 < lane->n ? lane_first(lane, columns, i + 1) : n_slots;
}

#endif
