/*
 * likes - lines (line.h) of jobs that may be alike, in chains.
 *
 * Lines with the same key, a hash of what such jobs have in common, are in one chain,
 * in no order, and so may be others: who looks through it compares. So those of a
 * hundred thousand lines are found in the time that it takes to look at them.
 *
 *     heads   [ 4 | - | 0 ]     a line's key is of one of these
 *     links     4 <-> 1,  0     both ways: lines come and go in any order
 */
#ifndef GANTRY_SCHEDULER_LIKES_H
#define GANTRY_SCHEDULER_LIKES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIKES_NONE UINT32_MAX

struct like_link {
    uint32_t head, next, prev; /* prev LIKES_NONE: it is the first */
};

/* All zero is empty. Lines are numbered from 0 on. */
struct likes {
    uint32_t *heads; /* as many as there is room for lines, and a power of two */
    struct like_link *links;
    size_t n_heads;
};

void likes_fini(struct likes *l);
/* There are none; room stays. */
void likes_reset(struct likes *l);
/* Room for so many lines. True: there are none now, and all are to be added again. */
bool likes_grow(struct likes *l, size_t cap);
void likes_add(struct likes *l, size_t line, uint64_t key);
/* The last one of all gets its number, as lines lie in a row. */
void likes_drop(struct likes *l, size_t line, size_t last);
/* Of those with a key, and some others; LIKES_NONE: there is none. The next one is in
 * `links`. */
uint32_t likes_first(const struct likes *l, uint64_t key);

#endif
