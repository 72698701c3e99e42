/* What the files of starts share. */
#ifndef GANTRY_SCHEDULER_STARTS_PRIVATE_H
#define GANTRY_SCHEDULER_STARTS_PRIVATE_H

#include "scheduler/core.h"

/* ---- starts_gather.c ---- */

/* Makes sched.candidates anew, of the jobs listed and, where room has grown since, of
 * planned ones: all of them, or where that will do a few of those that come first. */
void starts_gather(struct sched *s, bool few);

#endif
