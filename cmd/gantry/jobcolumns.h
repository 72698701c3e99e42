/*
 * jobcolumns - squeue's columns: a row of jobrow.h as squeue prints it.
 *
 * All letters of -o and names of -O that Slurm has for jobs are there; what no job of
 * Gantry has (a wckey, sockets) prints Slurm's word for nothing.
 */
#ifndef GANTRY_CLI_JOBCOLUMNS_H
#define GANTRY_CLI_JOBCOLUMNS_H

#include "cmd/gantry/columns.h"
#include "cmd/gantry/jobrow.h"
#include "cmd/gantry/slurmtime.h"
#include "cmd/gantry/users.h"

/* What the cells of all rows share. */
struct jobcolumns {
    struct slurmtime_style style; /* its now_sec is the time of the list */
    struct users *users;
    bool noconvert; /* sizes in megabytes */
    const char *cluster;
};

extern const struct column jobcolumns[];

/* Where the output of a script job goes, with Slurm's patterns (%j, %x, ...) filled in,
 * absolute; "(null)" for a job that is no script. `path` is spec.output or spec.error;
 * NULL: the default. */
void jobcolumns_output(const struct jobrow *r, const char *path, struct str *out);
/* Does it share its nodes' CPUs? Slurm's word for it. */
const char *jobcolumns_sharing(const struct jobrow *r);
/* Memory of one node: "4G", "1500M"; "0" when nothing is known. */
void jobcolumns_memory(const struct jobrow *r, bool noconvert, struct str *out);
/* GPUs for each node as TRES_PER_NODE has them, "gres/gpu:h100:4"; "N/A". */
void jobcolumns_gpus(const char *gpus, struct str *out);
/* "(Resources)" or the nodes. */
void jobcolumns_reason_list(const struct jobrow *r, struct str *out);

#endif
