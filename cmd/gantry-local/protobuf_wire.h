/*
 * protobuf_wire - protobuf's encoding: a message as fields with numbers, which only a
 * schema gives a meaning (protobuf.h). Nothing is copied until it is asked for.
 */
#ifndef GANTRY_LOCAL_PROTOBUF_WIRE_H
#define GANTRY_LOCAL_PROTOBUF_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum wire { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

/* What is left to read. */
struct reader {
    const unsigned char *at, *end;
};

/* One field as it stands in a message. */
struct field {
    uint64_t number;
    enum wire wire;
    uint64_t value;       /* of a number */
    struct reader inside; /* of WIRE_BYTES */
};

size_t reader_left(const struct reader *r);
/* False: cut off, or longer than 64 bits. */
bool read_varint(struct reader *r, uint64_t *ret);
/* False at the end, and (with err) for what is no field. */
bool next_field(struct reader *r, struct field *ret, struct err *err);
/* A message's field of that number, the last one as protobuf wants it. */
bool find_field(struct reader r, uint64_t number, struct field *ret, struct err *err);

/* Of the field `number` of a message; 0 and "" where there is none. Texts are heap. */
int64_t number_in(struct reader r, uint64_t number, struct err *err);
char *text_in(struct reader r, uint64_t number, struct err *err);

#endif
