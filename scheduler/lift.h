/*
 * lift - who may preempt another that waits stands before it in the queue, whatever
 * their tiers and priorities: Slurm's rule, and with the same aim. Whatever is free, or
 * can be made so, is offered to who could take it anyway first; nobody begins to be
 * ended for one that waits behind it.
 *
 *     tier  priority  QOS     stands       high may preempt low: 3 is lifted to right
 *     2     700       low 1   3  lifted    before 1, the first whom it may. 2 stands
 *     2     500       -   2   1            where it did.
 *     1     900       high 3  2
 *
 * It is lifted no further than right before the first of them, so that nobody else
 * comes behind it for more than that; of several that are lifted to one place who may
 * preempt the others is first, then they stand as they did. Along lists that lead on
 * (top may preempt high, that one low) all are lifted, also where top does not list
 * low. By partition the tiers say all this, but for jobs with components of their own
 * and those in a reservation, which are above all tiers.
 *
 * By QOS, partition and whether they are in a reservation jobs are of kinds; which may
 * preempt which is found once for all of a kind.
 */
#ifndef GANTRY_SCHEDULER_LIFT_H
#define GANTRY_SCHEDULER_LIFT_H

#include <stddef.h>
#include <stdint.h>

#include "scheduler/queue.h"

struct jobrec;
struct sched;
struct lift_kind;

/* All zero is none. */
struct lifts {
    struct lift_kind *kinds;
    size_t n, cap;
    struct queue_rank *ranks; /* of each entry, where priorities count */
    uint32_t *order;          /* likewise: who may be preempted first */
};

void lifts_fini(struct lifts *l);
/* The queue is to be filled. */
void lift_begin(struct lifts *l);
/* Says of which kind an entry is, one of a job that is looked at with its QOS. */
void lift_know(struct sched *s, struct entry *entry);
/* Says of all of them, once the queue is full, where they stand; it is to be put in
 * order then. Their ranks are lent until lift_begin. */
void lift_run(struct sched *s);

#endif
