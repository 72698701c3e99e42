/*
 * quota - how many CPUs of each node the jobs of a partition use together at most:
 * Slurm's MaxCPUsPerNode, which keeps CPUs of GPU nodes for those who ask for GPUs.
 *
 * Each partition with such a bound has a resource that no object names: each of its
 * nodes has as much of it as the bound says, and its jobs take as much as they take of
 * CPU. So whatever plans resources plans this one. Its columns lie behind those that
 * have names; partitions without a common node share one:
 *
 *      partition   bound   nodes     column
 *      cpu         4       n1 n2     6
 *      gpu         2       n2        7
 *      old         8       n3        6
 *
 * What people are told of, and the slots of jobs, are without: it is added where slots
 * are entered into the timeline (book.h), and dropped where a placement becomes slots.
 * On a node that is not of the partition any more nothing is counted.
 *
 * As in slurmctld (job_test.c), an exclusive job, which takes all CPUs of its nodes,
 * gets none that has more of them than the bound.
 */
#ifndef GANTRY_SCHEDULER_QUOTA_H
#define GANTRY_SCHEDULER_QUOTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scheduler/cluster.h"

/* Columns, and what nodes have, as partitions are now, whose node sets are settled.
 * True: something is not as it was. */
bool quota_settle(struct cluster *c);

/* Its bound, in thousandths; 0: none. */
int64_t quota_bound(const struct partition *part);
/* Has it a bound that nothing can keep: are there too many of its nodes' partitions? */
bool quota_is_lacking(const struct partrec *part);
/* What a component asks for, or a unit of one, in the partition. */
void quota_ask(const struct partrec *part, bool exclusive, struct job *component);
/* Adds what slots on the node take, in the partition (NULL: it is gone). */
void quota_add(const struct partrec *part, size_t position, struct resvec *amount);
/* As whose: in which partition, and of which lot (portion.h). */
struct tenure {
    const struct partrec *part; /* NULL: it is gone */
    struct lot lot;
};
/* All that the pods of a slot take of a node, with what portions add. */
struct resvec quota_use(const struct cluster *c, const struct tenure *as,
                        const struct slot *slot, size_t position);
/* Is the node too large to be taken whole by jobs that ask for so much? */
bool quota_shuts(const struct cluster *c, const struct job *like,
                 const struct noderec *node);
bool quota_is_column(const struct cluster *c, int column);
/* Leaves what has a name. */
void quota_drop(const struct cluster *c, struct resvec *amount);

#endif
