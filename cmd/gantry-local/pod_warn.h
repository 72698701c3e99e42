/*
 * pod_warn - what Kubernetes takes in a pod and advises against.
 *
 * Variables and ports that stand twice, labels under an old name, fractions of a byte,
 * selectors that match nothing: a line each, in Kubernetes' words and order. Of a new
 * pod, and of a template (of a Deployment, a Job, ...) that is new or whose object
 * changed.
 */
#ifndef GANTRY_LOCAL_POD_WARN_H
#define GANTRY_LOCAL_POD_WARN_H

#include "base/json.h"
#include "cmd/gantry-local/kinds.h"
#include "cmd/gantry-local/metadata.h"

/* `before` is NULL on create. Of kinds without a pod in them nothing is said. */
void pod_warn(const struct kind *kind, const struct json *object,
              const struct json *before, warn_fn *warn, void *arg);

#endif
