/*
 * billing - what an allocation costs: Slurm's billing TRES.
 *
 * The sum of a partition's weights (TRESBillingWeights) times what the job has: CPUs,
 * MiB of memory, nodes, GPUs (of a type, or of all), any other resource, licences. With
 * PRIORITY_MAX_TRES it is the largest of these instead, and licences, which are of no
 * node, added; with PRIORITY_MAX_TRES_GRES the largest of CPUs, memory and nodes, and
 * all the others added.
 *
 * A partition without weights: CPUs, as in Slurm, and besides BILLING_GPU for each GPU,
 * so that GPUs are paid for from the first day: a node of 8 of them commonly has 128
 * CPUs, and then its GPUs cost as much as all its CPUs.
 *
 * Whole numbers; what is less than 1 is cut off.
 */
#ifndef GANTRY_SCHEDULER_BILLING_H
#define GANTRY_SCHEDULER_BILLING_H

#include <stdint.h>

#include "scheduler/cluster.h"
#include "scheduler/model.h"

#define BILLING_GPU 16

/* `part`, theirs, NULL: as one without weights. `flags` are priority_flags. */
int64_t billing_of(const struct cluster *c, const struct partition *part,
                   const struct holding *h, int64_t flags);

#endif
