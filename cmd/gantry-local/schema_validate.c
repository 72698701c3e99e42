#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/quantity.h"
#include "base/util.h"
#include "cmd/gantry-local/gotext.h"
#include "cmd/gantry-local/schema_priv.h"

/* A message quotes at most this much of a value. */
#define QUOTE_MAX 4096
#define PATH_MAX_BYTES 4096

struct check {
    struct str path; /* "spec.list[1].name"; "" at the root */
    cause_fn *found;
    void *arg;
    size_t n_found;
};

static void check_node(struct check *c, const struct schema *s, const struct json *j);

/* ---- reporting ---- */

static void report_at(struct check *c, const char *field, const char *reason,
                      const char *fmt, va_list ap)
{
    STR_AUTO struct str message;

    str_init(&message, 2 * QUOTE_MAX);
    str_vaddf(&message, fmt, ap);
    c->n_found++;
    c->found(c->arg, &(struct cause){field, reason, message.s});
}

static void report(struct check *c, const char *reason, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static void report(struct check *c, const char *reason, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    report_at(c, c->path.s, reason, fmt, ap);
    va_end(ap);
}

/* Kubernetes names no field for what its schema library says of a whole value. */
static void report_whole(struct check *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
static void report_whole(struct check *c, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    report_at(c, "<nil>", "FieldValueInvalid", fmt, ap);
    va_end(ap);
}

/* `Invalid value: 6: spec.max in body should be less than or equal to 5`. */
static void report_invalid(struct check *c, const struct json *value, const char *fmt,
                           ...) __attribute__((format(printf, 3, 4)));
static void report_invalid(struct check *c, const struct json *value, const char *fmt,
                           ...)
{
    STR_AUTO struct str why;
    STR_AUTO struct str quoted;
    va_list ap;

    str_init(&why, QUOTE_MAX);
    str_init(&quoted, QUOTE_MAX);
    va_start(ap, fmt);
    str_vaddf(&why, fmt, ap);
    va_end(ap);
    json_print(value, &quoted);
    report(c, "FieldValueInvalid", "Invalid value: %s: %s in body %s", quoted.s,
           c->path.s, why.s);
}

static void report_type(struct check *c, const char *want, const char *got)
{
    STR_AUTO struct str quoted;
    JSON_AUTO struct json *text = json_new_string(got);

    str_init(&quoted, QUOTE_MAX);
    json_print(text, &quoted);
    report(c, "FieldValueTypeInvalid",
           "Invalid value: %s: %s in body must be of type %s: %s", quoted.s, c->path.s,
           want, quoted.s);
}

static void path_field(struct check *c, const char *name)
{
    if (c->path.len > 0)
        str_addc(&c->path, '.');
    str_add(&c->path, name);
}

static void path_cut(struct check *c, size_t len)
{
    c->path.len = len;
    c->path.s[len] = '\0';
}

static void report_field(struct check *c, const char *field, const char *reason,
                         const char *message)
{
    size_t len = c->path.len;

    path_field(c, field);
    report(c, reason, "%s", message);
    path_cut(c, len);
}

/* ---- types ---- */

static const char *type_of(const struct json *j)
{
    switch (json_type(j)) {
    case JSON_NULL:
        return "null";
    case JSON_BOOL:
        return "boolean";
    case JSON_INT:
        return "integer";
    case JSON_DOUBLE:
        return "number";
    case JSON_STRING:
        return "string";
    case JSON_ARRAY:
        return "array";
    case JSON_OBJECT:
        return "object";
    }
    return "";
}

static bool is_number(const struct json *j)
{
    return json_is(j, JSON_INT) || json_is(j, JSON_DOUBLE);
}

static bool is_whole(const struct json *j)
{
    return json_is(j, JSON_INT) ||
           (json_is(j, JSON_DOUBLE) && trunc(json_double(j)) == json_double(j));
}

static bool type_fits(enum schema_type type, const struct json *j)
{
    switch (type) {
    case SCHEMA_ANY:
        return true;
    case SCHEMA_OBJECT:
        return json_is(j, JSON_OBJECT);
    case SCHEMA_ARRAY:
        return json_is(j, JSON_ARRAY);
    case SCHEMA_STRING:
        return json_is(j, JSON_STRING);
    case SCHEMA_INTEGER:
        return is_whole(j);
    case SCHEMA_NUMBER:
        return is_number(j);
    case SCHEMA_BOOLEAN:
        return json_is(j, JSON_BOOL);
    case SCHEMA_INT_OR_STRING:
        return is_whole(j) || json_is(j, JSON_STRING);
    case SCHEMA_QUANTITY:
        return is_number(j) || json_is(j, JSON_STRING);
    }
    return false;
}

static void check_enum(struct check *c, const struct schema *s, const struct json *j)
{
    STR_AUTO struct str allowed;
    STR_AUTO struct str quoted;

    str_init(&allowed, QUOTE_MAX);
    str_init(&quoted, QUOTE_MAX);
    for (size_t i = 0; i < json_len(s->enum_values); i++)
        if (json_equal(json_item(s->enum_values, i), j))
            return;
    json_print(j, &quoted);
    for (size_t i = 0; i < json_len(s->enum_values); i++) {
        const struct json *v = json_item(s->enum_values, i);
        bool bare = !json_is(v, JSON_STRING);
        str_add(&allowed, i > 0 ? ", " : "");
        str_add(&allowed, bare ? "\"" : "");
        json_print(v, &allowed);
        str_add(&allowed, bare ? "\"" : "");
    }
    report(c, "FieldValueNotSupported", "Unsupported value: %s: supported values: %s",
           quoted.s, allowed.s);
}

/* ---- scalars ---- */

static int64_t rune_count(const char *s)
{
    int64_t n = 0;

    for (; *s != '\0'; s++)
        n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

/* Kubernetes' own kinds are read by Go, whose words these are; NULL: it has none. */
static char *misread(const struct schema *s, const char *text)
{
    if (!s->is_core)
        return NULL;
    if (str_eq(s->format, "byte"))
        return gotext_base64(text);
    return s->is_time ? gotext_time(text, s->micro) : NULL;
}

static void check_format(struct check *c, const struct schema *s, const char *text)
{
    const bool is_micro = s->micro && !schema_micro_ok(text);

    if (!is_micro && schema_format_ok(s->format, text))
        return;
    AUTO_FREE char *why = misread(s, text);
    if (why)
        report(c, "FieldValueTypeInvalid", "%s", why);
    else
        report_type(c, is_micro ? "microseconds" : s->format, text);
}

static void check_string(struct check *c, const struct schema *s, const struct json *j)
{
    const struct schema_bounds *b = s->bounds;
    const char *text = json_string(j);

    if (b != NULL && b->max_len >= 0 && rune_count(text) > b->max_len)
        report(c, "FieldValueTooLong",
               "Too long: may not be more than %" PRId64 " bytes", b->max_len);
    else if (b != NULL && rune_count(text) < b->min_len)
        report_invalid(c, j, "should be at least %" PRId64 " chars long", b->min_len);
    else if (s->regex != NULL && regexec(s->regex, text, 0, NULL, 0) != 0)
        report_invalid(c, j, "should match '%s'", s->pattern);
    if (s->format != NULL)
        check_format(c, s, text);
}

static void check_quantity(struct check *c, const struct json *j)
{
    struct err err = ERR_INIT;
    int64_t value;

    if (quantity_read(j, &value, &err) == 0)
        return;
    report(c, "FieldValueTypeInvalid", "%s",
           "quantities must match the regular expression "
           "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
}

static void check_bounds(struct check *c, const struct schema_bounds *b,
                         const struct json *j)
{
    double v = json_double(j);

    if (b->has_max && (b->max_exclusive ? v >= b->max : v > b->max))
        report_invalid(c, j, "should be less than %s%.17g",
                       b->max_exclusive ? "" : "or equal to ", b->max);
    if (b->has_min && (b->min_exclusive ? v <= b->min : v < b->min))
        report_invalid(c, j, "should be greater than %s%.17g",
                       b->min_exclusive ? "" : "or equal to ", b->min);
    if (b->has_multiple && fabs(remainder(v, b->multiple_of)) > 1e-9 * b->multiple_of)
        report_invalid(c, j, "should be a multiple of %.17g", b->multiple_of);
}

static void check_number(struct check *c, const struct schema *s, const struct json *j)
{
    bool is_int32 = str_eq(s->format, "int32");

    if (is_int32 && (json_double(j) > INT32_MAX || json_double(j) < INT32_MIN))
        report_whole(c,
                     "Invalid value: \"\": Checked value must be of type integer with "
                     "format int32 in %s",
                     c->path.s);
    if (s->bounds != NULL)
        check_bounds(c, s->bounds, j);
}

/* Where a whole number was wanted: its bounds are held against it all the same. */
static void check_fraction(struct check *c, const struct schema *s,
                           const struct json *j)
{
    report_whole(c,
                 "Invalid value: \"\": Checked value must be of type integer (default "
                 "format) in %s",
                 c->path.s);
    check_number(c, s, j);
}

/* ---- lists ---- */

struct item_text {
    char *text;
    size_t index;
};

static int item_order(const void *a, const void *b)
{
    const struct item_text *x = a;
    const struct item_text *y = b;
    int order = strcmp(x->text, y->text);

    return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

/* What makes an item of a set or list map itself: its value, or its keys' values. */
static char *item_identity(const struct schema *s, const struct json *item)
{
    if (s->list_type != LIST_MAP)
        return json_text(item, NULL);
    JSON_AUTO struct json *keys = json_new_object();
    for (size_t i = 0; s->list_keys[i] != NULL; i++) {
        struct json *v = json_get(item, s->list_keys[i]);
        if (v != NULL)
            json_set(keys, s->list_keys[i], json_copy(v));
    }
    return json_text(keys, NULL);
}

static void report_duplicate(struct check *c, const struct item_text *item)
{
    size_t len = c->path.len;

    str_addf(&c->path, "[%zu]", item->index);
    report(c, "FieldValueDuplicate", "Duplicate value: %s", item->text);
    path_cut(c, len);
}

/* By sorting: a list of a hundred thousand items must not cost their square. */
static void check_unique(struct check *c, const struct schema *s, const struct json *j)
{
    size_t n = json_len(j);
    struct item_text *items = xcalloc(n + 1, sizeof(*items));

    for (size_t i = 0; i < n; i++)
        items[i] = (struct item_text){item_identity(s, json_item(j, i)), i};
    qsort(items, n, sizeof(*items), item_order);
    for (size_t i = 1; i < n; i++)
        if (strcmp(items[i - 1].text, items[i].text) == 0)
            report_duplicate(c, &items[i]);
    for (size_t i = 0; i < n; i++)
        free(items[i].text);
    free(items);
}

static void report_too_many(struct check *c, size_t have, int64_t max)
{
    report(c, "FieldValueTooMany",
           "Too many: %zu: must have at most %" PRId64 " item%s", have, max,
           max == 1 ? "" : "s");
}

static void check_array(struct check *c, const struct schema *s, const struct json *j)
{
    const struct schema_bounds *b = s->bounds;
    size_t len = c->path.len;
    size_t before = c->n_found;

    if (b != NULL && b->max_items >= 0 && (int64_t)json_len(j) > b->max_items)
        report_too_many(c, json_len(j), b->max_items);
    if (b != NULL && (int64_t)json_len(j) < b->min_items) {
        JSON_AUTO struct json *have = json_new_int((int64_t)json_len(j));
        report_invalid(c, have, "should have at least %" PRId64 " items", b->min_items);
    }
    for (size_t i = 0; s->items != NULL && i < json_len(j); i++) {
        str_addf(&c->path, "[%zu]", i);
        check_node(c, s->items, json_item(j, i));
        path_cut(c, len);
    }
    /* Of Kubernetes' own kinds each says itself which items may not stand twice. */
    if (c->n_found == before && s->list_type != LIST_ATOMIC && !s->is_core)
        check_unique(c, s, j);
}

/* ---- objects ---- */

static bool is_missing(const struct schema *s, const struct schema *field,
                       const struct json *v)
{
    if (v == NULL)
        return true;
    if (!s->is_core)
        return false;
    return (json_is(v, JSON_STRING) && json_string(v)[0] == '\0') ||
           (json_is(v, JSON_ARRAY) && json_len(v) == 0) ||
           (json_is(v, JSON_NULL) && field != NULL && !field->nullable);
}

static void check_required(struct check *c, const struct schema *s,
                           const struct json *j)
{
    for (size_t i = 0; i < s->n_required; i++) {
        const struct schema *field = schema_prop(s, s->required[i]);
        if (is_missing(s, field, json_get(j, s->required[i])) &&
            !(field && field->late))
            report_field(c, s->required[i], "FieldValueRequired", "Required value");
    }
}

static void check_embedded(struct check *c, const struct json *j)
{
    static const char *const needed[] = {"apiVersion", "kind"};

    for (size_t i = 0; i < ARRAY_LEN(needed); i++)
        if (json_str_or(j, needed[i], "")[0] == '\0')
            report_field(c, needed[i], "FieldValueRequired", "Required value");
}

static void check_object(struct check *c, const struct schema *s, const struct json *j)
{
    const struct schema_bounds *b = s->bounds;
    size_t len = c->path.len;

    check_required(c, s, j);
    if (b != NULL && b->max_props >= 0 && (int64_t)json_len(j) > b->max_props)
        report_too_many(c, json_len(j), b->max_props);
    if (b != NULL && (int64_t)json_len(j) < b->min_props) {
        JSON_AUTO struct json *have = json_new_int((int64_t)json_len(j));
        report_invalid(c, have, "should have at least %" PRId64 " properties",
                       b->min_props);
    }
    for (json_each (it, j)) {
        const struct schema *field = schema_field(s, it.key);
        if (field == NULL)
            continue;
        path_field(c, it.key);
        check_node(c, field, it.val);
        path_cut(c, len);
    }
    if (s->embedded)
        check_embedded(c, j);
}

/* ---- allOf, anyOf, oneOf, not ---- */

static void ignore_cause(void *arg, const struct cause *cause)
{
    (void)arg;
    (void)cause;
}

static bool fits(const struct check *c, const struct schema *s, const struct json *j)
{
    struct check quiet = {.path = c->path, .found = ignore_cause};

    str_init(&quiet.path, PATH_MAX_BYTES);
    check_node(&quiet, s, j);
    str_fini(&quiet.path);
    return quiet.n_found == 0;
}

static size_t fitting(const struct check *c, const struct schema_list *list,
                      const struct json *j)
{
    size_t n = 0;

    for (size_t i = 0; i < list->n; i++)
        n += fits(c, list->items[i], j);
    return n;
}

static void check_one_of(struct check *c, const struct schema *s, const struct json *j)
{
    size_t n = fitting(c, &s->one_of, j);

    if (n == 0)
        report_whole(
            c,
            "Invalid value: \"\": \"%s\" must validate one and only one schema "
            "(oneOf). Found none valid",
            c->path.s);
    else if (n > 1)
        report_whole(
            c,
            "Invalid value: \"\": \"%s\" must validate one and only one schema "
            "(oneOf). Found %zu valid alternatives",
            c->path.s, n);
    if (n == 0 && s->one_of.n > 0)
        check_node(c, s->one_of.items[0], j);
}

static void check_junctors(struct check *c, const struct schema *s,
                           const struct json *j)
{
    size_t before = c->n_found;

    for (size_t i = 0; i < s->all_of.n; i++)
        check_node(c, s->all_of.items[i], j);
    if (c->n_found > before)
        report_whole(
            c, "Invalid value: \"\": \"%s\" must validate all the schemas (allOf)",
            c->path.s);
    if (s->any_of.n > 0 && fitting(c, &s->any_of, j) == 0) {
        report_whole(
            c, "Invalid value: \"\": \"%s\" must validate at least one schema (anyOf)",
            c->path.s);
        check_node(c, s->any_of.items[0], j);
    }
    if (s->one_of.n > 0)
        check_one_of(c, s, j);
    if (s->not_schema != NULL && fits(c, s->not_schema, j))
        report_whole(c,
                     "Invalid value: \"\": \"%s\" must not validate the schema (not)",
                     c->path.s);
}

static void check_node(struct check *c, const struct schema *s, const struct json *j)
{
    if (json_is(j, JSON_NULL) && (s->nullable || s->is_time || s->type == SCHEMA_ANY ||
                                  json_is(s->default_value, JSON_NULL)))
        return;
    const bool fits_type = type_fits(s->type, j);
    if (!fits_type)
        report_type(c, schema_type_name(s->type), type_of(j));
    if (s->enum_values != NULL)
        check_enum(c, s, j);
    if (!fits_type) {
        if (s->type == SCHEMA_INTEGER && !s->is_core && is_number(j))
            check_fraction(c, s, j);
        return;
    }
    if (s->type == SCHEMA_QUANTITY)
        check_quantity(c, j);
    else if (json_is(j, JSON_STRING))
        check_string(c, s, j);
    else if (is_number(j))
        check_number(c, s, j);
    else if (json_is(j, JSON_ARRAY))
        check_array(c, s, j);
    else if (json_is(j, JSON_OBJECT))
        check_object(c, s, j);
    check_junctors(c, s, j);
}

void schema_validate(const struct schema *s, const struct json *object, cause_fn *found,
                     void *arg)
{
    struct check c = {.found = found, .arg = arg};

    str_init(&c.path, PATH_MAX_BYTES);
    check_node(&c, s, object);
    str_fini(&c.path);
}
