/*
 * protobuf_print - objects in Kubernetes' protobuf, byte for byte as its Go writes it.
 *
 * What protobuf.h reads, written by the same table of types: the bytes "k8s\0" and a
 * runtime.Unknown that names the type and holds the object. Fields that are no pointers
 * in Go are always there, zero or not.
 */
#ifndef GANTRY_LOCAL_PROTOBUF_PRINT_H
#define GANTRY_LOCAL_PROTOBUF_PRINT_H

#include "cmd/gantry-local/kinds.h"

/* An object, a list of objects, or a Status, by its apiVersion and kind. False: the
 * table has no such type, and nothing is appended. */
bool protobuf_print(const struct kinds *kinds, const struct json *document,
                    struct str *out);

/* One event of a watch, with its length before it; `event` is {type, object}. False as
 * above. */
bool protobuf_print_event(const struct kinds *kinds, const struct json *event,
                          struct str *out);

#endif
