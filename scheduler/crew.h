/*
 * crew - how many tasks of each array hold nodes.
 *
 * Counted are jobs from STARTING to COMPLETING that are tasks, and an array itself
 * while its own start has not been told of as a task's.
 */
#ifndef GANTRY_SCHEDULER_CREW_H
#define GANTRY_SCHEDULER_CREW_H

#include <stdint.h>

struct job;
struct crew;

struct crews {
    struct crew *arrays; /* hash; those of which there are any */
};

void crews_fini(struct crews *crews);

/* `sign` 1: the job is one more, if it counts; -1: one less. */
void crews_count(struct crews *crews, const struct job *job, int64_t sign);
/* Of the array that the job is, or is a task of. */
int64_t crews_active(const struct crews *crews, const struct job *job);

#endif
