/*
 * protobuf_message - one message of a core type, read by its schema, whose fields know
 * their numbers (coretypes.h).
 */
#ifndef GANTRY_LOCAL_PROTOBUF_MESSAGE_H
#define GANTRY_LOCAL_PROTOBUF_MESSAGE_H

#include "base/json.h"
#include "cmd/gantry-local/protobuf_wire.h"
#include "cmd/gantry-local/schema.h"

/* Sets the fields in `into`; `depth` is 0 for an object. err says in which field. */
int protobuf_message(const struct schema *s, struct reader r, int depth,
                     struct json *into, struct err *err);

#endif
