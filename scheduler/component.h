/*
 * component - a component of a heterogeneous job as a job of its own, as Slurm has it:
 * so limits count it, and so it is charged.
 *
 * It has the identity, the policy and the times of the whole; amounts and slots are its
 * own, and account, QOS, partition and time limit where it names one. One that has
 * ended before the job is as a job that completes. Licences the job has once: they are
 * the first component's. On what nodes it may be is not to be read there.
 */
#ifndef GANTRY_SCHEDULER_COMPONENT_H
#define GANTRY_SCHEDULER_COMPONENT_H

#include <stddef.h>

#include "scheduler/model.h"

/* All that it points to is the job's. A job that is but one is its only component, and
 * returned itself; else `into`, which is filled. */
const struct job *component_alone(const struct job *job, size_t component,
                                  struct job *into);
/* Those of a component among a job's slots, where they lie together. */
const struct slot *component_slots(const struct slot *slots, size_t n, size_t component,
                                   size_t *ret_n);

#endif
