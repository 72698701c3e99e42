/*
 * crew - how many tasks of each array hold nodes, now and over coming time.
 *
 * Counted are jobs from STARTING to COMPLETING that are tasks, and an array itself
 * while its own start has not been told of as a task's.
 *
 * Of an array that has a limit on them (%N) it is known as well in which slots of the
 * timeline they hold nodes, or will by their plans: a task is planned for when one of
 * so many is over, behind which others are planned in turn.
 *
 *     %1     |0: task 0 runs |11: task 1 |23: task 2 |35 ...
 */
#ifndef GANTRY_SCHEDULER_CREW_H
#define GANTRY_SCHEDULER_CREW_H

#include <stddef.h>
#include <stdint.h>

struct crew;
struct job;
struct jobrec;
struct sched;

struct crews {
    struct crew *arrays; /* hash; those of which there are any */
};

void crews_fini(struct crews *crews);

/* `sign` 1: the job is one more, if it counts; -1: one less. */
void crews_count(struct crews *crews, const struct job *job, int64_t sign);
/* Of the array that the job is, or is a task of. */
int64_t crews_active(const struct crews *crews, const struct job *job);

/* Its claim is on the timeline from now on, or no longer. Of a job that is no task, or
 * has no limit: nothing happens. */
void crews_enter(struct sched *s, struct jobrec *rec);
void crews_leave(struct sched *s, struct jobrec *rec);
/* The timeline is empty. */
void crews_empty(struct crews *crews);

/* The last of the slots [first, last) in which so many others of its array are under
 * way that it may not be; SIZE_MAX: in none. */
size_t crew_short(struct sched *s, const struct jobrec *rec, size_t first, size_t last);

#endif
