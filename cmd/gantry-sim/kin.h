/*
 * kin - which jobs of a workload must be remembered once they are over, because others
 * depend on how they ended.
 *
 * All others the core may forget. Of an array that somebody waits for the record says
 * how its tasks ended; of one that nobody waits for, and of tasks whose array does, it
 * is no matter. Some come a while after another is over (the think time of the Standard
 * Workload Format). What cannot be depended on (rows that have no number) is never
 * asked about.
 */
#ifndef GANTRY_SIM_KIN_H
#define GANTRY_SIM_KIN_H

#include <stdbool.h>

#include "cmd/gantry-sim/workload.h"

struct kin;

/* The workload is lent. */
struct kin *kin_new(const struct workload *load);
void kin_free(struct kin *k); /* NULL is fine */
/* Does somebody wait for the job itself? */
bool kin_awaits(const struct kin *k, const struct job *job);
/* It is over. Those that come a think time after it, as places in the workload; lent.
 */
const size_t *kin_over(struct kin *k, const struct job *job, int64_t now_sec,
                       size_t *ret_n);
/* From when on a job of the workload comes, by when the one before it was over;
 * TIME_UNSET: it is not yet, or that is no matter. */
int64_t kin_comes(const struct kin *k, const struct work *work);
/* The uid of a task's array, of which somebody waits to hear; NULL: nobody does, or it
 * is no task. */
const char *kin_array(const struct kin *k, const struct job *task);

#endif
