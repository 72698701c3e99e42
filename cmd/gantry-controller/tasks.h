/*
 * tasks - arrays and their tasks (crds/array.h).
 *
 * The record of an array knows those of its tasks that have a BatchJob; each of them is
 * a job like any other. A START of the array is one of the next of its tasks, which is
 * split off (split.h):
 *
 *   START --> the core has a stand-in, which has the room, and the array without the
 *             task
 *         --> create the task's BatchJob --> status.array of the array has the task
 *         --> the core is told of the task, which is as if START had been said of it
 *
 * The action Hold splits tasks off as well, without a start: their BatchJobs are held,
 * and the core is told of them as of jobs that wait.
 *
 * No task is lost or run twice, whenever a controller dies: its BatchJob has a name
 * that can be made once only, it is not started before status.array has it, and its
 * BatchJob is not deleted before status.array says how it ended. So one that
 * status.array does not know and that has no BatchJob has never run; one that it has as
 * running and that has no BatchJob was deleted by somebody, which cancels it.
 */
#ifndef GANTRY_CONTROLLER_TASKS_H
#define GANTRY_CONTROLLER_TASKS_H

#include <stdbool.h>
#include <stdint.h>

#include "cmd/gantry-controller/next.h"

struct decision;
struct record;
struct splitting;

/* In every record. */
struct tasks {
    struct record *array; /* whose task it is; NULL: it is none */
    struct record **list; /* of an array: its tasks, in no order */
    size_t n, cap;
    struct splitting *splitting; /* tasks on their way, the oldest first */
    char *failure;               /* why one could not be made; NULL */
    int64_t retry_sec;           /* then, not before when others are tried */
};

/* The record has a new version of its object: is it a task? */
void tasks_join(struct record *r);
/* Its object is gone, or no task any more. */
void tasks_leave(struct record *r);
/* Its record ends. */
void tasks_free(struct record *r);
bool tasks_is_empty(const struct record *r);

/* How an array's tasks stand, what is persisted and what is seen put together. */
void tasks_status(const struct record *array, struct array_status *ret);
/* Likewise, with those whose BatchJobs are being made among the running ones. */
void tasks_foreseen(const struct record *array, struct array_status *ret);
void tasks_view(const struct record *array, struct array_view *ret);
/* May the core be told of it? All but tasks that status.array does not have yet. */
bool tasks_is_recorded(const struct record *r);
/* Is it written, if it is a task, how it ended? */
bool tasks_end_is_recorded(const struct record *r);
/* When it was submitted: a task with its array. */
int64_t tasks_submit_sec(const struct record *r);
/* The array's action that it is to be given as its own; NULL: none, or its list is
 * full, which the array's outcome says. */
const struct action *tasks_inherited(const struct record *r);

/* Something of it has changed, that its array or its tasks have to know. */
void tasks_tell(struct record *r);
/* This one is split off, to wait by itself: `met` for no other job. */
void tasks_split(struct record *array, int64_t index, bool met);
/* These are split off, held; a moment after a failure, nothing happens. */
void tasks_set_apart(struct record *array, const struct taskset *tasks);
/* The core says START of one of its tasks, which is split off. */
void tasks_start(struct record *array, const struct decision *d);

#endif
