/*
 * whoami - who the caller is to the API server: the name is what a job's user is, the
 * groups are those that partitions speak of.
 */
#ifndef GANTRY_CLI_WHOAMI_H
#define GANTRY_CLI_WHOAMI_H

#include "cmd/gantry/api.h"

struct caller {
    char *name;
    char **groups;
    size_t n_groups;
    bool operates; /* may operate on BatchJobs: an operator */
};
#define CALLER_AUTO __attribute__((cleanup(caller_fini)))

/* Asks the server (a SelfSubjectReview, which everybody may). Heap; NULL and err. */
char *whoami(struct api *c, struct err *err);
/* All of it: also a SelfSubjectAccessReview. */
int caller_ask(struct caller *ret, struct api *c, struct err *err);
void caller_fini(struct caller *caller); /* all zero is fine */

#endif
