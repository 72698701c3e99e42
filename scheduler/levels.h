/*
 * levels - sums that rise and fall over the slots of coming time.
 *
 * Pieces in the order of time, each from its first slot to before that of the next one,
 * the last without end; two in a row differ. Without any piece all is zero.
 *
 *     | 0: 2 jobs | 12: 3 jobs | 40: 1 job | 52: 0 ...
 *
 * What is planned and what is held stand apart. What fades is less by so much in each
 * second: of an amount that is held until an end, `held` is the amount times that end,
 * `fading` the amount, and what is left of it at a time is held - fading * time. Below
 * zero it grows so.
 */
#ifndef GANTRY_SCHEDULER_LEVELS_H
#define GANTRY_SCHEDULER_LEVELS_H

#include <stddef.h>
#include <stdint.h>

struct amounts {
    __int128 planned, held, fading;
};

struct level {
    struct amounts of;
    uint16_t first; /* slot */
};

/* All zero is empty. */
struct levels {
    struct level *items;
    size_t n, cap;
};

void levels_fini(struct levels *l);
struct levels levels_copy(const struct levels *l);
/* From slot `first` on up to before `last`; `last` may be `n_slots`, which is without
 * end. */
void levels_add(struct levels *l, const struct amounts *more, size_t first, size_t last,
                size_t n_slots);
/* The piece that covers a slot; there is one at least. */
size_t levels_find(const struct levels *l, size_t slot);
/* One past its last slot, up to `last`. */
static inline size_t levels_end(const struct levels *l, size_t piece, size_t last)
{
    return piece + 1 < l->n && l->items[piece + 1].first < last
               ? l->items[piece + 1].first
               : last;
}
/* Slots are counted anew: lane.h, lane_renumber. */
void levels_renumber(struct levels *l, const uint16_t *places);

#endif
