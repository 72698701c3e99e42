/*
 * protobuf_put - protobuf's encoding, written: protobuf_wire.h the other way round.
 *
 * Each appends one field with its number, as Kubernetes' Go does: also what is zero.
 */
#ifndef GANTRY_LOCAL_PROTOBUF_PUT_H
#define GANTRY_LOCAL_PROTOBUF_PUT_H

#include <stdint.h>

#include "base/json.h"
#include "base/str.h"

void put_number(unsigned number, int64_t value, struct str *out);
void put_double(unsigned number, double value, struct str *out);
void put_bytes(unsigned number, const char *bytes, size_t len, struct str *out);
void put_text(unsigned number, const char *text, struct str *out);

/* Values that are messages in protobuf and scalars in JSON (protobuf_value.h); NULL is
 * what Go has where nothing was said. */
void put_time(unsigned number, const struct json *value, struct str *out);
void put_int_or_string(unsigned number, const struct json *value, struct str *out);
void put_quantity(unsigned number, const struct json *value, struct str *out);
void put_raw(unsigned number, const struct json *value, struct str *out);
/* From base64. */
void put_base64(unsigned number, const struct json *value, struct str *out);

#endif
