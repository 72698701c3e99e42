/*
 * jobaction - commands on a job as data: one more entry of spec.actions.
 *
 * Each is carried out once, in order. The list only grows, so an entry may be written
 * without reading what is there: the API server refuses a list that lacks one, and then
 * it is read. Nobody's entry is lost, and this one is not written twice.
 */
#ifndef GANTRY_CLI_JOBACTION_H
#define GANTRY_CLI_JOBACTION_H

#include "cmd/gantry/api.h"

struct jobaction {
    const char *type;         /* "Cancel", "Signal", "Requeue", "RequeueHold", "Hold" */
    const char *signal;       /* NULL: none */
    const char *scope;        /* "All", "Batch", "Steps"; NULL: none */
    const char *tasks;        /* of an array: for these; NULL: all */
    const int64_t *component; /* of a heterogeneous job: this one alone; NULL: all */
};

/* `uid` is the job's: another of that name is ERR_NOT_FOUND, as is one that is gone. */
int jobaction_add(struct api *c, const char *ns, const char *name, const char *uid,
                  const struct jobaction *action, struct err *err);

#endif
