/*
 * nodejson - nodes in Slurm's data_parser schema: sinfo --json, scontrol show node
 * --json. The main fields, as in jobjson.h.
 */
#ifndef GANTRY_CLI_NODEJSON_H
#define GANTRY_CLI_NODEJSON_H

#include "base/json.h"
#include "cmd/gantry/nodegroup.h"

/* The caller's. */
struct json *nodejson_group(const struct nodegroup *g);
struct json *nodejson_node(const struct noderow *n, const struct partlist *parts);
struct json *nodejson_partition(const struct partition *p,
                                const struct nodelist *nodes);

#endif
