/*
 * split - one task of an array on its way to a job of its own.
 *
 *   stand-in in the core, which holds the room since the core said START (sched.h)
 *     --> its BatchJob is asked for, once the array has its id --> made, and seen
 *     --> handed over: the array's status has the task, its record has the start
 *
 * One that is to wait by itself has no stand-in, and no start.
 *
 * Nothing but a splitting knows the stand-in, so after a restart there is none, and a
 * task that was not handed over waits as any job does.
 */
#ifndef GANTRY_CONTROLLER_SPLIT_H
#define GANTRY_CONTROLLER_SPLIT_H

#include <stdbool.h>
#include <stdint.h>

#include "crds/array.h"

struct decision;
struct record;

/* Why a task is to be a job of its own. */
enum split_as {
    SPLIT_STARTS,
    SPLIT_HELD,  /* it is to wait, held; */
    SPLIT_WAITS, /* or for what its array waits for; */
    SPLIT_MET,   /* or for no other job any more */
};

/* As the core says START. */
void split_off(struct record *array, const struct decision *start);
/* This start does not take place. */
void split_refuse(struct record *array, int64_t index);
/* These are to wait by themselves. */
void split_apart(struct record *array, const struct taskset *tasks, enum split_as as);
/* Goes on with those that have waited for something of the array, and gives those up
 * whose BatchJobs are gone again. */
void split_tend(struct record *array);
/* Once the task is known to its array's status and has a number, it starts as was
 * decided, if it was. */
void split_hand_over(struct record *task);
/* Those on their way: to a start, and to wait. */
void split_tasks(const struct record *array, struct taskset *ret_starting,
                 struct taskset *ret_apart);
/* May BatchJobs of some yet be made? */
bool split_is_making(const struct record *array);
/* Gives all of them up; what the server does yet is seen later. */
void split_abandon(struct record *array);

#endif
