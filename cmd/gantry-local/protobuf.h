/*
 * protobuf - bodies in Kubernetes' protobuf, read into the trees that JSON would give.
 *
 * kubectl and client-go send core types so. A body is the bytes "k8s\0" and a
 * runtime.Unknown, which names the type and holds the object. The table of core types
 * knows the numbers of fields (coretypes.h). As proto2 cannot tell absent from zero for
 * a field that is no pointer in Go, such a zero is left out where JSON may do so.
 * A field whose number the table does not have is refused: what it says would be lost.
 * protobuf_print.h writes it.
 */
#ifndef GANTRY_LOCAL_PROTOBUF_H
#define GANTRY_LOCAL_PROTOBUF_H

#include "cmd/gantry-local/kinds.h"

#define PROTOBUF_TYPE "application/vnd.kubernetes.protobuf"
/* With its NUL. */
#define PROTOBUF_MAGIC "k8s"

/* An object or a list of objects, with apiVersion and kind. NULL and err: no such type,
 * a field that is not known, or bytes that are damaged. */
struct json *protobuf_parse(const struct kinds *kinds, const void *bytes, size_t len,
                            struct err *err);

#endif
