/*
 * explain - what a core that was saved (crds/snapshot.h) decides at that moment.
 *
 * Made of the snapshot alone, it decides as the live one did: which jobs start and end,
 * why the others wait, when and where they are planned, who is ahead of them.
 */
#ifndef GANTRY_SIM_EXPLAIN_H
#define GANTRY_SIM_EXPLAIN_H

#include <stdio.h>

#include "base/err.h"
#include "base/json.h"
#include "scheduler/sched.h"

/* {"now": ..., "decisions": [{"job": 7, "name": "lab/train", "decision": ..., ...}]}
 * in the order of the decisions; to be freed. `config` in place of the saved
 * one; NULL: none. NULL: the file is no snapshot. */
struct json *explain(const char *path, const struct sched_config *config,
                     struct err *err);
/* The same for people, a line or two a job. */
void explain_text(const struct json *explained, FILE *out);

#endif
