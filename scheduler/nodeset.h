/*
 * nodeset - a set of nodes: a bitmap over their positions, in words of 64.
 */
#ifndef GANTRY_SCHEDULER_NODESET_H
#define GANTRY_SCHEDULER_NODESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t *node_set;

static inline bool node_set_has(const uint64_t *set, size_t position)
{
    return (set[position / 64] >> (position % 64) & 1) != 0;
}

static inline void node_set_add(uint64_t *set, size_t position)
{
    set[position / 64] |= UINT64_C(1) << (position % 64);
}

static inline int64_t node_set_count(const uint64_t *set, size_t words)
{
    int64_t n = 0;

    for (size_t i = 0; i < words; i++) {
        if (set[i] != 0)
            n += __builtin_popcountll(set[i]);
    }
    return n;
}

/* Four words at a time, which most processors can. */
typedef uint64_t words4 __attribute__((vector_size(32), aligned(8), may_alias));

static inline bool node_set_is_within(const uint64_t *set, const uint64_t *other,
                                      size_t words)
{
    words4 outside = {0};
    uint64_t rest = 0;
    size_t i = 0;

    for (; i + 4 <= words; i += 4)
        outside |= *(const words4 *)&set[i] & ~*(const words4 *)&other[i];
    for (; i < words; i++)
        rest |= set[i] & ~other[i];
    return (outside[0] | outside[1] | outside[2] | outside[3] | rest) == 0;
}

#endif
