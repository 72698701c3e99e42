/*
 * replica - the name of one run of a controller, which others can tell from its own.
 *
 *   HOST_PID_START_NAMESPACE_BOOT: node7_412_99120_4026531836_2f0e1b3a-...
 *
 * No two runs have the same (base/proc.h), whatever the hosts are called. Who reads the
 * name of a run that was in its own process namespace, after the same boot, knows
 * whether that has ended; of any other it knows nothing.
 */
#ifndef GANTRY_CONTROLLER_REPLICA_H
#define GANTRY_CONTROLLER_REPLICA_H

#include <stdbool.h>

#include "base/err.h"

/* This process's; the caller frees it. NULL and err: /proc says nothing. */
char *replica_name(struct err *err);
/* The run of that name has ended, for certain. */
bool replica_has_ended(const char *name);

#endif
