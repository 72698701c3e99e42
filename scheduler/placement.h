/*
 * placement - which nodes a gang gets, on real amounts of each resource; all or
 * nothing.
 *
 * One pod per node (Slurm's way): as many nodes as fit, up to max_pods and the
 * partition's limit. The nodes of the job's node list first, then those that others
 * need least (asked.h), then the best fit: least devices left over when it ends, so
 * that what ends late lies together and whole nodes become free; then when it starts;
 * then least cpu, then natural name order.
 * Several pods per node: the fewest nodes, filled one after the other; the last one is
 * the best fit for what remains. Every node of the node list gets a pod at least.
 * A divided job: one pod a node, of as many of its units as the node gets; on the
 * fewest nodes, filled like these, or spread evenly over as many as it may have.
 * Of two kinds of units each node gets one, and the first nodes by name as many more
 * of both as there is room for; but where one is a multiple of the other, and fits in
 * equal shares of both on no more nodes, it is divided like one kind.
 * In a partition with LLN the least loaded nodes come before all others but those of
 * the node list: those with the most CPU left when the job begins.
 * Nodes with the same of several features, neighbours, or so many with a feature: where
 * there are such sets, the same rules choose among these.
 * Nodes of a higher weight are taken only where those of lower ones do not do.
 * In a cluster with a topology: on the lowest switch that holds the gang, and the
 * fewest leaves (placement_near.c). In one of blocks, a gang is in none larger than it
 * needs, and each of its segments is in one (placement_segment.c).
 * Ranks follow natural name order, in a topology leaf by leaf.
 *
 * The same search over three views of the cluster says whether a job fits in a window
 * of time, could fit on the nodes that are up if they were empty, or could fit if all
 * were up.
 */
#ifndef GANTRY_SCHEDULER_PLACEMENT_H
#define GANTRY_SCHEDULER_PLACEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scheduler/asked.h"
#include "scheduler/cluster.h"
#include "scheduler/company.h"
#include "scheduler/shape.h"
#include "scheduler/window.h"

enum view {
    VIEW_WINDOW, /* what is free throughout a window of the timeline */
    VIEW_UP,     /* usable nodes, empty */
    VIEW_WHOLE,  /* all nodes, empty */
};

struct placement {
    enum view view;
    struct shape *shape; /* settled */
    const struct partrec *part;
    /* of VIEW_WINDOW: the nodes that are open to a pod throughout its slots */
    const struct window *window;
    const struct timeline *timeline;
    const struct fence *fence; /* that the window is behind; NULL: none */
    bool few;               /* in a window: on no more leaves than the job asks for */
    int64_t most_pods;      /* of a job of equal pods; 0: as many as it takes */
    int64_t most_nodes;     /* over which units are spread; likewise */
    const uint64_t *rather; /* nodes that come before lighter ones; NULL: none */
    const uint64_t *next;   /* those behind these; who is in both comes first */
    const uint64_t *home;   /* likewise behind all of these; NULL: none */
    /* The only ones that it may have at any time, of those of its partition: where it
     * is in a reservation; NULL: all. By these goes which block holds it. */
    const uint64_t *within;
    const struct asked *asked; /* what nodes are worth to others; NULL: unknown */
    /* Of its other components, those that have their places; NULL: it has none. */
    const struct company *company;
    bool uncapped; /* as if it might have all of a node (nodecap.h) */
    bool unlisted; /* as if it had no node list */
    bool anywhere; /* as if it might be in any blocks, not in segments */
};

/* So many leaves; 0: any number. */
static inline int64_t placement_most_leaves(const struct placement *at)
{
    return at->few ? at->shape->like->most_switches : 0;
}

struct candidate;

/* Scratch memory, kept from one search to the next. */
struct placer {
    struct candidate *candidates;
    size_t n, cap;
    struct slot *slots; /* of what was chosen */
    size_t slots_cap;
    struct beside pod; /* of the search under way */
};

/* What a search found, whether it was enough or not. */
struct room {
    /* That could take a pod at least; side by side, or on so few leaves, if they must
     * be. */
    size_t nodes;
    int64_t pods; /* that could be placed, at most max_pods; units of a divided job, */
    size_t kind;  /* and of which kind: the one that there is too little room for */
    bool beside;  /* that is beside all of the other kind */
    bool block;   /* that is in one block, or in segments that are */
    /* A counted feature that too few nodes have, `pods` of them; NULL: that is not it.
     * The job's. */
    const struct feature_count *lacks;
};

void placer_fini(struct placer *p);

/* True if the gang fits; `ret_room` is set either way. */
bool placement_fits(struct placer *p, const struct cluster *c,
                    const struct placement *at, struct room *ret_room);

/* Or might: not all ways to lie in segments are tried where features are counted, or
 * units are of two kinds. Then there are segments enough, and it fits outside of them.
 */
bool placement_may_fit(struct placer *p, const struct cluster *c,
                       const struct placement *at, struct room *ret_room);

/* The slots of a gang that fits into a window, in rank order (the caller has them:
 * slots_unref), or NULL. Uses and refreshes the fit's memory of where its last pod
 * went. */
const struct slot *placement_find(struct placer *p, const struct cluster *c,
                                  const struct placement *at, size_t *ret_n);

/* Is in those slots what such a job asks for? Else its partition gave something else
 * when they were found. */
bool placement_is_asked(const struct cluster *c, const struct job *like,
                        const struct slot *slots, size_t n);

/* The slots that were found last are not taken: nothing is remembered of them. */
void placement_forget(const struct placement *at);

/* Positions of the nodes of the slots that were found last, in their order. */
void placement_positions(const struct placer *p, uint32_t *ret);
/* Adds them to a set. */
void placement_mark(const struct placer *p, node_set set);

/* Nodes that could take a pod in this view, into a set; also those that are taken. */
void placement_open(const struct placement *at, const struct cluster *c, node_set set);

/* Is any set of nodes enough as good as another? Then counting them is all. */
bool placement_is_flat(const struct cluster *c, const struct placement *at);

/* Does it ask something of its nodes together, that placement_rules.c sees to? Then
 * nodes enough are not all. */
bool placement_has_rules(const struct job *like);

/* Does a job ask its nodes to lie side by side, on few switches, or in segments? */
bool placement_asks_lie(const struct job *like);
/* And do these, as the cluster is now? Of `at` count shape, partition, and `few`. */
bool placement_lies_well(struct placer *p, const struct cluster *c,
                         const struct placement *at, const uint64_t *nodes);

/* The fewest nodes that the job, its node list and the partition allow. */
int64_t placement_min_nodes(const struct job *like, const struct partition *part);

#endif
