/*
 * depcircle - would a changed dependency close a circle of jobs that wait for each
 * other? Slurm refuses it: "Circular job dependency".
 *
 * By what the pending jobs of the list still wait for, in any way, "?" included. Jobs
 * that somebody may not see close none here; the controller tells of those
 * (scheduler/circle.h).
 */
#ifndef GANTRY_CLI_DEPCIRCLE_H
#define GANTRY_CLI_DEPCIRCLE_H

#include <stdbool.h>

#include "cmd/gantry/joblist.h"

/* Of a row of the list, whole rows all of them; text that is no dependency closes none.
 */
bool depcircle_closes(const struct joblist *jobs, const struct jobrow *r,
                      const char *dependency);

#endif
