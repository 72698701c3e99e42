/* What the files of charge share. */
#ifndef GANTRY_SCHEDULER_CHARGE_PRIVATE_H
#define GANTRY_SCHEDULER_CHARGE_PRIVATE_H

#include "scheduler/charge.h"
#include "scheduler/usage.h"

/* ---- charge_rate.c ---- */

/* What a job pays for each second: its TRES, its billing and the second itself, times
 * the usage factor of its own QOS. From its start to `to_sec`, or to its end. */
struct usage_charge charge_of(const struct sched *s, const struct job *job,
                              int64_t to_sec);
/* Where the job runs; NULL: nowhere, or in none that there still is. */
const struct partition *charge_part(const struct sched *s, const struct job *job);
/* Is it known when a job ended whose pods are being cleaned up? */
bool charge_has_end(const struct job *job);

#endif
