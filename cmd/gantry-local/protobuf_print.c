#include "cmd/gantry-local/protobuf_print.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/protobuf.h"
#include "cmd/gantry-local/protobuf_put.h"
#include "cmd/gantry-local/protobuf_value.h"
#include "cmd/gantry-local/schema_priv.h"

#define MESSAGE_MAX (512u << 20)

static void put_message(const struct schema *s, const struct json *object,
                        unsigned number, struct str *out);

static int64_t whole(const struct json *v)
{
    return json_is(v, JSON_INT)    ? json_int(v)
           : json_is(v, JSON_BOOL) ? json_bool(v)
                                   : 0;
}

static double real(const struct json *v)
{
    return json_is(v, JSON_DOUBLE) ? json_double(v) : (double)whole(v);
}

static void put_string(const struct schema *s, const struct json *v, unsigned number,
                       struct str *out)
{
    if (str_eq(s->format, "date-time"))
        put_time(number, v, out);
    else if (str_eq(s->format, "byte"))
        put_base64(number, v, out);
    else if (json_is(v, JSON_STRING))
        put_bytes(number, json_string(v), json_string_len(v), out);
    else
        put_text(number, "", out);
}

static void put_value(const struct schema *s, const struct json *v, unsigned number,
                      struct str *out);

/* What may be a schema or something else. */
static void put_choice(const struct schema *schema, enum choice choice,
                       const struct json *v, unsigned number, struct str *out)
{
    const bool is_schema = json_is(v, JSON_OBJECT);
    const unsigned schema_number = choice == CHOICE_BOOL ? 2 : 1;
    STR_AUTO struct str inner;

    str_init(&inner, MESSAGE_MAX);
    if (choice == CHOICE_BOOL)
        put_number(1, is_schema || (json_is(v, JSON_BOOL) && json_bool(v)), &inner);
    if (is_schema)
        put_message(schema, v, schema_number, &inner);
    for (size_t i = 0; json_is(v, JSON_ARRAY) && i < json_len(v); i++) {
        const struct json *item = json_item(v, i);
        if (choice == CHOICE_STRINGS)
            put_text(2, json_is(item, JSON_STRING) ? json_string(item) : "", &inner);
        else
            put_message(schema, item, 2, &inner);
    }
    put_bytes(number, inner.s, inner.len, out);
}

/* One value; NULL is what Go has where nothing was said. */
static void put_value(const struct schema *s, const struct json *v, unsigned number,
                      struct str *out)
{
    const enum choice choice = protobuf_choice(s);

    if (choice != CHOICE_NONE) {
        put_choice(s->chosen, choice, v, number, out);
        return;
    }
    switch (s->type) {
    case SCHEMA_STRING:
        put_string(s, v, number, out);
        return;
    case SCHEMA_BOOLEAN:
    case SCHEMA_INTEGER:
        put_number(number, whole(v), out);
        return;
    case SCHEMA_NUMBER:
        put_double(number, real(v), out);
        return;
    case SCHEMA_QUANTITY:
        put_quantity(number, v, out);
        return;
    case SCHEMA_INT_OR_STRING:
        put_int_or_string(number, v, out);
        return;
    case SCHEMA_ANY:
        put_raw(number, v, out);
        return;
    case SCHEMA_OBJECT:
        put_message(s, v, number, out);
        return;
    case SCHEMA_ARRAY:
        break;
    }
}

/* The value of a map that is a list: a message {items}. */
static void put_items(const struct schema *items, const struct json *list,
                      unsigned number, struct str *out)
{
    STR_AUTO struct str inner;

    str_init(&inner, MESSAGE_MAX);
    for (size_t i = 0; i < json_len(list); i++)
        put_value(items, json_item(list, i), 1, &inner);
    put_bytes(number, inner.s, inner.len, out);
}

/* Entries {key, value}, in order of the keys. */
static void put_map(const struct schema *s, const struct json *map, unsigned number,
                    struct str *out)
{
    AUTO_FREE const char **keys = json_sorted_keys(map);

    for (size_t i = 0; keys[i]; i++) {
        const struct json *v = json_get(map, keys[i]);
        STR_AUTO struct str entry;
        str_init(&entry, MESSAGE_MAX);
        put_text(1, keys[i], &entry);
        if (s->type == SCHEMA_ARRAY)
            put_items(s->items, v, 2, &entry);
        else
            put_value(s, v, 2, &entry);
        put_bytes(number, entry.s, entry.len, out);
    }
}

/* Bytes and documents are slices in Go: absent where they are nothing. */
static bool is_slice(const struct schema *s)
{
    return s->type == SCHEMA_STRING && str_eq(s->format, "byte");
}

