/*
 * demand - what one pod needs of a node, every different need once.
 *
 * For a row of amounts (what is free on a node) the table says which demands it meets,
 * all of them at once: per column, the needs that occur are a scale, and with each step
 * of it goes the set of demands that are met by so much.
 *
 *   GPUs:   <1     1..1    2..3   4..7   8..         sets of demands: a bit each
 *           {d0}  {d0,d1}  ...
 *
 * A column is a resource; the last one is the seats: a node has SEATS of them. A job
 * takes one, one that is not beside everybody takes SEATS_ROW of them. Nobody else
 * begins where such a row is taken, nor does such a job where any seat is:
 *
 *   taken                  0          1..SEATS_ROW - 1       SEATS_ROW and more
 *   open to                all        jobs that take one     nobody; owner.h
 *
 * What is not asked for is met by any amount, also where more is taken than there is.
 */
#ifndef GANTRY_SCHEDULER_DEMAND_H
#define GANTRY_SCHEDULER_DEMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/util.h"
#include "scheduler/model.h"

#define SEATS_ROW (INT64_C(1) << 32)
#define SEATS (SEATS_ROW << 16)
/* So many are to be free to who takes some. */
static inline int64_t seats_needed(int64_t taken)
{
    if (taken == 0)
        return 0;
    return taken < SEATS_ROW ? SEATS - SEATS_ROW + taken : SEATS;
}
/* Is a job among those who have so many seats taken that is to be alone? */
static inline bool seats_clash(int64_t taken)
{
    return taken > SEATS_ROW;
}
/* Every resource, and the seats. */
#define COLUMNS_MAX (RES_MAX + 1)

struct demand {
    struct resvec each;
    int64_t seats; /* that are to be free */
    bool wanted;   /* since demands_reset */
};

struct scale {
    int64_t *needs; /* rising */
    size_t n;
    uint64_t *met; /* n + 1 sets */
};

/* All zero but n_columns is empty. */
struct demands {
    struct demand *items;
    size_t n, cap;
    int n_columns;
    size_t words; /* of a set of demands */
    struct scale scales[COLUMNS_MAX];
    bool stale; /* there are demands that the scales do not know */
};

void demands_fini(struct demands *d);
/* Drops those that nobody has asked for since the last call, and says how many columns
 * rows have from now on; indices change. */
void demands_reset(struct demands *d, int n_columns);
/* The index of a demand, made if new; wanted. */
size_t demands_get(struct demands *d, const struct resvec *each, bool private_);
/* To be called before the next two, after new demands. */
void demands_settle(struct demands *d);

/* How many steps of the column's scale an amount reaches. */
static inline size_t demands_step(const struct demands *d, int column, int64_t amount)
{
    const struct scale *scale = &d->scales[column];

    return BISECT(scale->n, i, scale->needs[i] <= amount);
}

/* The set of demands that such a step meets, as far as this column goes. */
static inline const uint64_t *demands_met(const struct demands *d, int column,
                                          size_t step)
{
    return d->scales[column].met + step * d->words;
}

#endif
