/*
 * resvjson - reservations as `scontrol --json show reservation` has them: in the words
 * and kinds of Slurm's data_parser v0.0.42.
 */
#ifndef GANTRY_CLI_RESVJSON_H
#define GANTRY_CLI_RESVJSON_H

#include "cmd/gantry/resvs.h"

/* The caller's; `nodes` are all there are. */
struct json *resvjson(const struct resv *r, const struct nodelist *nodes);

#endif
