/*
 * company - what the components of a job that have found their places take, while the
 * others look for theirs.
 *
 * In a window of the timeline they are tried on it: what they take is taken there, and
 * given back at the end, so that all is as it was, what is remembered by its mutations
 * too. Of nodes that are seen as empty it is kept here, by position.
 *
 *   n1  8 GPUs   [ component 0: 4 ][ component 1: 2 ]  2 left for component 2
 *
 * Components that have their nodes alone share none with each other.
 */
#ifndef GANTRY_SCHEDULER_COMPANY_H
#define GANTRY_SCHEDULER_COMPANY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scheduler/cluster.h"
#include "scheduler/quota.h"
#include "scheduler/timeline.h"

/* What a component takes on a node, in a window or for good. */
struct company_use {
    struct use use;
    size_t first, last; /* slots */
    size_t next;        /* of the same node, 1 for the first item; 0: none */
};

struct company {
    const struct cluster *cluster;
    struct timeline *timeline; /* ready; NULL: nodes are seen as empty */
    uint64_t mutation, now_moved;
    uint64_t *shut; /* a set of nodes that none of those to come may have */
    struct company_use *items;
    size_t n, cap;
    size_t *of_node; /* by position, as in `next`; without a timeline only */
};

/* Nobody is there yet. */
void company_begin(struct company *c, const struct cluster *cluster,
                   struct timeline *timeline);
/* All has gone again. */
void company_end(struct company *c);

/* A component that has found these slots, on nodes at those positions: until then it is
 * there. `apart`: nobody else is to have the nodes. */
struct company_share {
    struct tenure as;
    const struct slot *slots;
    const uint32_t *positions;
    size_t n;
    size_t first, last; /* slots of the timeline */
    bool alone, apart;
};
void company_join(struct company *c, const struct company_share *share);

/* Takes off from what an empty node has. */
void company_take_off(const struct company *c, size_t position, struct resvec *room);

#endif
