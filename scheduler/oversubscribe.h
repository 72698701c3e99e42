/*
 * oversubscribe - CPUs that several jobs of a partition have at once: Slurm's
 * OverSubscribe=FORCE:n, and YES:n for jobs that ask for it (--oversubscribe).
 *
 * As in slurm.conf, each CPU may be allotted to n jobs of the partition; memory and
 * GPUs are never shared. A kubelet admits no more CPU requests than its node has, so
 * the pods of a job that shares its CPUs take, and request, an n-th of them. All else
 * goes by the CPUs that the job asked for: limits, billing, usage, what people see, and
 * what the job is told that it has (slot.cpu_milli).
 *
 *      n1: 8 CPUs, FORCE:4     takes   counts for
 *      job 1, of 8 CPUs        2       8
 *      job 2, of 8 CPUs        2       8
 *      job 3, of 4 CPUs        1       4           3 CPUs are left: 12 for such jobs
 *
 * An n-th is rounded down to thousandths, so that n jobs of all CPUs of a node fit; no
 * pod that asks for CPU takes less than one. What the server adds to a pod's requests
 * (sidecars, defaults of a LimitRange) is its own: of 8 CPUs and 1 that was added it
 * takes 3 with FORCE:4, and counts for 8; whatever it takes it counts for at least.
 *
 * No job has more CPUs of a node than that has. Wherever amounts are compared, a
 * resource that no object names sees to this: each node has as much of it as of CPU,
 * jobs that share ask for what they count for, and nothing is ever taken of it. It is
 * one column for all partitions, beside those of quota.h. Slots are without.
 *
 * MaxCPUsPerNode bounds what the jobs of a partition take of a node together; no pod
 * asks for more than that either.
 *
 * A job that has its nodes alone shares nothing, also where it asks for that itself;
 * in Slurm the partition's word comes before such a job's. Unlike there, an n-th is
 * promised and not a certain core, and partitions do not share with each other: what
 * one takes of a node's CPUs the others have not.
 */
#ifndef GANTRY_SCHEDULER_OVERSUBSCRIBE_H
#define GANTRY_SCHEDULER_OVERSUBSCRIBE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "scheduler/cluster.h"
#include "scheduler/model.h"

/* Larger shares than that would be of no use to anybody. */
#define OVERSUBSCRIBE_MAX 64
#define OVERSUBSCRIBE_DEFAULT 4 /* of YES and FORCE without a number */

/* "NO", "YES:2", "FORCE" and the like, as slurm.conf has them; of EXCLUSIVE it is for
 * others to know. False: it is none of these, and nothing is changed. */
bool oversubscribe_read(const char *word, struct partition *part);
/* The word for it; FORCE:1 is one of its own. */
void oversubscribe_say(const struct partition *part, struct str *out);
/* So many jobs may have a CPU of the partition; 1: none is shared. */
int64_t oversubscribe_jobs(const struct partition *part);
/* Does the job share its CPUs there, given all that is known of who has nodes alone? */
bool oversubscribe_is_for(const struct partition *part, const struct job *job);
/* Makes the amounts of a component that does, what it takes there. */
void oversubscribe_ask(const struct cluster *c, const struct partition *part,
                       struct job *component);
/* What a slot of such a component, of these amounts, counts for (slot.cpu_milli); 0 of
 * others. */
int64_t oversubscribe_counts(const struct job *like, const struct resvec *each);

#endif
