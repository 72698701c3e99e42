/*
 * reprieve - victims that need not end after all.
 *
 * Where room is made for several jobs in one step, each takes only whom it needs, by
 * what was known then. One that came later may leave more free than it uses:
 *
 *     n1  [ victim of job 1 ]     job 2 needs two nodes; its victim has three, and
 *     n2  [ victim of job 2       job 1 may as well have the third
 *     n3
 *     n4                    ]
 *
 * So before victims are told (of a walk in slices all together: withhold.h), each is
 * tried without: it runs on if who it was to end for starts no later, or has started
 * elsewhere by now, and nobody else is promised what is in its way. Those of a job that
 * finds a better place are tried at once: else that would be promised to others, who
 * may preempt nobody. Forecasts, which promise nothing, give way.
 */
#ifndef GANTRY_SCHEDULER_REPRIEVE_H
#define GANTRY_SCHEDULER_REPRIEVE_H

#include "scheduler/core.h"

/* Of those that end for a job that has just started, or is planned at a better place:
 * what they have is not others' yet. */
void reprieve_placed(struct sched *s, const struct jobrec *by);
/* Of all, before they are told. True: somebody runs on, and plans have moved. */
bool reprieve_run(struct sched *s);

#endif
