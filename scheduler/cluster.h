/*
 * cluster - nodes with what is used on them, partitions with their node sets.
 *
 * Everything that holds resources is counted here the moment it is told of, by node
 * name, so a slot on a node that is not known yet counts as soon as the node appears.
 *
 * Nodes have positions in natural name order and node sets are bitmaps over positions.
 * Positions, partition node sets and memory of what has gone are settled by
 * cluster_settle and hold until its next call; usage and `usable` are always current.
 * Records are lent until the cluster_settle after the thing went.
 *
 * Generations let others cache: `set_gen` changes with the positions and node sets
 * (settling only), `gen` also when a node's or a partition's state does.
 */
#ifndef GANTRY_SCHEDULER_CLUSTER_H
#define GANTRY_SCHEDULER_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uthash.h>

#include "base/str.h"
#include "scheduler/model.h"
#include "scheduler/nodekind.h"
#include "scheduler/nodeset.h"
#include "scheduler/topology.h"
#include "scheduler/tresweight.h"

#define POSITION_NONE SIZE_MAX

struct noderec {
    char *name;
    struct node *node;  /* NULL: only named by what is said to run there */
    size_t position;    /* POSITION_NONE until settled */
    struct resvec room; /* settled: its capacity, and what quota.h adds */
    struct resvec used;
    struct resvec foreign; /* of that: by pods of no job, and of none that there was */
    struct resvec free;    /* capacity less used; may be negative */
    size_t n_uses;         /* slots and foreign pods */
    size_t n_slots;        /* of jobs */
    bool usable;           /* known, ready, not cordoned */
    UT_hash_handle hh;
};

/* The columns of quota.h, and behind them those of portion.h. */
struct quotas {
    int first, n;
    int n_bounds; /* without these */
    int whole;    /* of these, that of oversubscribe.h; QUOTA_NONE, QUOTA_LACKING */
};
#define QUOTA_NONE (-1)    /* a partition without a bound */
#define QUOTA_LACKING (-2) /* one for which no column is left */

/* The columns of portion.h: by lot, 0 for what is open, and by resource. */
#define PORTION_LOTS 4
struct portions {
    uint32_t wanted; /* resources that are to have them, a bit each */
    uint32_t kinds;  /* those that do */
    int n_lots;      /* up to PORTION_LOTS, numbered from 1 on */
    uint32_t flex;   /* of these, a bit each: whose jobs may have what is open, too */
    int columns[PORTION_LOTS + 1][RES_MAX];
};
/* Of whom takes of these resources what that lot has. */
struct lot {
    int number;
    uint32_t kinds;
};
#define LOT_NONE ((struct lot){0})

struct partrec {
    struct partition *part;
    bool gone;
    node_set nodes;
    size_t n_nodes;
    uint64_t set_gen; /* cluster.set_gen that `nodes` is of; 0: none */
    int quota;        /* its column, settled; QUOTA_* */
    struct tres_totals weighed;
    UT_hash_handle hh;
};

struct podrec {
    struct foreign_pod *pod;
    uint64_t made; /* sched.made of the timeline that it is on; 0: of none */
    UT_hash_handle hh;
};

struct cluster {
    struct restable res;
    struct quotas quotas;
    struct portions portions;
    bool is_device[RES_MAX]; /* GPUs and the like: what best fit saves first */
    struct noderec *nodes;   /* hash by name */
    struct noderec **order;  /* by position */
    size_t n_order, order_cap;
    struct nodekinds kinds; /* of these, settled; those of set_gen: */
    uint64_t kinds_gen;
    struct resvec total; /* of these, each at most 2^62 */
    size_t words;
    bool weighted; /* they are of different weights, or deter some: cluster_weight */
    bool deters;   /* of which one at least has a taint that does */
    struct topology topology; /* settled with the positions, by these: */
    enum topology_kind topology_kind;
    struct topology_labels topology_labels;
    struct block_sizes block_sizes;
    int64_t n_known; /* nodes, and their CPUs together */
    __int128 cpu_milli;
    struct partrec *parts;   /* hash by name */
    struct partrec **listed; /* by name, those that are there */
    size_t n_listed, listed_cap;
    struct podrec *pods; /* hash by uid */
    bool unsettled;      /* something new or gone */
    bool nodes_changed;  /* positions or node sets are not what they should be */
    uint64_t set_gen, gen;
};

