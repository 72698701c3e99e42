/*
 * queue - the order in which jobs are considered.
 *
 * One entry for each pending job, partition and reservation it may start in and QOS it
 * may have, as in Slurm. Order: who may preempt another before that one (lift.h), in a
 * reservation that is on before all others, priority tier of the partition (higher
 * first), priority (higher first), when it was submitted, or requeued, job id, task,
 * and for one job its QOS by their priority, then the partitions as listed.
 * Nothing else decides, so every core orders alike.
 *
 * A long queue is put in order as it is walked through, from the front, so that no step
 * waits for all of it:
 *
 *     in order | up to p | behind p, up to q | behind q ...     p, q: set apart last
 *              ^         ^                   ^
 *              n_sorted  bounds, the nearest of them last
 */
#ifndef GANTRY_SCHEDULER_QUEUE_H
#define GANTRY_SCHEDULER_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scheduler/model.h"
#include "scheduler/priority.h"

struct jobrec;
struct partrec;

/* What the order goes by, but for who may preempt whom. */
struct queue_rank {
    const struct jobrec *rec;
    const char *uid;
    int64_t tier; /* pass_tier */
    int64_t priority, submit_sec, job_id, task;
    uint32_t listed;
};

struct entry {
    struct jobrec *rec;
    struct partrec *part;
    const char *resv; /* the reservation, lent by the job; NULL: none */
    const char
        *license;     /* likewise that of which it takes any; NULL: it has no choice */
    uint32_t qos_at;  /* which of the QOS that the job names; 0: it names but one */
    uint32_t version; /* rec's; the entry is void when it has moved on */
    uint32_t listed;  /* which of the job's choices, from 0 */
    int64_t tier;
    struct priority priority;
    int64_t size; /* turn.h */
    int64_t submit_sec;
    int64_t job_id;  /* of a task its array's */
    int64_t task;    /* by which tasks stand in order, those not split off last */
    const char *uid; /* the record's; settles equal job ids */
    const struct queue_rank
        *before;           /* lent: it stands before who is there; NULL: nobody */
    uint32_t kind, height; /* lift.h; of those that stand there the highest first */
    bool waits;            /* in this walk it has been found not to start now */
    bool done;             /* it need not be looked at again in this walk */
    bool hunted;           /* nor need victims be looked for */
};

/* Fewer than these are put in order at once; for as many as memory holds. */
#define QUEUE_RUN 64
#define QUEUE_BOUNDS 64
/* So many entries are looked at between looks at the budget, 50 ns each. */
#define QUEUE_LOOKS 4096

struct queue {
    struct entry *entries;
    size_t n, cap;
    size_t n_sorted; /* from the front, since queue_order */
    size_t bounds[QUEUE_BOUNDS], n_bounds;
    bool dividing; /* up to the nearest bound, by the last one before that: */
    size_t at;     /* looked at up to here, */
    size_t place;  /* those before it up to here */
};

void queue_fini(struct queue *q);
/* What these are of a job's entry. */
int64_t queue_job_id(const struct job *job);
int64_t queue_task(const struct job *job);
/* Which of two jobs of equal priority comes first, as for qsort; 0: the one whose uid
 * does. */
int queue_compare_jobs(const struct job *a, const struct job *b);
/* Where it would stand by itself. */
struct queue_rank queue_rank_of(const struct entry *entry);
/* Which comes first, as for qsort. */
int queue_compare_ranks(const struct queue_rank *a, const struct queue_rank *b);
/* To be filled in by the caller. */
struct entry *queue_add(struct queue *q);
/* All have been added. Until more are, queue_at gives those in their places. */
void queue_order(struct queue *q);
/* The i-th in order. */
struct entry *queue_at(struct queue *q, size_t i);
/* Works so that this costs nothing, but looks at about `most` entries at a time; false:
 * it is to be called again. One or two of QUEUE_LOOKS can do all that a short queue
 * needs. */
bool queue_ready(struct queue *q, size_t i, size_t most);

#endif
