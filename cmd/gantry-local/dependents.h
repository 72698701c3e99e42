/*
 * dependents - ConfigMaps whose owners are all gone, which go then too.
 *
 * In a cluster kube-controller-manager's garbage collector does this, for every kind.
 * Here it is done for what no program of Gantry deletes itself: the scripts of jobs. A
 * ConfigMap with an owner of a kind that is not served stays.
 */
#ifndef GANTRY_LOCAL_DEPENDENTS_H
#define GANTRY_LOCAL_DEPENDENTS_H

#include "base/json.h"
#include "cmd/gantry-local/call.h"

/* `owner` has been removed. */
void dependents_sweep(struct apiserver *server, const struct json *owner);

#endif
