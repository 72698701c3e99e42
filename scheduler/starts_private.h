/* What the files of starts share. */
#ifndef GANTRY_SCHEDULER_STARTS_PRIVATE_H
#define GANTRY_SCHEDULER_STARTS_PRIVATE_H

#include "scheduler/core.h"

/* ---- starts_gather.c ---- */

/* Makes sched.candidates anew, of the jobs listed and, where room has grown since, of
 * planned ones in that scope or a wider one. */
void starts_gather(struct sched *s, enum scope scope);
/* The same, where those of planned jobs do still: they are kept, and who was tried in
 * vain has a turn again. False: they do not. */
bool starts_gather_on(struct sched *s);

#endif
