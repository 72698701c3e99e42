/*
 * jobvalue - whether what a job is changed to can be read at all.
 *
 * The API server knows the grammars of a spec only roughly. A job whose dependency,
 * constraint or host list nobody can read waits for good, so scontrol refuses it, as
 * sbatch refuses such an option.
 */
#ifndef GANTRY_CLI_JOBVALUE_H
#define GANTRY_CLI_JOBVALUE_H

#include "base/err.h"

/* `field` of a BatchJob's spec; those without a grammar of their own pass. ERR_INVALID:
 * what is wrong with the value, not empty. */
int jobvalue_check(const char *field, const char *value, struct err *err);

#endif
