/*
 * relative - limits in percent: Slurm's QOS flag Relative.
 *
 * All limits on TRES of such a QOS are percent of what there is: of what the nodes of a
 * partition have, where it is that partition's QOS, else of what all nodes have, up or
 * not. Of licences there is what the settings say; of billing what the
 * nodes would cost as a whole, each in the dearest of its partitions. Minutes are those
 * of so much. What is less than a unit of the model is cut off.
 *
 * Who is the QOS of a partition is no QOS of jobs, and of no second partition: of
 * several the first by name has it.
 *
 * Source: sacctmgr(1), "Relative".
 */
#ifndef GANTRY_SCHEDULER_RELATIVE_H
#define GANTRY_SCHEDULER_RELATIVE_H

#include <stdbool.h>

#include "base/str.h"
#include "scheduler/core.h"

/* Works the amounts of these limits out anew, and whose QOS they are. True: there is
 * another one than before. */
bool relative_settle(struct sched *s);
/* Is one the QOS of several partitions? Then says so. */
bool relative_say_fault(const struct sched *s, const struct qos *qos, struct str *out);

#endif
