/*
 * podamount - what the containers of a pod ask for, as a document to create.
 *
 * Slurm's shape is added to the main container, beyond what the template's author asked
 * for himself; what the server adds is not ours to ask for. Where other jobs have its
 * CPUs as well (scheduler/oversubscribe.h) the requests become the pod's part of them,
 * each container's its own part; limits stay what the job may use.
 */
#ifndef GANTRY_CONTROLLER_PODAMOUNT_H
#define GANTRY_CONTROLLER_PODAMOUNT_H

#include "base/err.h"
#include "base/json.h"
#include "crds/convert.h"

/* A member that is an object, made if there is none. Lent. */
struct json *podamount_object(struct json *parent, const char *key);
/* The container that the work is in; NULL: there are no containers. Lent. */
struct json *podamount_main(const struct json *pod);
/* Raises what the pod asks for to so much. It has a main container, and an identity. */
int podamount_add(const struct convert *c, struct json *pod, const struct resvec *each,
                  struct err *err);
/* Lowers its requests of CPU to so much together, if they are more. */
int podamount_share(const struct convert *c, struct json *pod, int64_t cpu_milli,
                    struct err *err);

#endif
