/*
 * joblist - the BatchJobs there are, as rows (jobrow.h).
 *
 * A row can be had of the whole object, or of what the server's table shows of it: the
 * printer columns of crds/batchjobs.yaml, for a third of the server's work and a tenth
 * of the bytes. The table has what squeue usually shows. Who asks says what the rows
 * are for, and where a job's columns do not tell that, whole objects are fetched: a row
 * does not depend on the way it came. A few heterogeneous jobs, of which no column
 * tells the components, are asked for one by one.
 */
#ifndef GANTRY_CLI_JOBLIST_H
#define GANTRY_CLI_JOBLIST_H

#include "cmd/gantry/api.h"
#include "cmd/gantry/jobrow.h"
#include "cmd/gantry/parts.h"

/* What of a job is looked at, beside identity, state, partition, limit, nodes and TRES,
 * run time and priority. Bits. */
enum {
    JOB_SUBMIT = 1, /* when it was submitted */
    JOB_START = 2,  /* when it starts or started, and its end by that */
    JOB_ACCOUNT = 4,
    JOB_QOS = 8,
    JOB_WHOLE = 16, /* anything */
    JOB_APART = 32, /* a row for each component of a heterogeneous job (hetrow.h) */
};

struct jobquery {
    const char *ns;             /* NULL: everywhere it may look */
    const char *field_selector; /* NULL: none */
    const struct partlist *parts;
    unsigned about; /* JOB_... */
};

/* Rows and their strings. */
struct joblist {
    struct jobrow *rows;
    size_t n, cap;
    size_t unnumbered;             /* jobs left out since they have no id yet */
    int64_t oldest_unnumbered_sec; /* when the oldest of them was made; if that is more
                                    * than two minutes ago, perhaps earlier */
    struct arena *arena;
};
#define JOBLIST_AUTO __attribute__((cleanup(joblist_fini)))

void joblist_init(struct joblist *list);
void joblist_fini(struct joblist *list); /* all zero is fine */

/* Adds the rows of all jobs that the query means. */
int joblist_fetch(struct joblist *list, struct api *c, const struct jobquery *query,
                  struct err *err);

#endif
