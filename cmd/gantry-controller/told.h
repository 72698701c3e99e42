/*
 * told - what the core has been told of a job.
 *
 * The core keeps a job as STARTING from its own decision on, and must be told only
 * states that are later than that decision; and it is not told the same again, since
 * each telling costs a step.
 */
#ifndef GANTRY_CONTROLLER_TOLD_H
#define GANTRY_CONTROLLER_TOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "scheduler/model.h"

struct record;

/* What was told last. */
struct told {
    bool known;
    int64_t generation, job_id, eligible_sec, attempt;
    uint64_t outlooks; /* its record's: where it is queued, where its volumes are */
    enum job_phase phase;
    bool failed; /* of one that has ended, and: */
    int64_t start_sec;
    int64_t array_id, array_task; /* of a task; else 0 */
    uint64_t admitted;   /* the knowledge that its request is of; 0: its spec */
    int64_t amendments;  /* of its attempt */
    uint32_t over, gone; /* its components that ended before it (jstatus.h) */
    uint64_t tasks;      /* of an array: a hash of how they stand */
    int64_t tasks_limit; /* of an array, and of its tasks */
};

/* Tells the core how the job stands, also one that is not to be scheduled, or that it
 * is no more. */
void told_update(struct record *r);
/* The core itself decided the start. */
void told_start(struct record *r);

#endif
