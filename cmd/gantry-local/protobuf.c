#include "cmd/gantry-local/protobuf.h"

#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/protobuf_message.h"

#define MAGIC "k8s"

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
    if (s == NULL)
        return err_set(err, ERR_INVALID,
                       "no %.100s of %.100s can be read from protobuf: send JSON", kind,
                       version),
               NULL;
    struct json *object = json_new_object();
    json_set(object, "apiVersion", json_new_string(version));
    json_set(object, "kind", json_new_string(kind));
    if (protobuf_message(s, raw.inside, 0, object, err) == 0)
        return object;
    json_free(object);
    return NULL;
}

struct json *protobuf_parse(const struct kinds *kinds, const void *bytes, size_t len,
                            struct err *err)
{
    if (len < sizeof(MAGIC) || memcmp(bytes, MAGIC, sizeof(MAGIC)) != 0) {
        err_set(err, ERR_INVALID, "Kubernetes' protobuf begins with \"k8s\\0\"");
        return NULL;
    }
    const unsigned char *start = bytes;
    return read_unknown(kinds, (struct reader){start + sizeof(MAGIC), start + len},
                        err);
}
