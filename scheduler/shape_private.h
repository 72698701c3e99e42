/*
 * shape_private - what the files of shape.h share.
 */
#ifndef GANTRY_SCHEDULER_SHAPE_PRIVATE_H
#define GANTRY_SCHEDULER_SHAPE_PRIVATE_H

#include "scheduler/shape.h"

/* Adds to `key` all that two jobs of one shape have alike: their requests and filters,
 * and those of their components. */
void shape_key(struct str *key, const struct job *job);

/* The component `other` of a job's others, with what it has of the job's; it borrows
 * the rest. */
struct job shape_component_of(const struct job *job, size_t other);

#endif
