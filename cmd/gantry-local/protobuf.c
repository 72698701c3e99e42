#include "cmd/gantry-local/protobuf.h"

#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/protobuf_message.h"

/* A list: {metadata, items}. */
static int read_list(const struct kinds *kinds, const struct schema *item_type,
                     struct reader r, struct json *into, struct err *err)
{
    struct json *meta = json_new_object(), *items = json_new_array();
    struct field f;

    json_set(into, "metadata", meta);
    json_set(into, "items", items);
    while (next_field(&r, &f, err)) {
        if (f.wire != WIRE_BYTES || f.number < 1 || f.number > 2)
            return err_set(err, ERR_INVALID, "a list has no field %" PRIu64, f.number);
        struct json *one = f.number == 1 ? meta : json_new_object();
        if (f.number == 2)
            json_append(items, one);
        if (protobuf_message(f.number == 1
                                 ? kinds_type(kinds, "meta.k8s.io/v1", "ListMeta")
                                 : item_type,
                             f.inside, 0, one, err) != 0)
            return -1;
    }
    return err->code ? -1 : 0;
}

/* Unknown {TypeMeta {apiVersion, kind}, raw, contentEncoding, contentType}. */
static struct json *read_unknown(const struct kinds *kinds, struct reader r,
                                 struct err *err)
{
    struct field type = {0}, raw = {0};

    if (!find_field(r, 1, &type, err) || !find_field(r, 2, &raw, err))
        return err_set(err, ERR_INVALID, "the protobuf names no type or holds nothing"),
               NULL;
    AUTO_FREE char *version = text_in(type.inside, 1, err);
    AUTO_FREE char *kind = text_in(type.inside, 2, err);
    const struct schema *s = kinds_type(kinds, version, kind);
    const struct schema *of = s ? NULL : kinds_item_type(kinds, version, kind);
    if (s == NULL && of == NULL)
        return err_set(err, ERR_INVALID,
                       "no %.100s of %.100s can be read from protobuf: send JSON", kind,
                       version),
               NULL;
    struct json *object = json_new_object();
    json_set(object, "apiVersion", json_new_string(version));
    json_set(object, "kind", json_new_string(kind));
    if ((of ? read_list(kinds, of, raw.inside, object, err)
            : protobuf_message(s, raw.inside, 0, object, err)) == 0)
        return object;
    json_free(object);
    return NULL;
}

struct json *protobuf_parse(const struct kinds *kinds, const void *bytes, size_t len,
                            struct err *err)
{
    if (len < sizeof(PROTOBUF_MAGIC) ||
        memcmp(bytes, PROTOBUF_MAGIC, sizeof(PROTOBUF_MAGIC)) != 0) {
        err_set(err, ERR_INVALID, "Kubernetes' protobuf begins with \"k8s\\0\"");
        return NULL;
    }
    const unsigned char *start = bytes;
    return read_unknown(
        kinds, (struct reader){start + sizeof(PROTOBUF_MAGIC), start + len}, err);
}
