/*
 * shape - jobs that ask for the same, as one.
 *
 * Jobs of equal request and node filters share a shape: the nodes that could hold one
 * of its pods at all are worked out once for all of them, and so is, per partition, the
 * verdict whether that partition could ever hold such a job (a `fit`). Shapes are
 * counted by the jobs that refer to them.
 */
#ifndef GANTRY_SCHEDULER_SHAPE_H
#define GANTRY_SCHEDULER_SHAPE_H

#include <stddef.h>
#include <stdint.h>

#include <uthash.h>

#include "base/str.h"
#include "scheduler/cluster.h"
#include "scheduler/model.h"
#include "scheduler/reason.h"

struct fence;
struct owner;

/* A share of all: of the cluster, or of a job's units. */
#define SHARE_WHOLE (INT64_C(1) << 30)
/* What a part is of the whole, at most all of it; of nothing, 0. */
int64_t share_of(int64_t part, int64_t whole);

/* What is known of a shape in one partition. */
struct fit {
    const struct partrec *part;
    struct lot lot;      /* one that is not none has its variant alone */
    uint64_t gen;        /* cluster.gen that the verdict is of; 0: none yet */
    enum reason verdict; /* REASON_NONE: the nodes that are up could hold it */
    char *message;       /* with a verdict */
    /* Where the last pod of this shape went, while nothing but that has changed: the
     * best place for the next one that takes no less time, since filling a node only
     * improves its rank. */
    size_t last_position, last_slot, last_end; /* of its window: slots */
    int64_t last_over;                         /* likewise */
    const struct fence *last_fence;
    int64_t last_cost; /* asked.h, when its prices were of this: */
    uint64_t last_prices;
    uint64_t last_mutation; /* timeline.mutation then; 0: nothing to go on */
    /* Why a job of this shape does not start now, while what is free now, and the
     * cluster, are as they were. */
    enum reason busy;
    char *busy_message;
    const struct fence *busy_fence; /* for whom */
    bool busy_few;                  /* it waits for few switches */
    size_t busy_choice;             /* of licences */
    const struct owner *busy_owner; /* who has nodes; NULL: anybody who has none */
    uint64_t busy_moved, busy_gen;  /* timeline.now_moved, cluster.gen; 0: unknown */
    /* In that walk a job of this shape, of that priority and limit, found that it could
     * not start soon if plans gave way for it; with whose herd (herd.h). */
    uint64_t vain_walk;
    const void *vain_of;
    int64_t vain_priority, vain_limit_sec;
    size_t crowd; /* ahead.h: of those who may start nowhere else, while of this: */
    uint64_t crowd_gen;
    const struct fence *crowd_fence; /* for whom */
    uint64_t herd;    /* of which this is known (prospect.h); 0: of none */
    size_t prospects; /* so many nodes could be free for one pod */
    size_t kind;      /* of the horizon, while it is of this: */
    uint64_t kind_gen;
    /* Of blocks, the lowest level on which one holds it, all nodes that are up being
     * empty; of cluster.gen. */
    size_t top;
    size_t whole; /* likewise for all of a job's segments, where that is asked for */
    uint64_t top_gen;
    uint64_t top_within;   /* the hash of the only nodes that counted; 0: all did */
    struct shape *variant; /* held; NULL: the shape itself, or not known yet: */
    uint64_t variant_gen;  /* cluster.gen that it is of; 0: none */
};

struct shape {
    char *key;
    size_t key_len;
    size_t refs;
    struct job *like; /* any job of this shape; only request and filters are read */
    struct shape **others; /* held: of the further components, like->n_others */
    int64_t share;         /* of the cluster, that it asks for: of what it asks most */
    node_set admits;     /* nodes that filters, taints and capacity let hold one pod */
    node_set ready;      /* of these, those that no taint that passes shuts now */
    node_set required;   /* the nodes of its node list */
    node_set *featured;  /* those with each of its counted features, then with each of
                            the alternatives of which one is for all */
    uint64_t admits_gen; /* cluster.set_gen that these are of; 0: none */
    struct fit *fits;
    size_t n_fits, fits_cap;
    UT_hash_handle hh;
};

/* The shape of a job, made if new. Give it back with shape_put. */
struct shape *shape_get(struct shape **shapes, const struct job *job);
void shape_put(struct shape **shapes, struct shape *shape); /* NULL is fine */

/* Of a component of its jobs: itself, of the first one. */
struct shape *shape_component(struct shape *shape, size_t component);
/* Works out share and node sets, its components' too, if nodes have changed since. The
 * cluster must be settled. */
void shape_settle(struct shape *shape, const struct cluster *c);
/* The fit of a partition, made if new; lent until the next call for this shape. */
struct fit *shape_fit(struct shape *shape, const struct partrec *part);
/* Likewise where only the variant of jobs of that lot is known. */
struct fit *shape_fit_in(struct shape *shape, const struct partrec *part,
                         struct lot lot);
/* Drops what it knows of a partition that is about to go, where no job has waited. */
void shape_forget(struct shape *shape, const struct partrec *part);
/* Drops what all shapes know of a partition. */
void shapes_forget(struct shape **shapes, const struct partrec *part);

/* The largest share that the job asks for of anything in the cluster. */
int64_t shape_share(const struct job *job, const struct cluster *c);
/* Appends what sets the job's filters and node list apart from those of others. */
void shape_key_filters(struct str *key, const struct job *job);
/* True if the job's filters admit the node; neither its resources are looked at, nor
 * taints that pass. */
bool shape_filters_admit(const struct job *like, const struct node *node);

#endif
