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
#include "crds/array.h"

struct names {
    char **list;
    size_t n;
};

/* "42", "42_3", "42_[3-5,7]", "42+1". */
struct job_ref {
    int64_t id;
    bool all;          /* with all its tasks or components; else these: */
    int64_t component; /* -1: none is named */
    struct taskset tasks;
};

struct jobfilter {
    struct names users, partitions, accounts, qos, job_names, licenses, reservations;
    struct hostlist nodes;
    struct job_ref *jobs;
    size_t n_jobs;
    const struct job_word **states;
    size_t n_states;
    bool any_state; /* "-t all" */
    bool hides;     /* nothing of hidden partitions (hidden.h), which are these, once
                     * jobs have been fetched */
    struct names hidden;
};
#define JOBFILTER_AUTO __attribute__((cleanup(jobfilter_fini)))

void jobfilter_fini(struct jobfilter *f); /* all zero is fine */

/* "a,b" into names; empty items are left out. NULL and "" give none. Commas within
 * brackets are of a name. */
void names_parse(struct names *ret, const char *text);
void names_append(struct names *names, char *take_name);
void names_fini(struct names *names);
bool names_has(const struct names *names, const char *name);

bool job_ref_parse(const char *text, struct job_ref *ret);
/* Does it name a single component, by offset or by number, of the whole job whose row
 * this is? `ret`: which. */
bool job_ref_component(const struct job_ref *ref, const struct jobrow *r, int64_t *ret);
#define JOB_REF_COMPONENT_WORDS \
    "Operation not permitted on individual component of heterogeneous job"
/* Is the row of that job, or of one of these tasks or components? */
bool job_ref_means(const struct job_ref *ref, const struct jobrow *r);
/* Those tasks that an array's row stands for and the ref means; none: it does not. */
struct taskset job_ref_left(const struct job_ref *ref, const struct jobrow *r);

/* ERR_INVALID: "Invalid job id: x"; "Invalid job state specified: x; ..." */
int jobfilter_jobs(struct jobfilter *f, const char *text, struct err *err);
int jobfilter_states(struct jobfilter *f, const char *text, struct err *err);
/* Names or numbers of users. */
void jobfilter_users(struct jobfilter *f, const char *text);

/* Never an array all of whose tasks have rows of their own. */
bool jobfilter_shows(const struct jobfilter *f, const struct jobrow *r);
/* What the server can sort out itself, as a field selector appended; "" where nothing.
 */
void jobfilter_selector(const struct jobfilter *f, struct str *out);
/* Adds the rows of the jobs that may be shown, of `ns` (NULL: everywhere), without
 * those that the server can sort out. `about`: JOB_..., what is looked at beside the
 * filter's own. */
int jobfilter_fetch(struct jobfilter *f, struct api *c, const char *ns, unsigned about,
                    struct joblist *list, struct err *err);

#endif
