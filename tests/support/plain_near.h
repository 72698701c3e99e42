/*
 * plain_near - which nodes are near each other, once more, written for clarity only.
 *
 * What the core makes of a tree of switches (scheduler/topology.h, placement_near.c)
 * for jobs of one pod a node: for each switch, from the lowest level up, are there
 * enough nodes under it, and on which leaves?
 */
#ifndef GANTRY_TESTS_SUPPORT_PLAIN_NEAR_H
#define GANTRY_TESTS_SUPPORT_PLAIN_NEAR_H

#include <stddef.h>
#include <stdint.h>

#define PLAIN_LEVELS 3

/* Which switch of each level a node is under, by position; level 0 is the whole
 * cluster, the last has the leaves. Numbered from left to right. */
struct plain_wiring {
    size_t n_switches[PLAIN_LEVELS];
    const size_t *under[PLAIN_LEVELS];
};

/* A node that is open to the job. */
struct plain_spot {
    size_t node;
    int64_t cost, devices; /* of the job there, to others; that are free */
    int turn; /* ret: 1 of a leaf that is taken whole, 2 of the last one; 0: out */
};

/* Gives turns to the nodes of the leaves that are to hold `want` of them, of which
 * there are so many at least. */
void plain_near(const struct plain_wiring *w, struct plain_spot *spots, size_t n,
                size_t want);

#endif
