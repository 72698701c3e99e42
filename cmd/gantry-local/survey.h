/*
 * survey - how a cluster stands: its nodes, and its jobs by state.
 */
#ifndef GANTRY_LOCAL_SURVEY_H
#define GANTRY_LOCAL_SURVEY_H

#include <stddef.h>

#include "cmd/gantry-local/ask.h"

struct survey {
    size_t nodes, ready;
    size_t pending, active, ended; /* jobs; active: starting, running or completing */
    size_t final; /* of the active ones, those that say requeue: false */
};

int survey_jobs(struct ask *a, struct survey *ret, struct err *err);
int survey_nodes(struct ask *a, struct survey *ret, struct err *err);

/* Removes Node objects PREFIXn with n above `count`: of a larger cluster, once. */
int survey_prune_nodes(struct ask *a, const char *prefix, int64_t count,
                       struct err *err);

#endif
