/*
 * queue_case - a random small cluster with a queue, in a core and in the plain planner
 * (plain_plan.h) alike: a third of them with a tree of switches, a third with blocks,
 * some with partitions whose jobs have a bound on the CPUs of each node, some jobs with
 * components or in segments, some in reservations, some with licences or a choice of
 * them, and where gaps are offered in the queue's order some without a time limit but
 * with a choice of QOS, by which they have one. In a fifth there are limits of the QOS
 * of a partition, of the jobs' QOS, and of accounts; in a seventh jobs of several
 * users, some of which, or all in a partition, have their nodes for their user alone.
 *
 * The queue is in the order of the numbers, for one half by when jobs were submitted.
 * All is drawn from one seed, always in the same order.
 */
#ifndef GANTRY_TESTS_SUPPORT_QUEUE_CASE_H
#define GANTRY_TESTS_SUPPORT_QUEUE_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"
#include "scheduler/sched.h"
#include "tests/support/plain_plan.h"

#define QUEUE_NODES_MAX 80 /* more than a word of bits */
#define QUEUE_JOBS_MAX 24
#define QUEUE_NOW_SEC 6030
#define QUEUE_WINDOW_SEC (2 * 86400)

#define QUEUE_RESVS 2
#define QUEUE_COMPONENTS 3 /* of a job */
#define QUEUE_QOS 2

/* Where limits are, in the order in which they are looked at: the QOS of partition
 * "odd", the one of jobs that name none; ann's account or bob's, and in it ann or bob;
 * the account above both. */
enum queue_place {
    IN_PART_QOS,
    IN_QOS,
    IN_MEMBER,
    IN_ACCOUNT,
    IN_PARENT,
    QUEUE_PLACES
};

struct queue_limit {
    enum queue_place place;
    enum limit_kind kind;
    enum tres tres;
    int whose; /* 0: what ann has, 1: bob; QUEUE_ALL */
};

#define QUEUE_ALL (-1)

struct queue_case {
    uint64_t seed;
    struct rng rng;
    struct restable res;
    int gpu;
    enum backfill_order order;
    struct sched *s;
    struct plain_plan *plain;
    size_t n_nodes, n_running, n_pending;
    struct plain_place places[QUEUE_JOBS_MAX + 2]; /* by pending job, from 1 */
    bool odd[QUEUE_NODES_MAX]; /* partition "odd" has every other node; "all" has all */
    struct resvec capacity[QUEUE_NODES_MAX], used[QUEUE_NODES_MAX];
    int64_t licenses_left[PLAIN_LICENSES];
    bool reserved[QUEUE_RESVS][QUEUE_NODES_MAX];
    struct plain_resv resvs[QUEUE_RESVS];
    size_t n_resvs;
    /* By pending job, as places: the one that its place is in; NULL: none. */
    const struct plain_resv *placed_in[QUEUE_JOBS_MAX + 2];
    int64_t placed_with[QUEUE_JOBS_MAX + 2][PLAIN_LICENSES]; /* likewise */
    const char *placed_by[QUEUE_JOBS_MAX + 2]; /* likewise: of several, that QOS */
    struct {
        const char *name;
        int64_t wall_sec, priority;
    } qos[QUEUE_QOS];
    bool limited; /* there are limits: */
    struct queue_limit limits[PLAIN_LIMITS];
    size_t n_limits;
    int64_t wide_factor; /* UsageFactor of QOS "wide"; and */
    bool wide_asks;      /* UsageFactorSafe */
    bool owned; /* there are nodes of one user's jobs only, as of some partitions: */
    bool owned_part[PLAIN_PARTS]; /* "all", "odd" */
    bool alike;                   /* many that wait are */
    bool wired;                   /* a tree of switches, by labels */
    size_t under[PLAIN_LEVELS][QUEUE_NODES_MAX];
    struct plain_wiring wiring;
    bool left;      /* somebody has left his place for an earlier one: who had none may
                       have it */
    size_t changes; /* that were compared */
};

/* Jobs run and wait; none has been planned yet. */
void queue_case_begin(struct queue_case *q, uint64_t seed);
void queue_case_end(struct queue_case *q);

/* Below a bound. */
size_t queue_draw(struct queue_case *q, size_t bound);
/* The core takes `what` over. */
void queue_tell(struct queue_case *q, enum change_kind kind, void *what);
/* One of that number, not yet told to anybody; the caller's. */
struct job *queue_draw_job(struct queue_case *q, size_t number);
/* Lent; NULL: the core has none of that number. */
const struct job *queue_job_at(const struct queue_case *q, size_t number);
/* What a job takes of each licence, by number: of a choice the one that is said. */
void queue_licenses_of(const struct job *job, int64_t *ret);
/* Of one that waits: some name both QOS, the one or the other first, and no limit. */
void queue_draw_qos(struct queue_case *q, struct job *job);
/* The i-th to be tried of several QOS that a job names, by its number; the time limit
 * is its maxWall. */
size_t queue_qos_of(const struct queue_case *q, const struct job *job, size_t i);
/* Which user's a job is; and is it to be beside others of that one only, as it is now,
 * or would be if it started? */
size_t queue_user_of(const struct job *job);
bool queue_is_owned(const struct queue_case *q, const struct job *job);
/* Which limits a component counts for: queue_limits.c. */
struct plain_counts queue_counts_of(const struct queue_case *q, const struct job *job,
                                    const struct job *component);
/* The reservation of that name (NULL: none); and the one that a job is in, or the only
 * one that it asks for. */
const struct plain_resv *queue_resv_named(const struct queue_case *q, const char *name);
const struct plain_resv *queue_resv_of(const struct queue_case *q,
                                       const struct job *job);
/* A job asks for the same as another but for the time: what is remembered of one counts
 * for the next. */
void queue_ask_as(struct job *job, const struct job *other);
/* When a job that runs is over at the latest. */
int64_t queue_due_of(const struct queue_case *q, const struct job *job);
/* The plain planner counts what a job asks for, and what one that runs holds on a node;
 * `sign` -1: no longer. */
void queue_ask_plainly(struct queue_case *q, const struct job *job, int sign);
void queue_hold_plainly(struct queue_case *q, const struct job *job, size_t node,
                        int sign);

#endif
