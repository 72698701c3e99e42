/*
 * plain_near - which nodes are near each other, once more, written for clarity only.
 *
 * What the core makes of a tree of switches (scheduler/topology.h, placement_near.c)
 * for jobs of one pod a node: for each switch, from the lowest level up, are there
 * enough nodes under it, and on which leaves? A job that waits for few switches has no
 * more leaves than it says; one in a cluster of blocks lies in one block of the level
 * that could hold it empty.
 */
#ifndef GANTRY_TESTS_SUPPORT_PLAIN_NEAR_H
#define GANTRY_TESTS_SUPPORT_PLAIN_NEAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scheduler/model.h"

#define PLAIN_LEVELS 3
#define PLAIN_RANKS 5

/* Which switch of each level a node is under, by position; level 0 is the whole
 * cluster, the last has the leaves. Numbered from left to right. */
struct plain_wiring {
    size_t n_switches[PLAIN_LEVELS];
    const size_t *under[PLAIN_LEVELS];
    bool blocks;
};

/* A node that is open to the job, and what is left on it when the job begins and ends:
 * lent. */
struct plain_spot {
    size_t node;
    const struct resvec *left, *left_then;
    int rank;              /* before all, lower first: below PLAIN_RANKS */
    int64_t cost, devices; /* of the job there, to others; that are free */
    int64_t beside;        /* nodes of its leaf that are open to the job */
    int turn; /* ret: 1 of a leaf that is taken whole, 2 of the last one; 0: out */
};

/* How many nodes a gang is to have, at least and at most; on how many leaves (0: any
 * number), and on which level all under one switch. */
struct plain_want {
    size_t least, most;
    size_t leaves, top;
};

/* The lowest level on which one switch has `want` of the nodes that are true. */
size_t plain_near_level(const struct plain_wiring *w, const bool *nodes, size_t n,
                        size_t want);

/* Gives turns to the nodes of the leaves that are to hold the gang. Returns how many
 * nodes it has; 0: there is no such place. */
size_t plain_near(const struct plain_wiring *w, struct plain_spot *spots, size_t n,
                  const struct plain_want *want);

#endif
