/*
 * protobuf_value - values that are messages in protobuf and scalars in JSON.
 *
 * Fresh references. NULL: nothing, as a zero time is an absent one, or err.
 */
#ifndef GANTRY_LOCAL_PROTOBUF_VALUE_H
#define GANTRY_LOCAL_PROTOBUF_VALUE_H

#include "base/json.h"
#include "cmd/gantry-local/protobuf_wire.h"
#include "cmd/gantry-local/schema.h"

/* What stands where JSON may have one thing or another: a document as bytes, or a
 * message with a field for each. */
enum choice {
    CHOICE_NONE,    /* {raw} */
    CHOICE_BOOL,    /* {allows, schema} */
    CHOICE_SCHEMAS, /* {schema, schemas} */
    CHOICE_STRINGS, /* {schema, strings} */
};
enum choice protobuf_choice(const struct schema *s);

/* Timestamp {seconds, nanos}; with microseconds, or whole seconds. */
struct json *protobuf_time(struct reader r, bool micro, struct err *err);
/* IntOrString {type, intVal, strVal}. */
struct json *protobuf_int_or_string(struct reader r, struct err *err);
/* Quantity {string}. */
struct json *protobuf_quantity(struct reader r, struct err *err);
/* RawExtension, JSON, FieldsV1 {raw}. */
struct json *protobuf_raw(struct reader r, struct err *err);
/* Bytes, in base64. */
struct json *protobuf_base64(const struct reader *r);

#endif
