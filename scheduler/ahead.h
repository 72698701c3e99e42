/*
 * ahead - who waits before whom, for the same nodes.
 *
 * In the walk through the queue each waiting job joins a crowd: the jobs that could use
 * the very same nodes (those of the partitions it may start in that its shape admits,
 * of its node list alone where that leaves it no others, but for those that
 * reservations shut to it all through the window). Ahead of it are the jobs that joined
 * before, in its own crowd and in those whose nodes meet its own. There are few crowds,
 * so that this costs little for each job; beyond CROWDS_MAX of them the last takes all
 * further ones in, with all their nodes.
 */
#ifndef GANTRY_SCHEDULER_AHEAD_H
#define GANTRY_SCHEDULER_AHEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scheduler/cluster.h"

#define CROWDS_MAX 64

struct ahead {
    int64_t jobs;
    int64_t gpus;   /* that they ask for at least */
    int64_t job_id; /* of the one directly ahead; 0: none */
};

/* Are they far enough apart to be told of? The numbers by more than a twentieth. */
bool ahead_is_news(const struct ahead *a, const struct ahead *b);

struct crowd {
    node_set nodes;
    struct ahead in; /* its jobs; the last that joined */
    size_t place;    /* of that one, in the order of all that joined */
    uint64_t meets;  /* crowds with common nodes, itself among them: a bit each */
};

/* All zero is ready for crowds_reset. */
struct crowds {
    struct crowd *items; /* CROWDS_MAX of them */
    size_t n, words, joined;
    uint64_t gen; /* moves with every reset */
};

void crowds_fini(struct crowds *c);
/* Empties all; sets of nodes have so many words from now on. */
void crowds_reset(struct crowds *c, size_t words);
/* The crowd of those who wait for these nodes, made if new; until the next reset. */
size_t crowds_get(struct crowds *c, const uint64_t *nodes);
/* A job that asks for so many GPUs joins a crowd; who was ahead of it? */
struct ahead crowds_join(struct crowds *c, size_t crowd, int64_t job_id, int64_t gpus);

#endif
