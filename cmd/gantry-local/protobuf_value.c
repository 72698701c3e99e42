#include "cmd/gantry-local/protobuf_value.h"

#include <inttypes.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry-local/schema_priv.h"

#define NANOS INT64_C(1000000000)
/* Years 1 to 9999. */
#define TIME_SEC_MIN INT64_C(-62135596800)
#define TIME_SEC_MAX INT64_C(253402300799)

enum choice protobuf_choice(const struct schema *s)
{
    static const struct {
        const char *name;
        enum choice choice;
    } names[] = {{"OrBool", CHOICE_BOOL},
                 {"OrArray", CHOICE_SCHEMAS},
                 {"OrStringArray", CHOICE_STRINGS}};

    for (size_t i = 0; s->ref && i < ARRAY_LEN(names); i++)
        if (str_ends(s->ref, names[i].name))
            return names[i].choice;
    return CHOICE_NONE;
}

struct json *protobuf_time(struct reader r, bool micro, struct err *err)
{
    char text[TIME_TEXT_MAX];
    const int64_t sec = number_in(r, 1, err), nanos = number_in(r, 2, err);

    if (sec == 0 && nanos == 0)
        return NULL;
    if (sec < TIME_SEC_MIN || sec > TIME_SEC_MAX)
        return err_set(err, ERR_INVALID, "a time is out of range"), NULL;
    time_format_rfc3339(sec, text);
    if (!micro)
        return json_new_string(text);
    if (nanos < 0 || nanos >= NANOS)
        return err_set(err, ERR_INVALID, "a time is out of range"), NULL;
    AUTO_FREE char *exact =
        xasprintf("%.*s.%06" PRId64 "Z", (int)strlen(text) - 1, text, nanos / 1000);
    return json_new_string(exact);
}

struct json *protobuf_int_or_string(struct reader r, struct err *err)
{
    if (number_in(r, 1, err) == 0)
        return json_new_int((int32_t)number_in(r, 2, err));
    AUTO_FREE char *text = text_in(r, 3, err);
    return json_new_string(text);
}

struct json *protobuf_quantity(struct reader r, struct err *err)
{
    AUTO_FREE char *text = text_in(r, 1, err);

    return text[0] ? json_new_string(text) : NULL;
}

struct json *protobuf_raw(struct reader r, struct err *err)
{
    struct field f;

    if (!find_field(r, 1, &f, err) || f.wire != WIRE_BYTES ||
        reader_left(&f.inside) == 0)
        return NULL;
    return json_parse((const char *)f.inside.at, reader_left(&f.inside), err);
}

struct json *protobuf_base64(const struct reader *r)
{
    const size_t len = reader_left(r);
    AUTO_FREE char *text = xmalloc(4 * ((len + 2) / 3) + 1);

    EVP_EncodeBlock((unsigned char *)text, r->at, (int)len);
    return json_new_string(text);
}
