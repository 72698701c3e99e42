/*
 * surroundings - what a script takes along from where it was submitted: variables.
 *
 * --export decides: ALL (also without the option), NONE or NIL, or a list of names and
 * NAME=value, with ALL among them or not. Left out are those that are the terminal's
 * own (_, PWD, OLDPWD, SHLVL, HOSTNAME), those that a job is given (SLURM_...,
 * GANTRY_..., the visible devices), and Kubernetes' own of the pod that sbatch may run
 * in. What is taken along stands in the BatchJob: whoever may read that may read it.
 */
#ifndef GANTRY_CLI_SURROUNDINGS_H
#define GANTRY_CLI_SURROUNDINGS_H

#include "base/err.h"
#include "base/json.h"

/* What the API takes (it takes 256; two are sbatch's own), and all of them together. */
#define SURROUNDINGS_MAX 254
#define SURROUNDINGS_VALUE_MAX 32768
#define SURROUNDINGS_BYTES_MAX (256u << 10)

/* The list of spec.env. `export` is what --export said; NULL: nothing. `environment` is
 * as environ. */
struct json *surroundings_env(const char *export, char **environment, struct err *err);

#endif
