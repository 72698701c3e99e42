/*
 * plain_plan - the planner once more, written for clarity only.
 *
 * What the core must plan, worked out by the shortest loops there are: for each slot in
 * which a job could begin, look at each node, in each slot that the job touches. Same
 * grid (timeline.h) and same tie-breaks (placement.h), for jobs of one pod a node: the
 * tests hold the core against it, the benchmarks print its figures beside the core's.
 *
 * Nodes are positions in the order in which they were added; the caller adds them in
 * natural name order. Times in seconds.
 */
#ifndef GANTRY_TESTS_SUPPORT_PLAIN_PLAN_H
#define GANTRY_TESTS_SUPPORT_PLAIN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scheduler/model.h"
#include "scheduler/turn.h"
#include "tests/support/plain_limits.h"
#include "tests/support/plain_near.h"
#include "tests/support/plain_segment.h"

struct plain_plan;

/* Licences that there may be, by number; partitions; and users. */
#define PLAIN_LICENSES 2
#define PLAIN_PARTS 2
#define PLAIN_USERS 3
/* Components of a job. */
#define PLAIN_COMPONENTS 4

/* Nodes kept for its jobs for a time, by position; to others they are shut for
 * `tail_sec` longer. One that floats begins so long from now, whenever that is, and has
 * no jobs: who is longer does not begin on them. */
struct plain_resv {
    int64_t start_sec, end_sec, tail_sec;
    const bool *nodes;
    int64_t float_sec; /* then start_sec says nothing; LIMIT_UNSET */
    bool magnetic;     /* it draws jobs in, and then cuts none off */
};

/* A job of min..max pods, each on a node of its own. */
struct plain_job {
    struct resvec each;
    bool exclusive;
    bool exclusive_user; /* beside others of its user only */
    size_t user;
    bool stranger; /* but it looks for nodes as if nobody there were of its user */
    size_t min, max;
    size_t part;
    int64_t limit_sec; /* LIMIT_UNLIMITED; that of the component, and with slack: */
    int64_t own_sec, length_sec;
    const bool *allowed; /* by position; NULL: every node */
    size_t most_leaves;  /* where there are switches, if it starts before: */
    int64_t few_until_sec;
    struct plain_segments segments; /* where there are blocks */
    int64_t licenses[PLAIN_LICENSES];
    struct plain_counts counts;  /* of a component: of it alone */
    bool promised;               /* a start: what is held now counts for one now */
    const struct plain_resv *in; /* that it has to stay in; NULL: none */
    bool uncut;                  /* and with which it may not be cut off */
    /* Of a heterogeneous job: components beside the first, which is itself; lent. Of
     * times and licences they have the same and none. */
    const struct plain_job *others;
    size_t n_others;
};

/* Slots [first, last) on nodes in order, those of one component after the other;
 * `nodes` is freed with plain_place_fini. Who is over with a reservation has its
 * licences up to before `given`. */
struct plain_place {
    int64_t start_sec; /* PLAN_FAR in the last slot */
    size_t first, last, given;
    size_t *nodes;
    size_t n;
    size_t of[PLAIN_COMPONENTS];    /* so many of them */
    size_t lasts[PLAIN_COMPONENTS]; /* up to before that slot; of the first `last` */
    /* It has started: each ends then at the latest, and is assumed to. */
    bool started;
    bool refused; /* somewhere, perhaps not here: plain_plan_find */
    int64_t due_sec[PLAIN_COMPONENTS], end_sec[PLAIN_COMPONENTS];
};

struct plain_plan *plain_plan_new(int64_t now_sec, int64_t window_sec, size_t n_nodes);
void plain_plan_free(struct plain_plan *p);
/* Positions count from 0. */
void plain_plan_set_node(struct plain_plan *p, size_t position,
                         const struct resvec *capacity);

/* So much of CPU the jobs of a partition have of each node together, at most; as much
 * as they like unless said. */
void plain_plan_bound(struct plain_plan *p, size_t part, int64_t cpu_milli);

/* So many jobs of a partition may have a CPU, of which each takes its part: one unless
 * said. Who takes a node whole takes CPUs whole. */
void plain_plan_share(struct plain_plan *p, size_t part, int64_t jobs);

/* What runs in a partition takes its part of a node from now until `end_sec`;
 * TIME_NEVER: until the last slot. With sign -1 it has ended. */
struct plain_held {
    struct resvec each;
    bool exclusive_user;
    size_t part, user;
    int64_t end_sec;
};
void plain_plan_hold(struct plain_plan *p, size_t position,
                     const struct plain_held *held, int sign);
/* One past the last slot that it takes. */
size_t plain_plan_last(const struct plain_plan *p, int64_t end_sec);

/* Lent; none unless said. */
void plain_plan_reserve(struct plain_plan *p, const struct plain_resv *all, size_t n);

/* Lent: gangs are kept near each other, or in blocks; none unless said. */
void plain_plan_wire(struct plain_plan *p, const struct plain_wiring *wiring);

/* How many there are of a licence; none unless said. */
void plain_plan_set_license(struct plain_plan *p, size_t number, int64_t total);
/* What runs has them until then; with -1 it has given them back. */
void plain_plan_license(struct plain_plan *p, const int64_t *licenses, int64_t end_sec,
                        int sign);

/* So many pods are asked for by a job that waits or runs, or with -1 no longer. */
void plain_plan_ask(struct plain_plan *p, const struct resvec *each, size_t pods,
                    int sign);

/* The first place, beginning before slot `before` (SIZE_MAX: any); false: none, though
 * perhaps as the nodes of the first are too much beside what is held now: it is
 * `refused`. Takes nothing in the end. */
bool plain_plan_find(struct plain_plan *p, const struct plain_job *job, size_t before,
                     struct plain_place *ret);
void plain_plan_take(struct plain_plan *p, const struct plain_job *job,
                     const struct plain_place *place);
void plain_plan_give(struct plain_plan *p, const struct plain_job *job,
                     const struct plain_place *place);
/* Is a gap offered to `a` before `b`, which waits behind it? (turn.h) */
bool plain_plan_is_first(const struct plain_plan *p, enum backfill_order order,
                         const struct plain_job *a, const struct plain_job *b);
void plain_place_fini(struct plain_place *place);

#endif
