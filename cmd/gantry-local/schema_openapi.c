/* schema_openapi - schemas as OpenAPI v3 objects. */
#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/schema_priv.h"

static struct json *node_openapi(const struct schema *s);
static void put_merging(struct json *o, const struct schema *s);

/* A list that is null where it is empty has no default to tell of. */
static void put_default(struct json *o, const struct schema *s)
{
    if (s->default_value != NULL && !json_is(s->default_value, JSON_NULL))
        json_set(o, "default", json_copy(s->default_value));
}

/* Where a node stands inside another: a shared type by reference. A reference has no
 * siblings in OpenAPI v3.0, so one with a default stands in an allOf. */
static struct json *inner_openapi(const struct schema *s)
{
    if (s->shown_as != NULL) {
        JSON_AUTO struct json *shown = inner_openapi(s->shown_as);
        return json_build("{'description': %s, 'allOf': [%j]}", s->description, shown);
    }
    if (s->ref == NULL)
        return node_openapi(s);
    AUTO_FREE char *path = xasprintf("#/components/schemas/%s", s->ref);
    if (s->default_value == NULL && !s->retain_keys && !s->replaced)
        return json_build("{'$ref': %s}", path);
    struct json *o = json_build("{'allOf': [{'$ref': %s}]}", path);
    put_default(o, s);
    put_merging(o, s);
    return o;
}

static void put_str(struct json *o, const char *key, const char *value)
{
    if (value != NULL)
        json_set(o, key, json_new_string(value));
}

static void put_true(struct json *o, const char *key, bool value)
{
    if (value)
        json_set(o, key, json_new_bool(true));
}

static void put_count(struct json *o, const char *key, int64_t value)
{
    if (value >= 0)
        json_set(o, key, json_new_int(value));
}

static void put_number(struct json *o, const char *key, bool has, double value)
{
    if (!has)
        return;
    if (value == (double)(int64_t)value)
        json_set(o, key, json_new_int((int64_t)value));
    else
        json_set(o, key, json_new_double(value));
}

static void put_list(struct json *o, const char *key, const struct schema_list *list)
{
    struct json *out;

    if (list->n == 0)
        return;
    out = json_new_array();
    for (size_t i = 0; i < list->n; i++)
        json_append(out, inner_openapi(list->items[i]));
    json_set(o, key, out);
}

static void put_strings(struct json *o, const char *key, const char *const *list,
                        size_t n)
{
    struct json *out;

    if (n == 0)
        return;
    out = json_new_array();
    for (size_t i = 0; i < n; i++)
        json_append(out, json_new_string(list[i]));
    json_set(o, key, out);
}

static void put_type(struct json *o, const struct schema *s)
{
    switch (s->type) {
    case SCHEMA_ANY:
        return;
    case SCHEMA_INT_OR_STRING:
        if (s->is_core) {
            json_set(o, "oneOf",
                     json_build("[{'type': 'integer'}, {'type': 'string'}]"));
            return;
        }
        json_set(o, "x-kubernetes-int-or-string", json_new_bool(true));
        json_set(o, "anyOf", json_build("[{'type': 'integer'}, {'type': 'string'}]"));
        return;
    case SCHEMA_QUANTITY:
        json_set(o, "oneOf", json_build("[{'type': 'string'}, {'type': 'number'}]"));
        return;
    case SCHEMA_OBJECT:
    case SCHEMA_ARRAY:
    case SCHEMA_STRING:
    case SCHEMA_INTEGER:
    case SCHEMA_NUMBER:
    case SCHEMA_BOOLEAN:
        put_str(o, "type", schema_type_name(s->type));
    }
}

static void put_bounds(struct json *o, const struct schema_bounds *b)
{
    put_count(o, "minLength", b->min_len);
    put_count(o, "maxLength", b->max_len);
    put_count(o, "minItems", b->min_items);
    put_count(o, "maxItems", b->max_items);
    put_count(o, "minProperties", b->min_props);
    put_count(o, "maxProperties", b->max_props);
    put_number(o, "minimum", b->has_min, b->min);
    put_number(o, "maximum", b->has_max, b->max);
    put_number(o, "multipleOf", b->has_multiple, b->multiple_of);
    put_true(o, "exclusiveMinimum", b->min_exclusive);
    put_true(o, "exclusiveMaximum", b->max_exclusive);
    put_true(o, "uniqueItems", b->unique_items);
}

