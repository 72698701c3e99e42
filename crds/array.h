/*
 * array - job arrays: which tasks there are, and how many of them may be under way.
 *
 * Slurm's grammar, in brackets or not: item{,item}[%limit], an item being 3, 0-15 or
 * 0-15:4. A limit of 0 is none.
 *
 * A BatchJob with spec.array is one record for all of its tasks that have not been
 * split off. A task that is about to start, or is held by itself, is split off: it
 * becomes a BatchJob of its own, owned by the array's, named by its id and index, with
 * the array's spec and the two labels below. So all that holds of a job (requeue,
 * cancel, exit code, dependencies, usage) holds of a task, and the array's object stays
 * small whatever its tasks' placements are; that costs a create and a delete for each
 * task.
 */
#ifndef GANTRY_CRDS_ARRAY_H
#define GANTRY_CRDS_ARRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "scheduler/model.h"

#define ARRAY_INVALID "Invalid job array specification" /* Slurm's words */

/* Of a task's BatchJob, and the second of its pods. */
#define LABEL_ARRAY_JOB "gantry.dev/array-job-id"
#define LABEL_ARRAY_TASK "gantry.dev/array-task"

struct array {
    struct taskset tasks;
    int64_t limit; /* that may be under way at a time; 0: no limit */
};

/* status.array: how those stand that have been split off; no task is in two sets. */
struct array_status {
    struct taskset split;     /* wait, as BatchJobs of their own */
    struct taskset running;   /* have started, or are about to, and not ended */
    struct taskset completed; /* ended well */
    struct taskset failed;    /* ended otherwise */
    struct taskset cancelled; /* also before they were split off */
};

/* ERR_INVALID: "Invalid job array specification: ..."; an empty list is none. */
int array_parse(const char *text, struct array *ret, struct err *err);

/* ERR_INVALID: an index of them is not below maxArraySize; 0: any may be. `text`: as
 * they were written. */
int array_check(const struct taskset *tasks, const char *text, int64_t max_array_size,
                struct err *err);

/* ---- objects ---- */

/* The uid, lent, of the array that the BatchJob is a task of; NULL, and nothing is
 * written: it is no task, as nothing is one of itself. */
const char *array_task_read(const struct json *batchjob, int64_t *ret_job_id,
                            int64_t *ret_index);
/* What cannot be read is empty. */
void array_status_read(const struct json *status_array, struct array_status *ret);
/* With the tasks that are left, as PENDING. */
struct json *array_status_write(const struct array_status *status,
                                const struct taskset *all);
/* As the scheduler's model has them, of the tasks of `all`. */
void array_status_sets(const struct array_status *status, const struct taskset *all,
                       struct job_array *ret);
bool array_status_equal(const struct array_status *a, const struct array_status *b);
/* Those that have been split off and not ended. */
struct taskset array_status_out(const struct array_status *status);
/* Those of `all` that have not been split off. */
struct taskset array_status_left(const struct array_status *status,
                                 const struct taskset *all);

#endif
