/*
 * arrays - arrays that wait as one record, and which of their tasks are still in it.
 *
 * The core has an array as one job until its tasks are split off, each as it starts, or
 * to wait by itself. What becomes of each task is told apart nevertheless: it is a job
 * of the workload from the beginning (`work.within` says of which record), and has a
 * number of its own once it is split off.
 *
 *   record-3   left 2-99      the core's job
 *     place 17   task 2       not split off: has no job of the core's yet
 */
#ifndef GANTRY_SIM_ARRAYS_H
#define GANTRY_SIM_ARRAYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cmd/gantry-sim/workload.h"
#include "scheduler/reason.h"

struct berth {
    size_t within; /* of the workload's records, from 1 */
    int64_t task;
    size_t job; /* place in the workload */
};

struct array {
    const struct job *record;   /* as it was at first, the workload's */
    bool told;                  /* it has been submitted: the core knows it, or */
    enum reason refused;        /* it was not taken in, and all are still left */
    char *message;              /* NULL: it was */
    struct taskset left;        /* not split off */
    const struct berth *berths; /* of those that were not at first, by their indices */
    size_t n;
};

struct arrays;

/* The workload is lent. */
struct arrays *arrays_new(const struct workload *load);
void arrays_free(struct arrays *a); /* NULL is fine */
/* By a uid of the core's; NULL: it is a job, or an array without tasks left. */
struct array *arrays_named(struct arrays *a, const char *uid);
/* That a job of the workload is in; NULL: it is a job of its own, by now. */
struct array *arrays_with(struct arrays *a, size_t job);
/* Is the record among those that wait? Others the core is told of at the beginning. */
bool arrays_wait(const struct arrays *a, size_t record);
/* The place in the workload of one of its tasks. */
size_t array_job(const struct array *array, int64_t task);

#endif
