/*
 * jobjson - a job in Slurm's data_parser schema: squeue --json, scontrol show job
 * --json. The main fields; a field whose thing Gantry does not have is left out.
 */
#ifndef GANTRY_CLI_JOBJSON_H
#define GANTRY_CLI_JOBJSON_H

#include "base/json.h"
#include "cmd/gantry/jobrow.h"
#include "cmd/gantry/users.h"

/* The caller's. */
struct json *jobjson(const struct jobrow *r, struct users *users);

#endif