static void put_merging(struct json *o, const struct schema *s)
{
    static const char *const list_types[] = {
        [LIST_ATOMIC] = NULL, [LIST_SET] = "set", [LIST_MAP] = "map"};
    const bool merges = s->merge_key != NULL || s->merge_scalars;
    size_t n = 0;

    put_str(o, "x-kubernetes-list-type", list_types[s->list_type]);
    while (s->list_keys != NULL && s->list_keys[n] != NULL)
        n++;
    put_strings(o, "x-kubernetes-list-map-keys", s->list_keys, n);
    put_str(o, "x-kubernetes-map-type", s->map_atomic ? "atomic" : NULL);
    put_str(o, "x-kubernetes-patch-merge-key", s->merge_key);
    put_str(o, "x-kubernetes-patch-strategy",
            s->replaced                ? "replace"
            : merges && s->retain_keys ? "merge,retainKeys"
            : merges                   ? "merge"
            : s->retain_keys           ? "retainKeys"
                                       : NULL);
}

static struct json *prop_openapi(const struct schema_prop *p)
{
    struct json *o = inner_openapi(p->schema);

    if (p->words == NULL)
        return o;
    if (json_get(o, "$ref") != NULL) {
        struct json *whole = json_build("{'allOf': [%j]}", o);
        json_free(o);
        o = whole;
    }
    json_set(o, "description", json_new_string(p->words));
    return o;
}

static void put_required(struct json *o, const struct schema *s)
{
    struct json *list;

    put_strings(o, "required", s->required, s->n_required);
    if (s->n_shown_required == 0)
        return;
    list = json_get(o, "required");
    if (list == NULL) {
        list = json_new_array();
        json_set(o, "required", list);
    }
    for (size_t i = 0; i < s->n_shown_required; i++)
        json_append(list, json_new_string(s->shown_required[i]));
}

static void put_shape(struct json *o, const struct schema *s)
{
    if (s->n_props > 0) {
        struct json *props = json_new_object();
        for (size_t i = 0; i < s->n_props; i++)
            json_set(props, s->props[i].name, prop_openapi(&s->props[i]));
        json_set(o, "properties", props);
    }
    if (s->additional != NULL)
        json_set(o, "additionalProperties", inner_openapi(s->additional));
    if (s->items != NULL)
        json_set(o, "items", inner_openapi(s->items));
    put_required(o, s);
    put_list(o, "allOf", &s->all_of);
    put_list(o, "anyOf", &s->any_of);
    put_list(o, "oneOf", &s->one_of);
    if (s->not_schema != NULL)
        json_set(o, "not", inner_openapi(s->not_schema));
}

/* Core types' values stand in the order in which a refusal names them. */
static struct json *sorted(const struct json *values)
{
    struct json *out = json_new_array();

    for (size_t i = 0; i < json_len(values); i++) {
        size_t at = 0;
        while (at < i && strcmp(json_string(json_item(out, at)),
                                json_string(json_item(values, i))) < 0)
            at++;
        json_array_insert(out, at, json_copy(json_item(values, i)));
    }
    return out;
}

static struct json *node_openapi(const struct schema *s)
{
    struct json *o = json_new_object();

    put_str(o, "title", s->title);
    put_str(o, "description", s->description);
    put_type(o, s);
    put_str(o, "format", s->format);
    put_str(o, "pattern", s->pattern);
    if (s->told_values != NULL)
        json_set(o, "enum",
                 s->is_core ? sorted(s->told_values) : json_copy(s->told_values));
    put_default(o, s);
    put_true(o, "nullable", s->nullable);
    if (s->bounds != NULL)
        put_bounds(o, s->bounds);
    put_shape(o, s);
    put_true(o, "x-kubernetes-preserve-unknown-fields", s->preserve_unknown);
    put_true(o, "x-kubernetes-embedded-resource", s->embedded);
    put_merging(o, s);
    if (s->validations != NULL)
        json_set(o, "x-kubernetes-validations", json_copy(s->validations));
    if (s->gvk != NULL)
        json_set(o, "x-kubernetes-group-version-kind", json_copy(s->gvk));
    return o;
}

struct json *schema_to_openapi(const struct schema *s)
{
    return node_openapi(s);
}
