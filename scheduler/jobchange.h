/*
 * jobchange - what the core is told of one job, taken in.
 *
 * Whatever is counted of a job is taken out as it was before and entered as it is now.
 * What had been found of it stays, where it still says the same (jobchange_same.c): the
 * promise, what its dependencies have come to. A change that changes nothing wakes
 * nobody. Numbers that cannot be meant become the nearest that can (jobchange_sane.c).
 */
#ifndef GANTRY_SCHEDULER_JOBCHANGE_H
#define GANTRY_SCHEDULER_JOBCHANGE_H

#include <stdbool.h>

#include "scheduler/model.h"

struct sched;

/* A job that is new, or another than before. Takes it over. */
void jobchange_apply(struct sched *s, struct job *job);
/* It is no more. Of one that is not known: nothing. */
void jobchange_apply_gone(struct sched *s, const char *uid);

void jobchange_make_sane(struct job *job);

/* Does its plan say all that is to be settled: where, and with which licence, among
 * what the job names? */
bool jobchange_is_settled(const struct job *job);

/* Two states of a job: do they hold the same of nodes? */
bool jobchange_slots_equal(const struct job *a, const struct job *b);
/* Have their components the same time limits, and ended? */
bool jobchange_ends_equal(const struct job *a, const struct job *b);
bool jobchange_partitions_equal(const struct job *a, const struct job *b);
bool jobchange_reservations_equal(const struct job *a, const struct job *b);
bool jobchange_qos_lists_equal(const struct job *a, const struct job *b);
/* Do they look the same from the queue (their shapes apart)? */
bool jobchange_policy_equal(const struct job *a, const struct job *b);
/* Do they look the same to jobs that depend on it? */
bool jobchange_standing_equal(const struct job *a, const struct job *b);

#endif
