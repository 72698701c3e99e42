/*
 * rowtable - amounts of several things, every different row of them once.
 *
 * What is free on a node at some time is a row, and mostly many nodes are alike for a
 * long time: all of it is free, or nothing. Whoever keeps rows keeps their numbers, and
 * equal numbers are equal rows:
 *
 *     0: 64 cpu, 8 GPUs      lane of n1   | 0 | 2 | 0 |
 *     1: 32 cpu, 4 GPUs      lane of n2   | 1 | 2 | 0 |
 *     2:  0 cpu, 0 GPUs
 *
 * Rows that nobody has any more stay until they are swept out: their holders mark those
 * that they have, and then get new numbers for them.
 */
#ifndef GANTRY_SCHEDULER_ROWTABLE_H
#define GANTRY_SCHEDULER_ROWTABLE_H

#include <stddef.h>
#include <stdint.h>

/* All zero is ready for rowtable_reset. */
struct rowtable {
    int columns;
    int64_t *items; /* n x columns */
    size_t n, cap;
    uint32_t *table; /* numbers by hash, one more than they are; 0: none */
    size_t table_size;
};

void rowtable_fini(struct rowtable *rows);
/* Forgets all. */
void rowtable_reset(struct rowtable *rows, int columns);

/* The number of a row, which is not one of the items: a copy is kept if it is new. */
uint32_t rowtable_get(struct rowtable *rows, const int64_t *row);

/* Lent until the next rowtable_get. */
static inline const int64_t *rowtable_at(const struct rowtable *rows, uint32_t number)
{
    return rows->items + number * (size_t)rows->columns;
}

/* By number, nothing of it marked: what becomes other than 0 is kept. */
uint32_t *rowtable_marks(const struct rowtable *rows);
/* Drops what is not marked; then the marks of the others are their new numbers. */
void rowtable_sweep(struct rowtable *rows, uint32_t *marks);

#endif
