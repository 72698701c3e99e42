/*
 * jobfilter - which jobs squeue, scancel and sprio mean: lists (squeue's -j -u -t -p -A
 * -q -n -w -L -R).
 *
 * Each list is apart by commas; a job must be in all that are given. Without a list of
 * states pending, running and completing jobs are meant, as in Slurm.
 */
#ifndef GANTRY_CLI_JOBFILTER_H
#define GANTRY_CLI_JOBFILTER_H

#include "base/hostlist.h"
#include "cmd/gantry/joblist.h"

struct names {
    char **list;
    size_t n;
};

struct job_ref {
    int64_t id, task; /* task -1: all of them */
};

struct jobfilter {
    struct names users, partitions, accounts, qos, job_names, licenses, reservations;
    struct hostlist nodes;
    struct job_ref *jobs;
    size_t n_jobs;
    const struct job_word **states;
    size_t n_states;
    bool any_state; /* "-t all" */
};
#define JOBFILTER_AUTO __attribute__((cleanup(jobfilter_fini)))

void jobfilter_fini(struct jobfilter *f); /* all zero is fine */

/* "a,b" into names; empty items are left out. NULL and "" give none. */
void names_parse(struct names *ret, const char *text);
void names_fini(struct names *names);
bool names_has(const struct names *names, const char *name);

/* ERR_INVALID: "Invalid job id: x"; "Invalid job state specified: x; ..." */
int jobfilter_jobs(struct jobfilter *f, const char *text, struct err *err);
int jobfilter_states(struct jobfilter *f, const char *text, struct err *err);
/* Names or numbers of users. */
void jobfilter_users(struct jobfilter *f, const char *text);

bool jobfilter_shows(const struct jobfilter *f, const struct jobrow *r);
/* What the server can sort out itself, as a field selector appended; "" where nothing.
 */
void jobfilter_selector(const struct jobfilter *f, struct str *out);
/* Adds the rows of the jobs that may be shown, of `ns` (NULL: everywhere), without
 * those that the server can sort out. `about`: JOB_..., what is looked at beside the
 * filter's own. */
int jobfilter_fetch(const struct jobfilter *f, struct api *c, const char *ns,
                    unsigned about, struct joblist *list, struct err *err);

#endif
