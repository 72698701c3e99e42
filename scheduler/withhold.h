/*
 * withhold - victims that are not told yet.
 *
 * A walk that goes on in slices makes room for one job after the other, and whom one of
 * them needs may turn out not to be needed once others have theirs (reprieve.h). What
 * has been told is done; so who is to end is told when there is nothing more to do, as
 * if it had been one step; or WITHHOLD_SEC after the first was decided, or when they
 * are WITHHOLD_MAX. Until then he is among the decisions of each step, and taken out at
 * its end.
 */
#ifndef GANTRY_SCHEDULER_WITHHOLD_H
#define GANTRY_SCHEDULER_WITHHOLD_H

#include "scheduler/core.h"

#define WITHHOLD_SEC 2
/* Each is tried without once more before they are told, which takes its time. */
#define WITHHOLD_MAX 64

/* At the beginning of a step: those of before are decided again, if they still run and
 * yield to the same job. */
void withhold_bring(struct sched *s);
/* At its end, where there is more to do: true, none of them is told. */
bool withhold_keep(struct sched *s, enum sched_progress progress);
/* Else, once it is known who need not end after all: they are. */
void withhold_tell(struct sched *s);

#endif
