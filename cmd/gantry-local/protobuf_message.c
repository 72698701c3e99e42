#include "cmd/gantry-local/protobuf_message.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/protobuf_value.h"
#include "cmd/gantry-local/schema_priv.h"

#define DEPTH_MAX 64
/* Below it each whole number is exact. */
#define WHOLE_MAX 9007199254740992.0

static struct json *string_value(const struct schema *s, const struct field *f,
                                 struct err *err)
{
    if (str_eq(s->format, "date-time"))
        return protobuf_time(f->inside, s->micro, err);
    if (str_eq(s->format, "byte"))
        return protobuf_base64(&f->inside);
    if (memchr(f->inside.at, '\0', reader_left(&f->inside)))
        return err_set(err, ERR_INVALID, "a text has a NUL in it"), NULL;
    return json_new_string_len((const char *)f->inside.at, reader_left(&f->inside));
}

static struct json *number_value(const struct schema *s, const struct field *f)
{
    double real;

    switch (s->type) {
    case SCHEMA_BOOLEAN:
        return json_new_bool(f->value != 0);
    case SCHEMA_NUMBER:
        memcpy(&real, &f->value, sizeof(real));
        return real == trunc(real) && fabs(real) < WHOLE_MAX
                   ? json_new_int((int64_t)real)
                   : json_new_double(real);
    default:
        return json_new_int(str_eq(s->format, "int32") ? (int32_t)f->value
                                                       : (int64_t)f->value);
    }
}

static struct json *message_value(const struct schema *s, const struct field *f,
                                  int depth, struct err *err)
{
    struct json *object = json_new_object();

    if (protobuf_message(s, f->inside, depth + 1, object, err) == 0)
        return object;
    json_free(object);
    return NULL;
}

/* What may be a schema or something else. */
static struct json *choice_value(const struct schema *schema, enum choice choice,
                                 const struct field *f, int depth, struct err *err)
{
    const uint64_t schema_number = choice == CHOICE_BOOL ? 2 : 1;
    struct json *value = choice == CHOICE_BOOL
                             ? json_new_bool(number_in(f->inside, 1, err) != 0)
                             : json_new_array();
    struct reader r = f->inside;
    struct field part;

    while (next_field(&r, &part, err)) {
        if (part.wire != WIRE_BYTES)
            continue;
        if (part.number == schema_number) {
            json_free(value);
            return message_value(schema, &part, depth, err);
        }
        struct json *item = choice == CHOICE_STRINGS
                                ? json_new_string_len((const char *)part.inside.at,
                                                      reader_left(&part.inside))
                                : message_value(schema, &part, depth, err);
        if (item != NULL && json_is(value, JSON_ARRAY))
            json_append(value, item);
        else
            json_free(item);
    }
    return value;
}

/* NULL: nothing (a zero time), or err. */
static struct json *value_of(const struct schema *s, const struct field *f, int depth,
                             struct err *err)
{
    const enum choice choice = protobuf_choice(s);
    const bool is_number = s->type == SCHEMA_BOOLEAN || s->type == SCHEMA_INTEGER ||
                           s->type == SCHEMA_NUMBER;

    if (is_number != (f->wire != WIRE_BYTES))
        return err_set(err, ERR_INVALID, "field %" PRIu64 " is of another type",
                       f->number),
               NULL;
    if (choice != CHOICE_NONE)
        return choice_value(s->chosen, choice, f, depth, err);
    switch (s->type) {
    case SCHEMA_STRING:
        return string_value(s, f, err);
    case SCHEMA_QUANTITY:
        return protobuf_quantity(f->inside, err);
    case SCHEMA_INT_OR_STRING:
        return protobuf_int_or_string(f->inside, err);
    case SCHEMA_ANY:
        return protobuf_raw(f->inside, err);
    case SCHEMA_OBJECT:
        return message_value(s, f, depth, err);
    case SCHEMA_ARRAY: /* within a list or a map: {items} */
    case SCHEMA_BOOLEAN:
    case SCHEMA_INTEGER:
    case SCHEMA_NUMBER:
        break;
    }
    return is_number ? number_value(s, f) : NULL;
}

static struct json *child(struct json *into, const char *name, bool array)
{
    struct json *there = json_get(into, name);

    if (there == NULL) {
        there = array ? json_new_array() : json_new_object();
        json_set(into, name, there);
    }
    return there;
}

static int add_item(const struct schema *s, const struct field *f, int depth,
                    struct json *array, struct err *err)
{
    struct json *item = value_of(s, f, depth, err);

    if (item != NULL)
        json_append(array, item);
    return err->code ? -1 : 0;
}

/* Repeated numbers may come packed. */
static int add_items(const struct schema *s, struct field *f, int depth,
                     struct json *array, struct err *err)
{
    const bool packed = f->wire == WIRE_BYTES &&
                        (s->type == SCHEMA_INTEGER || s->type == SCHEMA_BOOLEAN);
    struct reader r = f->inside;

