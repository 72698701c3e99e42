/*
 * held - what jobs hold of each limit that counts more than one of them.
 *
 * There is a counter for each limit (limits.h; by its address, lent) and each of those
 * that it is counted for apart: a user, an account, a member. A job has a take of each
 * counter that it counts for, made when it starts to hold something, dropped as a whole
 * when it holds something else:
 *
 *     limit, whose --> counter --> sum; or the nodes; or what is left of each take
 *                         ^
 *     job's takes  -------'---- ...
 *
 * A node that several of its jobs use counts once. What is left of a TRES over time is
 * its amount for as long as the job may still run, times the usage factor of its QOS;
 * it is worked out when asked for. So is what running jobs may add to what has been
 * used: from when that is true of, or from their start.
 */
#ifndef GANTRY_SCHEDULER_HELD_H
#define GANTRY_SCHEDULER_HELD_H

#include <stdbool.h>
#include <stdint.h>

#include <uthash.h>

#include "scheduler/interned.h"
#include "scheduler/limits.h"
#include "scheduler/model.h"

struct counter;
struct pledge;

/* Of a job; a list. */
struct take {
    struct counter *counter;
    int64_t component; /* of the job, that counts for it */
    int64_t amount;    /* nodes: 0, they are those of the component */
    int64_t factor;    /* thousandths of what is left of it, that count; and of what */
    int64_t charged;   /* is used as many as others have to reckon with */
    int64_t start_sec;
    int64_t end_sec; /* when it ends at the latest */
    struct take *next;
    struct take *before, *behind; /* of the counter's, where that needs them */
};

/* Somebody who is held back by a counter until less is held. In a list of the
 * counter's. */
struct waiter {
    struct counter *by; /* NULL: nobody is */
    struct waiter *before, *behind;
};

struct counter_key {
    const struct limit *limit;
    const char *whose; /* interned */
};

struct node_use;

struct counter {
    struct counter_key key;
    size_t n_takes;
    __int128 sum;
    struct node_use *nodes; /* hash by name */
    struct take
        *takes; /* of what is left over time; it is, at a time (or TIME_UNSET): */
    int64_t left_sec;
    __int128 left, left_charged; /* thousandths */
    struct waiter *waiters;
    UT_hash_handle hh;
};

/* How far what is counted anew has come: allowance_settle. */
enum held_phase { HELD_OUTDATED, HELD_BIND, HELD_COUNT };

struct held {
    bool stale;             /* limits have changed: all is to be counted anew */
    enum held_phase phase;  /* of that */
    bool any;               /* there are limits, and: */
    bool of_accounts;       /* some are of accounts or members */
    bool of_submits;        /* some are on jobs that wait as well */
    bool of_bounds;         /* something bounds jobs by itself: allowance_bound */
    bool of_priority;       /* some are on the priority of who is kept room for */
    bool of_accrual;        /* some are on who gains age: accrue.h; and so: */
    size_t n_lack_age;      /* as many do not that might, at the last look */
    bool of_usage;          /* some are on what has been used; and who starts by */
    bool of_charged;        /* less may be charged for more: UsageFactor; and */
    bool of_factors;        /* a QOS has one at all */
    struct counter *broken; /* by the last check; NULL: none */
    bool of_nodes;          /* it is on nodes: a shared one counts once; it leaves */
    int64_t nodes_left;     /* so many to those who count together; and where a job's
                               own are more than it allows in all, it allows */
    int64_t nodes_most;     /* so many; LIMIT_UNLIMITED: they are not */
    unsigned nodes_of;      /* of its components, those that count for it together */
    int64_t forgotten_sec;  /* what is used up by a time to come is forgotten then;
                               TIME_UNSET: it is not that, or stays */
    /* Likewise by the last look at coming time: there are too many nodes, in a slot. */
    const struct pledge *crowded;
    size_t crowded_slot;
    const char *kept_type;    /* likewise GPUs of a type are kept, and it takes any */
    struct waiter *freed;     /* those that are held back no longer: held_freed */
    struct counter *counters; /* hash by key */
    struct interned names;
};

/* Limits have changed. */
void held_outdate(struct held *h);
/* Forgets all counters. No job may have takes any more. */
void held_reset(struct held *h);

/* Adds a take to a job's list; `whose` is copied if new. The job, or its component,
 * holds so much, until then, on these nodes. */
struct taking {
    const struct limit *limit;
    const char *whose;
    int64_t component, amount, factor, charged, start_sec, end_sec;
    const struct slot *slots;
    size_t n_slots;
};
void held_take(struct held *h, struct take **takes, const struct taking *taking);
/* Drops all takes of a job; `slots` are those that it took them with. */
void held_drop(struct held *h, struct take **takes, const struct slot *slots, size_t n);

/* Holds back by a counter, until some of its takes are dropped; or no longer. */
void held_back(struct waiter *waiter, struct counter *by);
void held_on(struct waiter *waiter);
/* The next of those that a drop has let go; NULL: that was the last. */
struct waiter *held_freed(struct held *h);
/* NULL: nobody holds anything of it. */
struct counter *held_counter(const struct held *h, const struct limit *limit,
                             const char *whose);
/* What is held of a limit by all those that count together; of what is left, from a
 * time on. */
int64_t held_of(const struct held *h, const struct limit *limit, const char *whose,
                int64_t at_sec);
/* Likewise of what has been used, as it counts where one starts, or `charged`: as much
 * as others have to reckon with; in thousandths. */
__int128 held_left(const struct held *h, const struct limit *limit, const char *whose,
                   int64_t at_sec, bool charged);
/* Likewise at a time to come, once who runs has been charged up to it: what is used by
 * then counts as it is charged, and what is left then as it does where one starts. */
__int128 held_left_by(const struct held *h, const struct limit *limit,
                      const char *whose, int64_t at_sec, int64_t by_sec);
/* How much of what is held over time is used between two times, if all go on to their
 * ends; in thousandths. */
__int128 held_used(const struct held *h, const struct limit *limit, const char *whose,
                   int64_t from_sec, int64_t to_sec);
/* Does it count nodes; and each that it counts, once. */
bool held_has_nodes(const struct counter *counter);
void held_each_node(const struct counter *counter,
                    void (*fn)(void *arg, const char *node), void *arg);
/* How many nodes would be held if a job took these as well. */
int64_t held_nodes_with(const struct held *h, const struct limit *limit,
                        const char *whose, const struct slot *slots, size_t n);
/* How many nodes there are among these. */
int64_t slots_nodes(const struct slot *slots, size_t n);

#endif