static void put_prop(const struct schema_prop *p, const struct json *object,
                     unsigned number, struct str *out)
{
    const struct json *v = json_get(object, p->name);
    const struct schema *s = p->schema;

    if (json_is(v, JSON_NULL))
        v = NULL;
    if (s->type == SCHEMA_ARRAY) {
        for (size_t i = 0; i < json_len(v); i++)
            put_value(s->items, json_item(v, i), number, out);
        return;
    }
    if (s->additional) {
        if (json_is(v, JSON_OBJECT))
            put_map(s->additional, v, number, out);
        return;
    }
    if (v || !(p->numbers.pointer || is_slice(s)))
        put_value(s, v, number, out);
}

/* ---- messages ---- */

/* Fields of a message are written by their numbers; those that lie within a message
 * that JSON has inline share the number of that message. */
struct inside {
    const struct schema *schema;
    const struct json *object;
    const uint8_t *path; /* the numbers that lead here */
    size_t depth;
};

/* The one with the lowest number after `last`, or one of those that share it; NULL:
 * none is left. */
static const struct schema_prop *next_prop(const struct inside *in, unsigned last)
{
    const struct schema_prop *found = NULL;

    for (size_t i = 0; i < in->schema->n_props; i++) {
        const struct schema_prop *p = &in->schema->props[i];
        const uint8_t *path = p->numbers.path;
        if (memcmp(path, in->path, in->depth) == 0 && path[in->depth] > last &&
            (!found || path[in->depth] < found->numbers.path[in->depth]))
            found = p;
    }
    return found;
}

static void put_fields(const struct inside *in, struct str *out)
{
    const struct schema_prop *p;

    for (unsigned number = 0; (p = next_prop(in, number)) != NULL;) {
        const uint8_t *path = p->numbers.path;
        const struct inside deeper = {in->schema, in->object, path, in->depth + 1};
        number = path[in->depth];
        if (deeper.depth == PROTO_PATH_MAX || path[deeper.depth] == 0) {
            put_prop(p, in->object, number, out);
            continue;
        }
        STR_AUTO struct str inner;
        str_init(&inner, MESSAGE_MAX);
        put_fields(&deeper, &inner);
        put_bytes(number, inner.s, inner.len, out);
    }
}

static void print_message(const struct schema *s, const struct json *object,
                          struct str *out)
{
    static const uint8_t top[PROTO_PATH_MAX];
    const struct inside all = {s, object, top, 0};

    put_fields(&all, out);
}

static void put_message(const struct schema *s, const struct json *object,
                        unsigned number, struct str *out)
{
    STR_AUTO struct str inner;

    str_init(&inner, MESSAGE_MAX);
    print_message(s, object, &inner);
    put_bytes(number, inner.s, inner.len, out);
}

/* ---- documents ---- */

/* {metadata, items} */
static void print_list(const struct kinds *kinds, const struct schema *item_type,
                       const struct json *list, struct str *out)
{
    const struct json *items = json_get(list, "items");

    put_message(kinds_type(kinds, "meta.k8s.io/v1", "ListMeta"),
                json_get(list, "metadata"), 1, out);
    for (size_t i = 0; i < json_len(items); i++)
        put_message(item_type, json_item(items, i), 2, out);
}

static bool print_content(const struct kinds *kinds, const struct json *document,
                          struct str *out)
{
    const char *version = json_str_or(document, "apiVersion", "");
    const char *kind = json_str_or(document, "kind", "");
    const struct schema *s = kinds_type(kinds, version, kind);
    const struct schema *of = s ? NULL : kinds_item_type(kinds, version, kind);

    if (s)
        print_message(s, document, out);
    else if (of)
        print_list(kinds, of, document, out);
    return s || of;
}

bool protobuf_print(const struct kinds *kinds, const struct json *document,
                    struct str *out)
{
    STR_AUTO struct str type, content;

    str_init(&type, MESSAGE_MAX);
    str_init(&content, MESSAGE_MAX);
    put_text(1, json_str_or(document, "apiVersion", ""), &type);
    put_text(2, json_str_or(document, "kind", ""), &type);
    if (!print_content(kinds, document, &content))
        return false;
    str_addn(out, PROTOBUF_MAGIC, sizeof(PROTOBUF_MAGIC));
    put_bytes(1, type.s, type.len, out);
    put_bytes(2, content.s, content.len, out);
    put_text(3, "", out);
    put_text(4, "", out);
    return true;
}

bool protobuf_print_event(const struct kinds *kinds, const struct json *event,
                          struct str *out)
{
    STR_AUTO struct str object, wrapped, frame;

    str_init(&object, MESSAGE_MAX);
    str_init(&wrapped, MESSAGE_MAX);
    str_init(&frame, MESSAGE_MAX);
    if (!protobuf_print(kinds, json_get(event, "object"), &object))
        return false;
    put_bytes(1, object.s, object.len, &wrapped);
    put_text(1, json_str_or(event, "type", ""), &frame);
    put_bytes(2, wrapped.s, wrapped.len, &frame);
    for (int shift = 24; shift >= 0; shift -= 8)
        str_addc(out, (char)(frame.len >> shift & 0xff));
    str_addn(out, frame.s, frame.len);
    return true;
}
