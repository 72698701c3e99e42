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

static bool has_format(const struct schema *s, const char *format)
{
    return s->format != NULL && strcmp(s->format, format) == 0;
}

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
    if (has_format(s, "date-time"))
        put_time(number, v, out);
    else if (has_format(s, "byte"))
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

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Entries {key, value}, in order of the keys. */
static void put_map(const struct schema *s, const struct json *map, unsigned number,
                    struct str *out)
{
    const size_t n = json_len(map);
    AUTO_FREE const char **keys = xcalloc(n + 1, sizeof(*keys));
    size_t i = 0;

    for (json_each (it, map))
        keys[i++] = it.key;
    qsort(keys, n, sizeof(*keys), compare_texts);
    for (i = 0; i < n; i++) {
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
    return s->type == SCHEMA_STRING && has_format(s, "byte");
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

static bool is_below(const struct inside *in, const struct schema_prop *p)
{
    return memcmp(p->numbers.path, in->path, in->depth) == 0 &&
           p->numbers.path[in->depth] != 0;
}

/* The lowest number after `last`; 0: there is none. */
static unsigned next_number(const struct inside *in, unsigned last)
{
    unsigned found = 0;

    for (size_t i = 0; i < in->schema->n_props; i++) {
        const struct schema_prop *p = &in->schema->props[i];
        const unsigned number = p->numbers.path[in->depth];
        if (is_below(in, p) && number > last && (found == 0 || number < found))
            found = number;
    }
    return found;
}

static void put_fields(const struct inside *in, struct str *out)
{
    uint8_t path[PROTO_PATH_MAX] = {0};

    memcpy(path, in->path, in->depth);
    for (unsigned number = 0; (number = next_number(in, number)) != 0;) {
        path[in->depth] = (uint8_t)number;
        const struct inside deeper = {in->schema, in->object, path, in->depth + 1};
        const struct schema_prop *here = NULL;
        for (size_t i = 0; i < in->schema->n_props && !here; i++) {
            const uint8_t *at = in->schema->props[i].numbers.path;
            if (memcmp(at, path, in->depth + 1) == 0 &&
                (in->depth + 1 == PROTO_PATH_MAX || at[in->depth + 1] == 0))
                here = &in->schema->props[i];
        }
        if (here) {
            put_prop(here, in->object, number, out);
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

/* "PodList" to "Pod"; NULL: it is no list of objects. */
static char *item_kind(const struct json *document)
{
    const char *kind = json_str_or(document, "kind", "");

    return str_ends(kind, "List") && json_get(document, "items")
               ? xstrndup(kind, strlen(kind) - strlen("List"))
               : NULL;
}

/* Of an object, or a list: {metadata, items}. */
static bool print_content(const struct kinds *kinds, const struct json *document,
                          struct str *out)
{
    const char *version = json_str_or(document, "apiVersion", "");
    AUTO_FREE char *listed = item_kind(document);
    const struct schema *s =
        kinds_type(kinds, version, listed ? listed : json_str_or(document, "kind", ""));

    if (s && listed) {
        const struct json *items = json_get(document, "items");
        put_message(kinds_type(kinds, "meta.k8s.io/v1", "ListMeta"),
                    json_get(document, "metadata"), 1, out);
        for (size_t i = 0; i < json_len(items); i++)
            put_message(s, json_item(items, i), 2, out);
    } else if (s) {
        print_message(s, document, out);
    }
    return s != NULL;
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
