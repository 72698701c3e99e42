/*
 * hetrow - the components of a heterogeneous job as rows of their own.
 *
 * Slurm has a job for each component; here they are one BatchJob. Each has a number:
 * they follow that of the job, which the first one has too.
 */
#ifndef GANTRY_CLI_HETROW_H
#define GANTRY_CLI_HETROW_H

#include "cmd/gantry/jobrow.h"

/* Of a whole job's row as it was read, before jobrow_finish: its components, finished.
 * Returns how many; 0: it has none, or their numbers are not known yet. */
size_t hetrow_split(const struct jobrow *whole, const struct partlist *parts,
                    struct arena *arena, struct jobrow ret[COMPONENTS_MAX]);

#endif
