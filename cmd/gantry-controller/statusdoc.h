/*
 * statusdoc - a job's status as the merge patch that persists it.
 *
 * Absolute: it holds all fields that the controller owns, null where there is nothing,
 * so that it can be repeated. With metadata.resourceVersion it is fenced: a status
 * decided on an older object is refused with 409.
 */
#ifndef GANTRY_CONTROLLER_STATUSDOC_H
#define GANTRY_CONTROLLER_STATUSDOC_H

#include "base/json.h"
#include "cmd/gantry-controller/bjob.h"

/* `counts`: what the slots of its placement count for (sched_counts), or NULL. */
struct json *status_patch(const struct convert *c, const struct bjob *job,
                          const struct jstatus *want, const struct slot *counts);

/* An item of status.components (statusdoc_components.c): of a heterogeneous job what
 * its component would be as a job of its own. The caller frees it. */
struct json *status_component(const struct convert *c, const struct bjob *job,
                              const struct jstatus *want, const struct slot *counts,
                              size_t component);

/* Why a finished job did not complete, as a condition's reason: "NodeDown". The caller
 * frees it. */
char *status_end_reason(const struct jstatus *s);

#endif
