/*
 * variant - a shape as a partition has it: what its jobs ask for there.
 *
 * A partition may say more than the job does, as in slurm.conf:
 *
 *   DefCpuPerGPU    CPUs for each GPU, where the job says nothing of CPUs
 *   DefMemPerNode   memory, where the job says nothing of memory; likewise:
 *   DefMemPerCPU
 *   DefMemPerGPU
 *   MaxMemPerCPU    with more memory a CPU than that, the job gets more CPUs
 *   Exclusive       no other job's pods on its nodes, be they of another component;
 *                   or none of another user's
 *   OverSubscribe   a share of the CPUs, which others have as well (oversubscribe.h)
 *   MaxCPUsPerNode  what the job asks for of that, too (quota.h)
 *
 * in this order; and where reservations hold portions of nodes, what it takes of its
 * lot, or of what nobody holds (portion.h). Jobs of several partitions may so differ
 * from one to the next; their own request stays as it is, so that another partition, or
 * a changed one, begins with that. A variant is a shape like any other: jobs that asked
 * for as much themselves share it. It is found once for each shape, partition and lot.
 */
#ifndef GANTRY_SCHEDULER_VARIANT_H
#define GANTRY_SCHEDULER_VARIANT_H

#include <stdbool.h>

#include "scheduler/cluster.h"
#include "scheduler/shape.h"

/* Makes a request, with all of its components, what it is in a partition, and they in
 * those of their own; and in a lot. */
void variant_apply(const struct cluster *c, const struct partrec *part, struct lot lot,
                   struct job *request);
/* Likewise one component. `gpu` is the index of GPUs; -1: none. */
void variant_apply_one(const struct partition *part, int gpu, struct job *component);
/* What it asks for there at least, in all; and each pod of it by itself. */
struct resvec variant_ask(const struct partition *part, int gpu,
                          const struct job *component, struct resvec *ret_pod);
/* The shape that jobs of a shape have in a partition and lot: often the same. Lent
 * while that is held, and neither partitions nor resources change. */
struct shape *variant_of(struct shape **shapes, struct shape *shape,
                         const struct cluster *c, const struct partrec *part,
                         struct lot lot);

#endif
