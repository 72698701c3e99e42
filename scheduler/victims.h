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
 * It is an estimate: jobs of several nodes, and pods that share nodes, may do with
 * fewer. The caller tries what was chosen on the timeline, and takes nobody who is not
 * needed there.
 */
#ifndef GANTRY_SCHEDULER_VICTIMS_H
#define GANTRY_SCHEDULER_VICTIMS_H

#include "scheduler/core.h"

struct victim {
    struct jobrec *rec;
    int64_t cost;    /* the lower the sooner; then: */
    int64_t work;    /* that is lost: node-seconds */
    int64_t end_sec; /* when it is ended, if it is taken */
    size_t from;     /* the slot from which on its room is free then */
    bool requeue;
    bool taken;
    bool tried; /* scratch */
};

#define VICTIM_NONE SIZE_MAX

/* What is free on a node if a victim ends, or, with VICTIM_NONE, if a plan goes. */
struct share {
    size_t position, victim;
    struct use use;
    size_t first, last; /* slots */
};

/* Of one more pod on a node: who has to end. */
struct price {
    int64_t count, cost, work;
};

/* What is known of a node. */
struct perch {
    size_t position;
    size_t first_share, n_shares;
    int64_t items[UNITS_MAX]; /* pods, or units of each kind, that it is to get */
    bool known;               /* of the next one: */
    bool hopeless;            /* it has no room, whoever ends */
    struct price price;
};

struct victims {
    struct victim *items;
    size_t n, cap;
    struct share *shares;
    size_t n_shares, shares_cap;
    struct perch *perches;
    size_t n_perches, perches_cap;
    size_t *order; /* scratch */
    size_t from;   /* the slot from which on all that are taken are gone */
    size_t kind;   /* of the units that are counted out */
};

void victims_fini(struct victims *v);
void victims_add(struct victims *v, const struct victim *victim);
/* All have been added: puts them in the order of cost. */
void victims_sort(struct victims *v);
/* What a job holds, or has planned, goes free in these slots. */
void victims_share(struct victims *v, size_t victim, const struct use *uses, size_t n,
                   size_t first, size_t last);
/* Marks those to be taken, for a seeker. False: it would not fit whoever ends, as far
 * as can be told from single nodes. */
bool victims_choose(struct victims *v, const struct cluster *c,
                    const struct seeker *by);
/* All of them, on all of its nodes. */
void victims_take_all(struct victims *v);
/* Has the node been given pods of the seeker? */
bool victims_use(const struct victims *v, size_t position);

#endif
