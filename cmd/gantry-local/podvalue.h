/*
 * podvalue - what a pod's variables and files are filled with: fields of the pod,
 * resources of its containers, keys of ConfigMaps and Secrets.
 */
#ifndef GANTRY_LOCAL_PODVALUE_H
#define GANTRY_LOCAL_PODVALUE_H

#include "base/err.h"
#include "base/str.h"
#include "cmd/gantry-local/podobjects.h"
#include "cmd/gantry-local/podspec.h"

/* A pod as its containers see it. All lent. */
struct value_pod {
    const struct pod_spec *spec;
    const char *pod_ip, *host_ip;
    const struct podobjects *objects;  /* NULL: none were asked for */
    const struct amounts *allocatable; /* the node's: limits of who has none; NULL */
};

enum value_result { VALUE_GIVEN, VALUE_OMITTED, VALUE_REFUSED };

/* "metadata.labels['x']", "status.podIP", ...; an absent label is "". ERR_INVALID for a
 * field that cannot be asked for. */
int value_field(const struct value_pod *pod, const char *path, struct str *out,
                struct err *err);

/* Appends the value. Omitted: it is absent and optional. Refused: ERR_NOT_FOUND for an
 * object or key that may appear yet, ERR_INVALID for what never will. `own` is the
 * container that resources are of when none is named; NULL: there is none. */
enum value_result value_resolve(const struct value_pod *pod,
                                const struct container_spec *own,
                                const struct value_source *from, struct str *out,
                                struct err *err);

/* The whole of an object, as value_resolve has it for one key. */
enum value_result value_object(const struct value_pod *pod,
                               const struct value_source *from,
                               const struct podobject **ret, struct err *err);

#endif
