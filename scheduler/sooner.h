/*
 * sooner - what would let a waiting job start at once, and whose end it waits for.
 *
 * Of the first SOONER_MAX jobs that wait for nodes, as they are told why:
 *
 *   limit_sec  the largest time limit with which it would start now, with as many nodes
 *   nodes      the most nodes, fewer than it asks for, with which it would, with its
 *              limit
 *   frees      of the jobs whose ends make room for its plan, the one that ends last
 *
 * The limit is rounded down, as what is free now shrinks by a minute each minute, and
 * what is told is written. Nodes are told of where any will do, each for one pod.
 * The job's own plan stays on the timeline: hints err towards less.
 */
#ifndef GANTRY_SCHEDULER_SOONER_H
#define GANTRY_SCHEDULER_SOONER_H

#include <stdbool.h>
#include <stdint.h>

/* Each takes some 50 us, and has a status written as it changes. */
#define SOONER_MAX 100

struct entry;
struct sched;
struct seeker;

/* 0: there is none. */
struct sooner {
    int64_t limit_sec;
    int64_t nodes;
    int64_t frees; /* job id */
};

struct sooner sooner_find(struct sched *s, const struct entry *entry,
                          const struct seeker *by);
/* Of two choices (partitions, reservations) of one job. */
struct sooner sooner_best(struct sooner a, struct sooner b);
bool sooner_equal(const struct sooner *a, const struct sooner *b);

#endif
