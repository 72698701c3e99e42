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

/* Two words at a time, which most processors can. */
typedef uint64_t words2 __attribute__((vector_size(16), aligned(8), may_alias));

/* Sums of bits by byte, each of so many words2 at most: a byte holds up to 255. */
#define WORDS2_SUMMED 31

/* How many bits there are, by byte. Not every processor counts those of a word at once,
 * and a program for all of them may not rely on it. */
static inline words2 words2_bits(words2 v)
{
    v -= v >> 1 & UINT64_C(0x5555555555555555);
    v = (v & UINT64_C(0x3333333333333333)) + (v >> 2 & UINT64_C(0x3333333333333333));
    return (v + (v >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
}

/* All that was summed by byte. */
static inline int64_t words2_sum(words2 bytes)
{
    words2 pairs = (bytes & UINT64_C(0x00ff00ff00ff00ff)) +
                   (bytes >> 8 & UINT64_C(0x00ff00ff00ff00ff));

    pairs = pairs * UINT64_C(0x0001000100010001) >> 48;
    return (int64_t)(pairs[0] + pairs[1]);
}

static inline int64_t node_set_count(const uint64_t *set, size_t words)
{
    int64_t n = 0;
    size_t i = 0;

    while (i + 2 <= words) {
        size_t end = i + 2 * WORDS2_SUMMED;
        words2 bits = {0};

        for (; i + 2 <= words && i < end; i += 2)
            bits += words2_bits(*(const words2 *)&set[i]);
        n += words2_sum(bits);
    }
    for (; i < words; i++)
        n += __builtin_popcountll(set[i]);
    return n;
}

static inline bool node_set_is_within(const uint64_t *set, const uint64_t *other,
                                      size_t words)
{
    words2 outside = {0};
    uint64_t rest = 0;
    size_t i = 0;

    for (; i + 2 <= words; i += 2)
        outside |= *(const words2 *)&set[i] & ~*(const words2 *)&other[i];
    for (; i < words; i++)
        rest |= set[i] & ~other[i];
    return (outside[0] | outside[1] | rest) == 0;
}

/* What of a set is in another one and not in a third (NULL: that is empty), in `ret`.
 * Returns how many are not. */
static inline int64_t node_set_split(const uint64_t *set, const uint64_t *in,
                                     const uint64_t *out, uint64_t *ret, size_t words)
{
    int64_t lost = 0;
    size_t i = 0;

    while (i + 2 <= words) {
        size_t end = i + 2 * WORDS2_SUMMED;
        words2 bits = {0};

        for (; i + 2 <= words && i < end; i += 2) {
            words2 all = *(const words2 *)&set[i];
            words2 kept = all & *(const words2 *)&in[i];

            if (out != NULL)
                kept &= ~*(const words2 *)&out[i];
            *(words2 *)&ret[i] = kept;
            bits += words2_bits(all ^ kept);
        }
        lost += words2_sum(bits);
    }
    for (; i < words; i++) {
        uint64_t kept = set[i] & in[i] & ~(out != NULL ? out[i] : 0);

        lost += __builtin_popcountll(set[i] ^ kept);
        ret[i] = kept;
    }
    return lost;
}

#endif
