/*
 * reserve_private - how nodes are chosen for a reservation: what speaks against each
 * (reserve_rate.c; reserve_count.c),
 * and which it then gets (reserve_choose.c; reserve_portion.c of one
 * that holds portions, and reserve_hold.c what that takes).
 * And which nodes such a one keeps from a job (reserve_ahead.c).
 */
#ifndef GANTRY_SCHEDULER_RESERVE_PRIVATE_H
#define GANTRY_SCHEDULER_RESERVE_PRIVATE_H

#include "scheduler/core.h"
#include "scheduler/reserve.h"

/* What speaks against a node. */
struct candidate_node {
    size_t position;
    bool shunned; /* nobody who may run there tolerates its taints */
    bool used;    /* somebody runs into the time of the reservation there, or will, for
                     whom others end */
    bool shared;  /* another reservation has it at that time, and that may be */
    bool full;    /* pods of others leave no CPU */
    /* Where it is to hold portions: */
    int lots;            /* that others have of it at any time */
    struct resvec taken; /* at that time, by jobs and pods of others */
    struct resvec held;  /* likewise by such reservations */
    int64_t deters;      /* so many of its taints do, if there are others */
    int64_t weight;      /* its own (node.weight) */
    int64_t foreign;     /* quarters of it that they have, of what they have most of */
    int64_t promises;    /* that it would break */
};

/* ---- reserve_count.c: what of that are jobs ---- */

/* On a node, by position. */
struct against {
    int64_t uses, promises;
};

/* All that there is against the nodes of one. */
struct tally {
    const struct resvrec *rec;
    int64_t start_sec, end_sec; /* of its occurrence */
    struct against *against;
    int64_t n_tolerant; /* jobs that name it, and tolerate any taint */
    bool divides;       /* it is to hold portions: then also who has nodes at all */
    const struct jobrec **holders;
    size_t n_holders, holders_cap;
};

void reserve_tally_fini(struct tally *t);

/* The job counts with all places of its array, once more (1) or once less (-1). */
void reserve_tally(const struct sched *s, struct tally *t, const struct jobrec *rec,
                   int by);
/* Does a job have a slot still when it begins? */
bool reserve_meets_slot(const struct sched *s, const struct tally *t,
                        const struct jobrec *rec, const struct slot *slot);
/* Is it promised a slot still then for which others end, or have ended? Unless it is
 * promised that in the reservation. */
bool reserve_meets_plan(const struct sched *s, const struct tally *t,
                        const struct jobrec *rec, const struct slot *slot);
/* False: it is on no node that is known. */
bool reserve_position(const struct sched *s, const struct slot *slot, size_t *ret);
/* What reserve_count has found; NULL: it has not been counted, or not to the end. */
const struct tally *reserve_counted(const struct sched *s, const struct resvrec *rec);

/* ---- reserve_nodes.c ---- */

/* Is there something to choose: not enough nodes yet, or one of them is not to stay? */
bool reserve_lacks_nodes(const struct sched *s, const struct resvrec *rec);

/* ---- the others ---- */

struct inside; /* reserve_inside.c */

/* The occurrence that nodes are chosen for. */
struct choosing {
    struct sched *s;
    const struct resvrec *rec;
    int64_t start_sec, end_sec;
    struct candidate_node *nodes; /* by position */
    node_set taken;               /* by others at that time */
    struct inside *inside;        /* while nodes are rated */
    size_t n_inside, inside_cap;
};

bool reserve_share_nodes(const struct sched *s, const struct resvrec *a,
                         const struct resvrec *b);
/* May both have the same nodes at the same time? Those that hold portions may. */
bool reserve_may_share(const struct resvrec *a, const struct resvrec *b);
/* Gives lots to those that hold portions, whose nodes are known. */
void reserve_give_lots(struct sched *s);
/* Is it to hold portions of the nodes that it gets? */
bool reserve_divides(const struct sched *s, const struct reservation *r);
/* Has it its portions of all of the nodes that were chosen? They need not be up. */
bool reserve_has_portions(const struct sched *s, const struct reservation *r);
/* As reserve_choose, of one that divides; `set` gets its nodes. False: there are too
 * few. */
bool reserve_fill_portions(struct choosing *c, node_set set);

/* May it be chosen, or stay so: ready, and neither cordoned nor under pressure? */
bool reserve_is_up(const struct noderec *node);
/* Is the node, which is known, of its partition and with its features? */
bool reserve_is_asked_for(const struct choosing *c, size_t position);
/* What a job of another reservation takes of the node: as far as it has a portion there
 * that is noted. Returns the rest, which others lack. */
struct resvec reserve_set_inside(struct choosing *c, const struct job *job, size_t at,
                                 const struct resvec *use);
/* The most of what that one holds of the node and of what was noted. */
struct resvec reserve_with_inside(const struct choosing *c, const struct resvrec *rec,
                                  size_t at, const struct resvec *held);
/* Fills all of `nodes`, and `taken`. */
void reserve_rate(struct choosing *c);

/* The best one first, for qsort. */
int reserve_compare(const void *left, const void *right);

/* What some nodes have together. */
struct haul {
    int64_t n; /* of them */
    struct resvec sum;
    int64_t gpus[RESV_GPUS_MAX]; /* of the types that it asks for */
};

/* Is that what it asks for? */
bool reserve_is_whole(const struct reservation *r, const struct haul *haul);
/* One more node. */
void reserve_add_node(const struct sched *s, const struct reservation *r,
                      size_t position, struct haul *haul);
/* How many of those nodes, which have room for the job now, have none before a slot,
 * as one that holds portions begins till then: beside what it holds, whoever else is
 * there, or but for that. They are taken off a set (NULL: off none). None of one that
 * has begun. */
size_t reserve_bars_ahead(const struct sched *s, const struct resvrec *rec,
                          const struct seeker *by, size_t last, const uint64_t *among,
                          node_set off);

/* Chooses its nodes, all or none; where it has some already they are replaced as far
 * as there are others. */
void reserve_choose(struct sched *s, struct resvrec *rec, int64_t now_sec);

#endif
