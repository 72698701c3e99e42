/*
 * victims - of the jobs that may be preempted, which: as few as will do, the cheapest
 * first.
 *
 * A node has a price: the fewest jobs that must end there for one more pod, what they
 * cost together, and the work that is lost with them. Pods are given to the nodes of
 * the lowest price, one after the other; who ends on one node frees others as well, so
 * that their price falls. What is free by itself, or taken by plans that may be broken,
 * costs nothing. All nodes are to be free from one slot on: when the last who ends is
 * gone.
 *
 *     n1  [ 40 nodes' job ..............]     1 job,  dear
 *     n2  [ a 1-GPU job ][ a 1-GPU job ]      2 jobs
 *     n3  [ an 8-GPU job ...............]     1 job          <- first
 *
 * It is an estimate: where jobs have several nodes (fewest.h), or pods share nodes
 * (bulk.h), fewer may do. The caller tries what was chosen on the timeline, and takes
 * nobody who is not needed there.
 */
#ifndef GANTRY_SCHEDULER_VICTIMS_H
#define GANTRY_SCHEDULER_VICTIMS_H

#include "scheduler/cluster.h"
#include "scheduler/herd.h"
#include "scheduler/tariff.h"
#include "scheduler/window.h"

/* Of one more pod on a node: who has to end. */
struct price {
    int64_t count, cost, work;
};

/* What is known of a node. */
struct perch {
    size_t position;
    const struct share *shares, *plans; /* of victims, of plans that may be broken */
    size_t n_shares, n_plans;
    int64_t items[UNITS_MAX]; /* pods, or units of each kind, that it is to get */
    bool free, open;          /* fewest.h: with nobody taken, or with those that are */
    uint32_t looks;           /* tariff.h: at it, so far */
};

/* How they are counted out to nodes. */
struct deal {
    size_t kind;            /* of units */
    int64_t items;          /* in all */
    int64_t per_node, most; /* nodes */
    int64_t n_nodes;        /* that have some */
    bool free_only;         /* nodes that nobody has to end for */
};

struct victims {
    struct herd *herd;
    struct shares plans;
    struct perch *perches;
    size_t n_perches, perches_cap;
    const struct share **order; /* scratch */
    size_t order_cap;
    size_t from;   /* the slot from which on all that are taken are gone */
    size_t *froms; /* others that are looked at */
    size_t n_froms, froms_cap;
    struct deal deal;
    struct tariff tariff;
};

void victims_fini(struct victims *v);
/* Of a herd that was mustered; no plan may be broken yet. */
void victims_begin(struct victims *v, struct herd *herd);
/* A plan that may be broken: its uses go free. `yielded`: others end for it, so that
 * the room may be there from then on only. */
void victims_add_plan(struct victims *v, const struct use *uses, size_t n,
                      const struct claim *claim, bool yielded);
/* It is to be tried as well what is free from that slot on. */
void victims_add_from(struct victims *v, size_t from);
/* All that goes free has been added: finds the nodes that a seeker may have. */
void victims_gather(struct victims *v, const struct cluster *c,
                    const struct seeker *by);
/* Marks those to be taken for it. False: it would not fit whoever ends, as far as can
 * be told from single nodes; of components nothing can. */
bool victims_choose(struct victims *v, const struct seeker *by);
/* So many of them, the cheapest ones, on all of its nodes: where the choice was in
 * vain. */
void victims_take_cheapest(struct victims *v, size_t n);
/* The node at a position; NULL: it is none that the seeker may have. */
struct perch *victims_perch(const struct victims *v, size_t position);
/* Has the node been given pods of the seeker? */
bool victims_use(const struct victims *v, size_t position);

#endif
