#include "cmd/gantry-local/protobuf_put.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry-local/protobuf_wire.h"
#include "kubeclient/base64.h"

#define VALUE_MAX (4u << 20)

static void add_varint(uint64_t value, struct str *out)
{
    for (; value >= 0x80; value >>= 7)
        str_addc(out, (char)((value & 0x7f) | 0x80));
    str_addc(out, (char)value);
}

static void add_key(unsigned number, enum wire wire, struct str *out)
{
    add_varint(number << 3 | (unsigned)wire, out);
}

void put_number(unsigned number, int64_t value, struct str *out)
{
    add_key(number, WIRE_VARINT, out);
    add_varint((uint64_t)value, out);
}

void put_double(unsigned number, double value, struct str *out)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof(bits));
    add_key(number, WIRE_FIXED64, out);
    for (int i = 0; i < 8; i++)
        str_addc(out, (char)(bits >> (8 * i) & 0xff));
}

void put_bytes(unsigned number, const char *bytes, size_t len, struct str *out)
{
    add_key(number, WIRE_BYTES, out);
    add_varint(len, out);
    str_addn(out, bytes, len);
}

void put_text(unsigned number, const char *text, struct str *out)
{
    put_bytes(number, text, strlen(text), out);
}

/* Whole seconds, or with a fraction: what is behind the dot, in nanoseconds. */
static int64_t nanos_of(const char *text)
{
    const char *dot = strchr(text, '.');
    int64_t nanos = 0, unit = 100000000;

    for (const char *p = dot ? dot + 1 : ""; *p >= '0' && *p <= '9'; p++) {
        nanos += unit * (*p - '0');
        unit /= 10;
    }
    return nanos;
}

void put_time(unsigned number, const struct json *value, struct str *out)
{
    struct err err = ERR_INIT;
    STR_AUTO struct str inner;
    int64_t sec;

    str_init(&inner, VALUE_MAX);
    if (json_is(value, JSON_STRING) &&
        time_parse_rfc3339(json_string(value), &sec, &err) == 0) {
        put_number(1, sec, &inner);
        put_number(2, nanos_of(json_string(value)), &inner);
    }
    put_bytes(number, inner.s, inner.len, out);
}

void put_int_or_string(unsigned number, const struct json *value, struct str *out)
{
    const bool is_text = json_is(value, JSON_STRING);
    STR_AUTO struct str inner;

    str_init(&inner, VALUE_MAX);
    put_number(1, is_text, &inner);
    put_number(2, json_is(value, JSON_INT) ? json_int(value) : 0, &inner);
    put_text(3, is_text ? json_string(value) : "", &inner);
    put_bytes(number, inner.s, inner.len, out);
}

void put_quantity(unsigned number, const struct json *value, struct str *out)
{
    AUTO_FREE char *digits = value ? json_text(value, NULL) : xstrdup("0");
    STR_AUTO struct str inner;

    str_init(&inner, VALUE_MAX);
    put_text(1, json_is(value, JSON_STRING) ? json_string(value) : digits, &inner);
    put_bytes(number, inner.s, inner.len, out);
}

void put_raw(unsigned number, const struct json *value, struct str *out)
{
    STR_AUTO struct str inner;

    str_init(&inner, VALUE_MAX);
    if (value) {
        size_t len;
        AUTO_FREE char *text = json_text(value, &len);
        put_bytes(1, text, len, &inner);
    }
    put_bytes(number, inner.s, inner.len, out);
}

void put_base64(unsigned number, const struct json *value, struct str *out)
{
    size_t len = 0;
    AUTO_FREE char *bytes =
        json_is(value, JSON_STRING) ? base64_decode(json_string(value), &len) : NULL;

    put_bytes(number, bytes ? bytes : "", bytes ? len : 0, out);
}
