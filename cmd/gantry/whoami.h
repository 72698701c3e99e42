/*
 * whoami - the name that the API server knows the caller by: what a job's user is.
 */
#ifndef GANTRY_CLI_WHOAMI_H
#define GANTRY_CLI_WHOAMI_H

#include "cmd/gantry/api.h"

/* Asks the server (a SelfSubjectReview, which everybody may). Heap; NULL and err. */
char *whoami(struct api *c, struct err *err);

#endif
