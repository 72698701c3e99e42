/*
 * pod_check - what Kubernetes refuses in a new pod's containers, beyond its schema:
 * names, amounts of resources, variables, ports.
 *
 * Jobs' templates become pods, so what a real server would refuse at the start of a job
 * must not run here.
 */
#ifndef GANTRY_LOCAL_POD_CHECK_H
#define GANTRY_LOCAL_POD_CHECK_H

#include "base/json.h"
#include "cmd/gantry-local/schema.h"

/* Calls `found` for each violation in the pod spec at `field` ("spec",
 * "spec.template.spec"), which has its schema's shape. */
void pod_check(const struct json *spec, const char *field, cause_fn *found, void *arg);

#endif
