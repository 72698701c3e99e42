/*
 * payers - is there what a job is to be charged to: its QOS and its account?
 *
 * Slurm takes none else. What the caller may not see is left to the controller, which
 * says it as the job's reason; so are accounts while there is none at all, as their
 * names mean nothing then.
 */
#ifndef GANTRY_CLI_PAYERS_H
#define GANTRY_CLI_PAYERS_H

#include "cmd/gantry/api.h"

/* "high" or "high,low". ERR_INVALID, in Slurm's words and which: one does not exist. */
int payers_check_qos(struct api *c, const char *names, struct err *err);
/* Likewise. */
int payers_check_account(struct api *c, const char *name, struct err *err);

#endif
