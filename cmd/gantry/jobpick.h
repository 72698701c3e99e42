/*
 * jobpick - which fields of a BatchJob a row (jobrow.h) is made of: one table for whole
 * objects, one for the server's table. Texts are copied into the arena.
 */
#ifndef GANTRY_CLI_JOBPICK_H
#define GANTRY_CLI_JOBPICK_H

#include "base/json_pick.h"
#include "cmd/gantry/jobrow.h"

#define JOBPICK_MAX 128

enum jobpick_form { JOBPICK_OBJECT, JOBPICK_TABLE };

/* The paths of the object, or the names of the columns; returns how many. */
size_t jobpick_paths(enum jobpick_form form, const char *ret_paths[JOBPICK_MAX]);
/* Fills in the fields of this form from as many values, which may be absent. */
void jobpick_put(struct jobrow *r, enum jobpick_form form,
                 const struct json_text *values, struct arena *arena);

#endif
