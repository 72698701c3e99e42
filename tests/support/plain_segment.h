/*
 * plain_segment - which blocks the segments of a job lie in, once more, written for
 * clarity only.
 *
 * What the core makes of `segment` in a cluster of blocks (placement_segment.c) for
 * jobs of one pod a node: as many segments as the job may have and blocks hold. One
 * block after the other takes as many as it holds: the one with the most segments, then
 * with the fewest nodes, then the one more to the left; the last one is the one with
 * the fewest nodes that holds what is left over.
 */
#ifndef GANTRY_TESTS_SUPPORT_PLAIN_SEGMENT_H
#define GANTRY_TESTS_SUPPORT_PLAIN_SEGMENT_H

#include "tests/support/plain_near.h"

/* Segments of a job. */
struct plain_segments {
    size_t size;      /* nodes; 0: it has none */
    bool spread;      /* each in a block of its own */
    bool consolidate; /* all in one larger block */
};

/* What they come to: how many nodes the job has, at least and at most; of which level
 * the blocks are that hold a segment each, and the one that holds all of them where
 * they are consolidated. */
struct plain_segment_want {
    struct plain_segments segments;
    size_t least, most;
    size_t level, whole;
};

/* Finds the levels, by the nodes that could have a pod if they were empty. */
void plain_segment_levels(const struct plain_wiring *w, const bool *nodes, size_t n,
                          struct plain_segment_want *want);

/* How many nodes of each block of its level the job is to have, by number. Returns how
 * many in all; 0: there is no such place. */
size_t plain_segment_shares(const struct plain_wiring *w,
                            const struct plain_spot *spots, size_t n,
                            const struct plain_segment_want *want, size_t *ret_shares);

#endif
