/*
 * components - a heterogeneous job: its components, placed for the same time.
 *
 * Each gets its nodes by the rules of placement.h, so that several may be on one, as
 * those of other jobs may, unless they have them alone. All begin with the same slot of
 * the timeline, or none does. They choose in their order, of what those before leave
 * (company.h). One that finds too little chooses first in another attempt, so that who
 * could be anywhere does not take the few nodes that another one needs. Where that does
 * not help, and the pods of each component are equal, any way is looked for that there
 * is: first each node is matched with one of them (match.h); then nodes may have
 * several, larger sets before smaller ones (lodging.h). One of which a node may have
 * several pods stands there for each of them. So there is a place for them exactly if
 * there is a way to give each what it needs; but where some are to be in one block, in
 * segments or on few leaves only so many ways to divide the nodes are tried
 * (LODGING_WAYS_MAX), and of more than LODGERS_MAX components and such pods, or of
 * larger needs (LODGING_STATES_MAX), none that share nodes; where nodes may have
 * several pods of two components or more, these may be placed otherwise than was found.
 * Divided ones, those with rules for their nodes together, and such pods on a list of
 * nodes are placed one after the other only. Ranks go on from component to component.
 *
 *          slot      |  0  |  1  |  2  |  3  |
 *   component 0      |     |=================|      each could be earlier by itself
 *   component 1      |================|      |
 *   the job          |     |=================|      the first slot that all agree on
 *
 * Each takes its nodes for its own time limit, though not for longer than the first.
 */
#ifndef GANTRY_SCHEDULER_COMPONENTS_H
#define GANTRY_SCHEDULER_COMPONENTS_H

#include "scheduler/placement.h"

/* What is to be placed. In VIEW_WINDOW each component has a seeker (by component), and
 * `window`, which `at` has too, is set for each in its turn, on the timeline of `at`;
 * else they are NULL. */
struct components {
    struct placer *placer;
    const struct cluster *cluster;
    struct placement at; /* of the first one, and of all but for shape and partition */
    const struct seeker *seekers;
    struct window *window;
    struct timeline *timeline;
    size_t first;   /* the slot that all begin with */
    bool apart;     /* none on a node of another one */
    struct lot lot; /* that they take of (portion.h) */
};

/* The partition that a component is in, which exists. */
const struct partrec *components_part(const struct components *all, size_t component);

/* In rank order, to be let go with slots_unref. NULL: there is too little room for
 * `ret_lacking` beside the others, or for itself. */
const struct slot *components_place(const struct components *all, size_t *ret_n,
                                    size_t *ret_lacking);

/* On the fewest nodes on which all can be, not counting those of a set, as far as any
 * way is looked for; NULL: there is none. */
const struct slot *components_place_on_fewest(const struct components *all,
                                              const uint64_t *uncounted, size_t *ret_n);

/* How many nodes those of them whose bits are set need at least, if all nodes were
 * empty, not counting those of a set (NULL: none). -1: it is not known. */
int64_t components_fewest_nodes(const struct components *all, unsigned which,
                                const uint64_t *uncounted);

/* Could they be placed? `ret_lacking` likewise. */
bool components_fit(const struct components *all, size_t *ret_lacking);
/* Might they be, on empty nodes? Not if those that have no node together need more
 * nodes than there are, or all of them more of anything. */
bool components_may_fit(const struct components *all, size_t *ret_lacking);

/* Components that are too large for one node take nodes from each other: adds to what
 * each needs what those need whose nodes, in whatever slot, are open to it as well. So
 * windows are looked for in which there is more than what the greatest of them takes.
 * The shapes are settled. */
void components_add_needs(const struct cluster *c, struct seeker *seekers, size_t n);

/* Moves `all->first` to the first slot, from it up to before `before`, in which each
 * component would have nodes enough if it were alone. False: there is none. */
bool components_agree(struct components *all, size_t before);

#endif