    if (!packed)
        return add_item(s, f, depth, array, err);
    for (struct field one = {.number = f->number, .wire = WIRE_VARINT}; r.at < r.end;) {
        if (!read_varint(&r, &one.value))
            return err_set(err, ERR_INVALID, "the protobuf is cut off");
        if (add_item(s, &one, depth, array, err) != 0)
            return -1;
    }
    return 0;
}

/* A map's entry {key, value}; a list as the value is {items}. */
static int add_entry(const struct schema *s, const struct field *f, int depth,
                     struct json *map, struct err *err)
{
    AUTO_FREE char *key = text_in(f->inside, 1, err);
    static const unsigned char nothing[1];
    struct field value = {.wire = WIRE_BYTES, .inside = {nothing, nothing}};
    struct json *made;

    if (!find_field(f->inside, 2, &value, err) && err->code)
        return -1;
    if (s->type == SCHEMA_ARRAY) {
        struct field item;
        made = json_new_array();
        while (next_field(&value.inside, &item, err))
            add_item(s->items, &item, depth + 1, made, err);
    } else {
        made = value_of(s, &value, depth, err);
    }
    json_set(map, key, made);
    return err->code ? -1 : 0;
}

static bool is_zero(const struct json *value)
{
    switch (json_type(value)) {
    case JSON_STRING:
        return json_string(value)[0] == '\0';
    case JSON_INT:
        return json_int(value) == 0;
    case JSON_DOUBLE:
        return json_double(value) == 0;
    case JSON_BOOL:
        return !json_bool(value);
    case JSON_OBJECT:
        return json_len(value) == 0;
    case JSON_NULL:
    case JSON_ARRAY:
        break;
    }
    return false;
}

static int read_prop(const struct schema *s, const struct schema_prop *p,
                     struct field *f, int depth, struct json *into, struct err *err)
{
    if (p->schema->type == SCHEMA_ARRAY)
        return add_items(p->schema->items, f, depth, child(into, p->name, true), err);
    if (p->schema->additional != NULL)
        return add_entry(p->schema->additional, f, depth, child(into, p->name, false),
                         err);
    struct json *value = value_of(p->schema, f, depth, err);
    if (err->code) {
        json_free(value);
        return -1;
    }
    if (value != NULL && is_zero(value) && !p->numbers.pointer &&
        !schema_requires(s, p->name)) {
        json_free(value);
        return 0;
    }
    if (value != NULL)
        json_set(into, p->name, value);
    return 0;
}

/* The way to a field: its number, behind those of the messages that Go has inline. */
struct way {
    uint8_t path[PROTO_PATH_MAX];
    size_t n;
};

/* The property at the end of the way; or *ret_inline: some lie further on. */
static const struct schema_prop *find_prop(const struct schema *s,
                                           const struct way *way, bool *ret_inline)
{
    *ret_inline = false;
    for (size_t i = 0; i < s->n_props; i++) {
        const uint8_t *path = s->props[i].numbers.path;
        if (memcmp(path, way->path, way->n) != 0)
            continue;
        if (way->n == PROTO_PATH_MAX || path[way->n] == 0)
            return &s->props[i];
        *ret_inline = true;
    }
    return NULL;
}

/* Data of a later Kubernetes, say, that would be lost without a word. */
static int refuse_number(uint64_t number, struct err *err)
{
    return err_set(err, ERR_INVALID, "field %" PRIu64 " is not known: send JSON",
                   number);
}

static int read_fields(const struct schema *s, const struct way *outer, struct reader r,
                       int depth, struct json *into, struct err *err)
{
    struct field f;

    while (next_field(&r, &f, err)) {
        struct way way = *outer;
        bool goes_on;

        if (f.number == 0 || f.number > UINT8_MAX || way.n == PROTO_PATH_MAX)
            return refuse_number(f.number, err);
        way.path[way.n++] = (uint8_t)f.number;
        const struct schema_prop *p = find_prop(s, &way, &goes_on);
        if (p == NULL && (!goes_on || f.wire != WIRE_BYTES))
            return refuse_number(f.number, err);
        if (p != NULL && read_prop(s, p, &f, depth, into, err) != 0)
            return err_prefix(err, "%s", p->name);
        if (p == NULL && read_fields(s, &way, f.inside, depth + 1, into, err) != 0)
            return -1;
    }
    return err->code ? -1 : 0;
}

int protobuf_message(const struct schema *s, struct reader r, int depth,
                     struct json *into, struct err *err)
{
    const struct way start = {.n = 0};

    if (depth > DEPTH_MAX)
        return err_set(err, ERR_TOO_LARGE, "nested more than %d deep", DEPTH_MAX);
    return read_fields(s, &start, r, depth, into, err);
}
