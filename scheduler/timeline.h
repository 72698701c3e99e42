/*
 * timeline - what is free on each node over coming time.
 *
 * Time is cut into slots [bounds[i], bounds[i + 1]); the last one ends never. What is
 * taken counts in every slot that it touches, so nothing outlasts its assumed end.
 *
 *  this minute, 60 s each   120 s each         240 s each ...          far
 *   |---|----|----|--...--|--------|--...--|----------------|--...--|---------- ...
 *
 * A boundary is an absolute multiple of a power of two minutes, the more the farther
 * away. The boundaries of a later time contain those of an earlier one that are still
 * to come, so a start that was planned on one stays on one (planner.md §2).
 *
 * A demand is what one pod needs; for each it is known in which slots which nodes have
 * room for one ("open"). Nodes are positions, as in cluster.h.
 *
 * Invariant: in a slot, free = capacity - all that is taken there; negative where more
 * runs than fits.
 */
#ifndef GANTRY_SCHEDULER_TIMELINE_H
#define GANTRY_SCHEDULER_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scheduler/model.h"

#define TIME_NEVER INT64_MAX
#define SLOT_NONE SIZE_MAX
/* The narrowest slot. */
#define TIMELINE_MINUTE_SEC 60
/* A node's seats: a job takes one, an exclusive job all. */
#define SEATS (INT64_C(1) << 32)

struct demand {
    struct resvec each;
    int64_t seats;  /* 1, or SEATS for exclusive */
    uint64_t *open; /* words for each slot */
    bool wanted;    /* since the last reset */
};

struct timeline {
    int64_t *bounds; /* n_slots of them; bounds[0] begins the present minute */
    size_t n_slots;
    size_t n_nodes, words;
    int n_res;       /* amounts for each node and slot; the last are the seats */
    int64_t *free;   /* [slot][node][n_res] */
    uint32_t *edges; /* takes that begin with the slot, or end before it: where there is
                      * none, all is as in the slot before */
    struct demand *demands;
    size_t n_demands, cap_demands;
    bool filling;       /* demands are worked out at the end */
    uint64_t mutation;  /* moves with every take and give */
    bool overcommitted; /* a take since timeline_ready went below zero */
};

/* What one job, or one foreign pod, takes on one node. */
struct use {
    size_t position;
    struct resvec amount;
    int64_t seats; /* 0 for pods of others */
};

void timeline_init(struct timeline *tl);
void timeline_fini(struct timeline *tl);

/* Cuts the slots of the window that begins at now_sec, with nothing on any node. Then
 * capacities and uses are filled in, and timeline_ready works out the demands. The
 * first `n_res` resources are counted; others must not be asked for. */
void timeline_reset(struct timeline *tl, int64_t now_sec, int64_t window_sec,
                    size_t n_nodes, int n_res);
void timeline_add_node(struct timeline *tl, size_t position,
                       const struct resvec *capacity);
void timeline_ready(struct timeline *tl);

/* True if the slots of another time would be cut elsewhere. */
bool timeline_is_outdated(const struct timeline *tl, int64_t now_sec);
/* The minute that a time lies in. */
int64_t timeline_minute(int64_t sec);

/* [start, end) in slots: *ret_last is one past the last that it touches. */
void timeline_span(const struct timeline *tl, int64_t start_sec, int64_t end_sec,
                   size_t *ret_first, size_t *ret_last);
void timeline_take(struct timeline *tl, const struct use *use, size_t first,
                   size_t last);
void timeline_give(struct timeline *tl, const struct use *use, size_t first,
                   size_t last);
/* True if something may differ from the slot before. */
static inline bool timeline_has_edge(const struct timeline *tl, size_t slot)
{
    return tl->edges[slot] > 0;
}
/* Is all of it free? */
bool timeline_has(const struct timeline *tl, const struct use *use, size_t first,
                  size_t last);
/* The least that is free of each resource over slots. */
void timeline_least(const struct timeline *tl, size_t position, size_t first,
                    size_t last, struct resvec *ret);

/* The index of the demand, made if new; holds until the next reset. */
size_t timeline_demand(struct timeline *tl, const struct resvec *each, bool exclusive);

/* What is free on a node in a slot: n_res - 1 amounts. */
static inline const int64_t *timeline_row(const struct timeline *tl, size_t position,
                                          size_t slot)
{
    return tl->free + (slot * tl->n_nodes + position) * (size_t)tl->n_res;
}

static inline const uint64_t *timeline_open(const struct timeline *tl, size_t demand,
                                            size_t slot)
{
    return tl->demands[demand].open + slot * tl->words;
}

#endif
