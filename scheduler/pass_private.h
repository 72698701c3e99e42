/*
 * pass_private - between the parts of the walk through the queue: pass_entry.c makes
 * entries, pass_fill.c fills the queue with them, pass.c walks through it, pass_crowd.c
 * counts who waits for the same nodes.
 */
#ifndef GANTRY_SCHEDULER_PASS_PRIVATE_H
#define GANTRY_SCHEDULER_PASS_PRIVATE_H

#include "scheduler/core.h"

/* Does the job name its i-th partition twice, before that already? */
bool pass_listed_before(const struct job *job, size_t i);
/* Once for each job, at its first entry that waits. */
void pass_join_crowd(struct sched *s, const struct entry *entry);

#endif
