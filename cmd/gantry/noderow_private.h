/*
 * noderow_private - what the files of noderow.h share: noderow.c has the list,
 * noderow_read.c reads one Node of it.
 */
#ifndef GANTRY_CLI_NODEROW_PRIVATE_H
#define GANTRY_CLI_NODEROW_PRIVATE_H

#include "cmd/gantry/fetch.h"
#include "cmd/gantry/noderow.h"

/* What is asked of each Node: fetch.h. */
#define NODEROW_PATHS 11
extern const char *const noderow_paths[NODEROW_PATHS];

/* Adds the row of one, of which these are the values, to the `struct nodelist`. */
void noderow_take(void *list, const struct json_text *values);

#endif