void cluster_init(struct cluster *c);
void cluster_fini(struct cluster *c);

/* Each takes its struct over; true if anything that matters to scheduling changed. */
bool cluster_put_node(struct cluster *c, struct node *node);
bool cluster_drop_node(struct cluster *c, const char *name);
bool cluster_put_partition(struct cluster *c, struct partition *part);
/* Which bounds of it jobs need not keep. */
void cluster_set_lifts(struct cluster *c, struct partrec *rec, int64_t lifts);
bool cluster_drop_partition(struct cluster *c, const char *name);
bool cluster_put_pod(struct cluster *c, struct foreign_pod *pod);
bool cluster_drop_pod(struct cluster *c, const char *uid);
bool cluster_set_resources(struct cluster *c, const struct restable *res);
void cluster_set_topology(struct cluster *c, const struct topology_rules *rules);

/* Does one of the slots lie on a node of the set? */
bool cluster_slots_meet(const struct cluster *c, const uint64_t *set,
                        const struct slot *slots, size_t n);
/* Counts, or stops counting, an allocation of a job. */
void cluster_hold(struct cluster *c, const struct slot *slots, size_t n);
void cluster_release(struct cluster *c, const struct slot *slots, size_t n);
/* What so many pods use, at most 2^56 of anything, so that sums stay meaningful. */
struct resvec cluster_use(const struct resvec *each, int64_t pods);
/* Slots of a job, or of one of its components, that has their nodes alone or not, and
 * its licences. */
struct holding {
    const struct slot *slots;
    size_t n;
    bool alone;
    struct license_list takes;
};
/* What a slot of these counts for in limits, billing and usage: what its pods ask for.
 * As in Slurm, a job that has its nodes alone has all CPUs and devices of them, but of
 * memory only what it asks for. */
struct resvec cluster_counts(const struct cluster *c, const struct holding *h,
                             size_t slot);
/* NULL: unknown. */
struct podrec *cluster_pod(const struct cluster *c, const char *uid);
/* Is it known, just so? */
bool cluster_has_pod(const struct cluster *c, const struct foreign_pod *pod);

/* Positions and node sets as they are now; calls `forget` for each partition record
 * before it is freed. */
void cluster_settle(struct cluster *c,
                    void (*forget)(void *arg, const struct partrec *p), void *arg);

/* Of lower ones a job takes nodes first: of those that deter it least
 * (PreferNoSchedule, as kube-scheduler scores it) those of the least weight. */
int64_t cluster_weight(const struct cluster *c, size_t position,
                       const struct job *like);
/* What partitions have is weighed anew: by other weights. */
void cluster_forget_weighed(struct cluster *c);
/* NULL: not known. */
const struct noderec *cluster_node(const struct cluster *c, const char *name);
/* Likewise where there is no name (NULL), as of a job that is in none. */
struct partrec *cluster_partition(const struct cluster *c, const char *name);
/* Of a job that is in `first`, where a component of it is: in a partition of its own,
 * if it names one, and there is one of that name; a job of another is ruled out. */
const struct partrec *cluster_component_partition(const struct cluster *c,
                                                  const struct job *job,
                                                  size_t component,
                                                  const struct partrec *first);
/* First by name of those that say they are the default; NULL: none. */
struct partrec *cluster_default_partition(const struct cluster *c);

/* "cpu=8,mem=64G,nvidia.com/gpu=8": what is asked for, without the pod count. */
void cluster_describe(const struct cluster *c, const struct resvec *v, struct str *out);

#endif
