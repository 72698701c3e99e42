/*
 * jobsort - the order of squeue's rows: -S, as "P,t,-p".
 *
 * A letter of -o is a key, '-' before it turns it round, the first key counts most;
 * commas and '+' are for the reader. Rows equal in all keys stand by job id.
 */
#ifndef GANTRY_CLI_JOBSORT_H
#define GANTRY_CLI_JOBSORT_H

#include "cmd/gantry/jobrow.h"
#include "cmd/gantry/users.h"

#define JOBSORT_KEYS_MAX 32

struct jobsort_key;

struct jobsort {
    struct {
        const struct jobsort_key *key;
        bool reverse;
    } by[JOBSORT_KEYS_MAX];
    size_t n;
    int64_t now_sec;
    struct users *users; /* lent */
};

/* ERR_INVALID: "Invalid sort specification: x". */
int jobsort_parse(struct jobsort *ret, const char *text, struct err *err);
/* What of the jobs it compares, JOB_... of joblist.h. */
unsigned jobsort_about(const struct jobsort *s);
/* Sorts the pointers. */
void jobsort_rows(const struct jobsort *s, const struct jobrow **rows, size_t n);

#endif
