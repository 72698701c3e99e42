/*
 * window - the earliest slots of the timeline, in a row, in which a job fits.
 *
 * A window begins with a slot and covers the job's time limit. A node is open to it if
 * it has room for one of the job's pods in each of its slots; that is all it takes
 * where a pod has its node to itself, and what placement decides where pods share
 * nodes.
 */
#ifndef GANTRY_SCHEDULER_WINDOW_H
#define GANTRY_SCHEDULER_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scheduler/cluster.h"
#include "scheduler/fence.h"
#include "scheduler/owner.h"
#include "scheduler/shape.h"
#include "scheduler/timeline.h"

struct jobrec;
struct sched;

struct window {
    size_t first, last; /* slots, last excluded */
    int64_t over_sec;   /* as fences have it; TIME_NEVER without */
    size_t whole;       /* slots before this one are wholly before that */
    size_t unbound;     /* limits leave room from `first` on up to here, but those on
                           what is left of something; 0: it is not known */
    node_set nodes;     /* open throughout; among those of partition and shape */
    node_set fewer;     /* scratch */
    struct owner_view view; /* of the seeker's owner */
};

/* Who looks for one. `shape` is settled. */
struct seeker {
    const struct timeline *timeline;
    const struct shape *shape;
    const struct partrec *part;
    size_t demand;             /* the shape's, of the timeline */
    int64_t limit_sec;         /* LIMIT_UNLIMITED */
    int64_t need;              /* nodes at least */
    struct license_list takes; /* licences */
    /* What limits leave to others beside it; lent. */
    const struct pledge_bound *bounds;
    size_t n_bounds;
    const struct fence *fence; /* what reservations shut to it; NULL: nothing */
    int64_t now_sec;           /* where it has one: a start now counts from then */
    /* Nodes that are taken to be open from some slot on: those of its
     * own plan, to see whether lifting it is worth while. NULL: none. */
    const uint64_t *own;
    size_t own_from;
    /* Of a task, or an array, that may not be under way with too many others of it
     * (crew.h); NULL: no such job. */
    const struct jobrec *task;
    struct sched *sched;
    bool apart; /* none of its components is on a node of another one */
    /* Whose nodes are open to it where they are to nobody else; NULL: none. */
    const struct owner *owner;
};

void window_fini(struct window *w);
/* When a start in that slot has given back what it takes: by its limit, which has the
 * slack of book_length, or with its reservation. */
int64_t window_end(const struct seeker *by, size_t first);
/* When it is over, without that slack. */
int64_t window_over(const struct seeker *by, size_t first);
/* The slots from `first` on that the limit covers, and the nodes open in all of
 * them. */
void window_set(struct window *w, const struct seeker *by, size_t first);
/* The last of the slots that the limit covers from `first` on in which licences are
 * short, and what reservations keep there (stock.h); SLOT_NONE: in none. */
size_t window_unlicensed(struct window *w, const struct seeker *by, size_t first,
                         uint64_t *ret_kept);
/* Enough nodes, the required ones among them. */
bool window_is_enough(const struct window *w, const struct seeker *by);
/* The first window that is enough, beginning with a slot from `first` up to before
 * `before`; false: there is none. */
bool window_find(struct window *w, const struct seeker *by, size_t first,
                 size_t before);
/* Likewise, beginning with the window that was found for the same without licences,
 * limits and other tasks of its array. */
bool window_find_on(struct window *w, const struct seeker *by, size_t before);
int64_t window_count(const struct window *w, const struct seeker *by); /* of nodes */

#endif
