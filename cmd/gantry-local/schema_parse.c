#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/schema_priv.h"

/* Deeper documents do not parse as JSON either. */
#define SCHEMA_DEPTH_MAX 32
#define SCHEMA_NODES_MAX 20000

struct parse {
    struct schema_pool *pool;
    struct str path; /* "spec.nodes" */
    size_t nodes;
    unsigned depth;
    bool has_cel;
    bool in_junctor; /* inside allOf, anyOf, oneOf, not: values only */
    struct err *err;
};

typedef int keyword_fn(struct parse *p, struct schema *s, const struct json *v);

struct keyword {
    const char *name;
    enum json_type type; /* JSON_NULL: any */
    bool structural;     /* not allowed inside junctors */
    keyword_fn *parse;
};

static struct schema *parse_node(struct parse *p, const struct json *j,
                                 const char *step);

static int bad(struct parse *p, const char *keyword, const char *why)
{
    return err_set(p->err, ERR_INVALID, "openAPIV3Schema%s.%s: %s", p->path.s, keyword,
                   why);
}

static const char *keep_str(struct parse *p, const struct json *v)
{
    return arena_strdup(schema_pool_arena(p->pool), json_string(v));
}

static int parse_type(struct parse *p, struct schema *s, const struct json *v)
{
    static const enum schema_type types[] = {SCHEMA_OBJECT, SCHEMA_ARRAY,
                                             SCHEMA_STRING, SCHEMA_INTEGER,
                                             SCHEMA_NUMBER, SCHEMA_BOOLEAN};

    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        if (strcmp(json_string(v), schema_type_name(types[i])) == 0) {
            s->type = types[i];
            return 0;
        }
    return bad(p, "type", "must be object, array, string, integer, number or boolean");
}

static int parse_properties(struct parse *p, struct schema *s, const struct json *v)
{
    s->props =
        arena_alloc(schema_pool_arena(p->pool), (json_len(v) + 1) * sizeof(*s->props));
    for (json_each (it, v)) {
        AUTO_FREE char *step = xasprintf(".properties[%s]", it.key);
        struct schema_prop *prop = &s->props[s->n_props];

        prop->schema = parse_node(p, it.val, step);
        if (prop->schema == NULL)
            return -1;
        prop->name = arena_strdup(schema_pool_arena(p->pool), it.key);
        s->n_props++;
    }
    schema_sort_props(s);
    return 0;
}

static int parse_additional(struct parse *p, struct schema *s, const struct json *v)
{
    if (json_is(v, JSON_BOOL)) {
        if (!json_bool(v))
            return bad(p, "additionalProperties", "false is not structural");
        s->additional = schema_node(p->pool, SCHEMA_ANY);
        s->additional->preserve_unknown = true;
        return 0;
    }
    s->additional = parse_node(p, v, ".additionalProperties");
    return s->additional == NULL ? -1 : 0;
}

static int parse_items(struct parse *p, struct schema *s, const struct json *v)
{
    s->items = parse_node(p, v, ".items");
    return s->items == NULL ? -1 : 0;
}

static int parse_strings(struct parse *p, const char *keyword, const struct json *v,
                         const char ***ret, size_t *ret_n)
{
    const char **list =
        arena_alloc(schema_pool_arena(p->pool), (json_len(v) + 1) * sizeof(*list));

    for (size_t i = 0; i < json_len(v); i++) {
        if (!json_is(json_item(v, i), JSON_STRING))
            return bad(p, keyword, "must be a list of strings");
        list[i] = keep_str(p, json_item(v, i));
    }
    *ret = list;
    *ret_n = json_len(v);
    return 0;
}

static int parse_required(struct parse *p, struct schema *s, const struct json *v)
{
    return parse_strings(p, "required", v, &s->required, &s->n_required);
}

static int parse_enum(struct parse *p, struct schema *s, const struct json *v)
{
    if (json_len(v) == 0)
        return bad(p, "enum", "must not be empty");
    s->enum_values = s->told_values = schema_pool_keep(p->pool, json_copy(v));
    return 0;
}

static int parse_default(struct parse *p, struct schema *s, const struct json *v)
{
    s->default_value = schema_pool_keep(p->pool, json_copy(v));
    return 0;
}

static int parse_pattern(struct parse *p, struct schema *s, const struct json *v)
{
    if (schema_set_pattern(p->pool, s, json_string(v), p->err) != 0)
        return err_prefix(p->err, "openAPIV3Schema%s", p->path.s);
    return 0;
}

static int parse_format(struct parse *p, struct schema *s, const struct json *v)
{
    s->format = keep_str(p, v);
    return 0;
}

static int parse_title(struct parse *p, struct schema *s, const struct json *v)
{
    s->title = keep_str(p, v);
    return 0;
}

static int parse_description(struct parse *p, struct schema *s, const struct json *v)
{
    s->description = keep_str(p, v);
    return 0;
}

static int parse_nullable(struct parse *p, struct schema *s, const struct json *v)
{
    (void)p;
    s->nullable = json_bool(v);
    return 0;
}

static int parse_preserve(struct parse *p, struct schema *s, const struct json *v)
{
    if (!json_bool(v))
        return bad(p, "x-kubernetes-preserve-unknown-fields", "must be true or absent");
    s->preserve_unknown = true;
    return 0;
}

static int parse_embedded(struct parse *p, struct schema *s, const struct json *v)
{
    (void)p;
    s->embedded = json_bool(v);
    return 0;
}

static int parse_int_or_string(struct parse *p, struct schema *s, const struct json *v)
{
    (void)p;
    if (json_bool(v))
        s->type = SCHEMA_INT_OR_STRING;
    return 0;
}

static int parse_list_type(struct parse *p, struct schema *s, const struct json *v)
{
    static const char *const names[] = {
        [LIST_ATOMIC] = "atomic", [LIST_SET] = "set", [LIST_MAP] = "map"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcmp(json_string(v), names[i]) == 0) {
            s->list_type = (enum list_type)i;
            return 0;
        }
    return bad(p, "x-kubernetes-list-type", "must be atomic, set or map");
}

static int parse_list_keys(struct parse *p, struct schema *s, const struct json *v)
{
    const char **keys;
    size_t n;

    if (parse_strings(p, "x-kubernetes-list-map-keys", v, &keys, &n) != 0)
        return -1;
    if (n == 0)
        return bad(p, "x-kubernetes-list-map-keys", "must not be empty");
    s->list_keys = keys;
    return 0;
}

static int parse_map_type(struct parse *p, struct schema *s, const struct json *v)
{
    s->map_atomic = strcmp(json_string(v), "atomic") == 0;
    if (!s->map_atomic && strcmp(json_string(v), "granular") != 0)
        return bad(p, "x-kubernetes-map-type", "must be atomic or granular");
    return 0;
}

static int parse_validations(struct parse *p, struct schema *s, const struct json *v)
{
    for (size_t i = 0; i < json_len(v); i++)
        if (json_str(json_item(v, i), "rule") == NULL)
            return bad(p, "x-kubernetes-validations", "each entry needs a rule");
    p->has_cel |= json_len(v) > 0;
    s->validations = schema_pool_keep(p->pool, json_copy(v));
    return 0;
}

static int parse_junctor(struct parse *p, const char *keyword, const struct json *v,
                         struct schema_list *list)
{
    bool outer = p->in_junctor;
    int rc = 0;

    p->in_junctor = true;
    list->items = arena_alloc(schema_pool_arena(p->pool),
                              (json_len(v) + 1) * sizeof(*list->items));
    for (size_t i = 0; i < json_len(v) && rc == 0; i++) {
        AUTO_FREE char *step = xasprintf(".%s[%zu]", keyword, i);
        list->items[i] = parse_node(p, json_item(v, i), step);
        if (list->items[i] == NULL)
            rc = -1;
        else
            list->n++;
    }
    p->in_junctor = outer;
    return rc;
}

static int parse_all_of(struct parse *p, struct schema *s, const struct json *v)
{
    return parse_junctor(p, "allOf", v, &s->all_of);
}

static int parse_any_of(struct parse *p, struct schema *s, const struct json *v)
{
    return parse_junctor(p, "anyOf", v, &s->any_of);
}

static int parse_one_of(struct parse *p, struct schema *s, const struct json *v)
{
    return parse_junctor(p, "oneOf", v, &s->one_of);
}

static int parse_not(struct parse *p, struct schema *s, const struct json *v)
{
    bool outer = p->in_junctor;

    p->in_junctor = true;
    s->not_schema = parse_node(p, v, ".not");
    p->in_junctor = outer;
    return s->not_schema == NULL ? -1 : 0;
}

static int parse_unique(struct parse *p, struct schema *s, const struct json *v)
{
    if (json_bool(v) && !p->in_junctor)
        return bad(p, "uniqueItems", "is forbidden, use x-kubernetes-list-type: set");
    schema_bounds(p->pool, s)->unique_items = json_bool(v);
    return 0;
}

static int parse_ignored(struct parse *p, struct schema *s, const struct json *v)
{
    (void)p;
    (void)s;
    (void)v;
    return 0;
}

/* `type` comes before int-or-string, which replaces it. */
static const struct keyword keywords[] = {
    {"type", JSON_STRING, false, parse_type},
    {"properties", JSON_OBJECT, false, parse_properties},
    {"additionalProperties", JSON_NULL, true, parse_additional},
    {"items", JSON_OBJECT, false, parse_items},
    {"required", JSON_ARRAY, false, parse_required},
    {"enum", JSON_ARRAY, false, parse_enum},
    {"pattern", JSON_STRING, false, parse_pattern},
    {"format", JSON_STRING, false, parse_format},
    {"title", JSON_STRING, true, parse_title},
    {"description", JSON_STRING, true, parse_description},
    {"default", JSON_NULL, true, parse_default},
    {"nullable", JSON_BOOL, true, parse_nullable},
    {"example", JSON_NULL, false, parse_ignored},
    {"externalDocs", JSON_OBJECT, false, parse_ignored},
    {"uniqueItems", JSON_BOOL, false, parse_unique},
    {"allOf", JSON_ARRAY, false, parse_all_of},
    {"anyOf", JSON_ARRAY, false, parse_any_of},
    {"oneOf", JSON_ARRAY, false, parse_one_of},
    {"not", JSON_OBJECT, false, parse_not},
    {"x-kubernetes-int-or-string", JSON_BOOL, true, parse_int_or_string},
    {"x-kubernetes-preserve-unknown-fields", JSON_BOOL, true, parse_preserve},
    {"x-kubernetes-embedded-resource", JSON_BOOL, true, parse_embedded},
    {"x-kubernetes-list-type", JSON_STRING, true, parse_list_type},
    {"x-kubernetes-list-map-keys", JSON_ARRAY, true, parse_list_keys},
    {"x-kubernetes-map-type", JSON_STRING, true, parse_map_type},
    {"x-kubernetes-validations", JSON_ARRAY, false, parse_validations},
};

/* Counts: one row for each bound. */
static const struct count_keyword {
    const char *name;
    size_t offset;
} counts[] = {
    {"minLength", offsetof(struct schema_bounds, min_len)},
    {"maxLength", offsetof(struct schema_bounds, max_len)},
    {"minItems", offsetof(struct schema_bounds, min_items)},
    {"maxItems", offsetof(struct schema_bounds, max_items)},
    {"minProperties", offsetof(struct schema_bounds, min_props)},
    {"maxProperties", offsetof(struct schema_bounds, max_props)},
};

static int parse_count(struct parse *p, struct schema *s, const struct count_keyword *k,
                       const struct json *v)
{
    if (!json_is(v, JSON_INT) || json_int(v) < 0)
        return bad(p, k->name, "must be an integer that is not negative");
    *(int64_t *)((char *)schema_bounds(p->pool, s) + k->offset) = json_int(v);
    return 0;
}

/* minimum and maximum, with their flags. Returns 1 if `name` is none of them. */
static int parse_number(struct parse *p, struct schema *s, const char *name,
                        const struct json *v)
{
    bool number = json_is(v, JSON_INT) || json_is(v, JSON_DOUBLE);
    bool exclusive_min = strcmp(name, "exclusiveMinimum") == 0;

    if (exclusive_min || strcmp(name, "exclusiveMaximum") == 0) {
        if (!json_is(v, JSON_BOOL))
            return bad(p, name, "must be a boolean");
        struct schema_bounds *b = schema_bounds(p->pool, s);
        *(exclusive_min ? &b->min_exclusive : &b->max_exclusive) = json_bool(v);
        return 0;
    }
    bool is_min = strcmp(name, "minimum") == 0;
    bool is_max = strcmp(name, "maximum") == 0;
    if (!is_min && !is_max && strcmp(name, "multipleOf") != 0)
        return 1;
    if (!number)
        return bad(p, name, "must be a number");
    if (!is_min && !is_max && json_double(v) <= 0)
        return bad(p, name, "must be positive");
    struct schema_bounds *b = schema_bounds(p->pool, s);
    *(is_min ? &b->min : is_max ? &b->max : &b->multiple_of) = json_double(v);
    *(is_min ? &b->has_min : is_max ? &b->has_max : &b->has_multiple) = true;
    return 0;
}

static int parse_known(struct parse *p, struct schema *s, const struct keyword *k,
                       const struct json *v)
{
    if (k->type != JSON_NULL && !json_is(v, k->type)) {
        AUTO_FREE char *why = xasprintf("must be of type %s", json_type_name(k->type));
        return bad(p, k->name, why);
    }
    if (k->structural && p->in_junctor)
        return bad(p, k->name, "is forbidden inside allOf, anyOf, oneOf and not");
    return k->parse(p, s, v);
}

static bool is_known(const char *name)
{
    static const char *const numbers[] = {"minimum", "maximum", "multipleOf",
                                          "exclusiveMinimum", "exclusiveMaximum"};

    for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
        if (strcmp(keywords[i].name, name) == 0)
            return true;
    for (size_t i = 0; i < ARRAY_LEN(counts); i++)
        if (strcmp(counts[i].name, name) == 0)
            return true;
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        if (strcmp(numbers[i], name) == 0)
            return true;
    return false;
}

static int parse_keywords(struct parse *p, struct schema *s, const struct json *j)
{
    for (json_each (it, j))
        if (!is_known(it.key))
            return bad(p, it.key, "unknown keyword");
    for (size_t i = 0; i < ARRAY_LEN(keywords); i++) {
        const struct json *v = json_get(j, keywords[i].name);
        if (v != NULL && parse_known(p, s, &keywords[i], v) != 0)
            return -1;
    }
    for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
        const struct json *v = json_get(j, counts[i].name);
        if (v != NULL && parse_count(p, s, &counts[i], v) != 0)
            return -1;
    }
    for (json_each (it, j))
        if (parse_number(p, s, it.key, it.val) < 0)
            return -1;
    return 0;
}

/* A list map's keys must be there in every item: required or defaulted scalars. */
static int check_list_keys(struct parse *p, const struct schema *s)
{
    for (size_t i = 0; s->list_keys[i] != NULL; i++) {
        const char *key = s->list_keys[i];
        const struct schema *field = schema_prop(s->items, key);
        const bool present = (field != NULL && field->default_value != NULL) ||
                             schema_requires(s->items, key);

        if (field == NULL || field->type == SCHEMA_OBJECT ||
            field->type == SCHEMA_ARRAY)
            return bad(p, "x-kubernetes-list-map-keys",
                       "each must name a scalar property of the items");
        if (!present)
            return bad(p, "x-kubernetes-list-map-keys",
                       "each must be required in the items, or have a default");
    }
    return 0;
}

static int check_structural(struct parse *p, const struct schema *s)
{
    if (p->in_junctor)
        return 0;
    if (s->type == SCHEMA_ANY && !s->preserve_unknown)
        return bad(p, "type",
                   "Required value: must not be empty for specified object fields");
    if (s->type == SCHEMA_ARRAY && s->items == NULL)
        return bad(p, "items", "must be specified for an array");
    if (s->additional != NULL && s->n_props > 0)
        return bad(p, "additionalProperties", "is mutually exclusive with properties");
    if (s->list_type == LIST_MAP &&
        (s->items == NULL || s->items->type != SCHEMA_OBJECT || s->list_keys == NULL))
        return bad(p, "x-kubernetes-list-type",
                   "map needs items of type object and x-kubernetes-list-map-keys");
    if (s->list_keys != NULL && s->list_type != LIST_MAP)
        return bad(p, "x-kubernetes-list-map-keys",
                   "needs x-kubernetes-list-type: map");
    return s->list_keys == NULL ? 0 : check_list_keys(p, s);
}

static struct schema *parse_node(struct parse *p, const struct json *j,
                                 const char *step)
{
    size_t len = p->path.len;
    struct schema *s = NULL;

    str_add(&p->path, step);
    if (!json_is(j, JSON_OBJECT))
        err_set(p->err, ERR_INVALID, "openAPIV3Schema%s: must be an object", p->path.s);
    else if (++p->nodes > SCHEMA_NODES_MAX || p->depth >= SCHEMA_DEPTH_MAX)
        err_set(p->err, ERR_TOO_LARGE,
                "openAPIV3Schema%s: more than %d levels or %d schemas", p->path.s,
                SCHEMA_DEPTH_MAX, SCHEMA_NODES_MAX);
    else
        s = schema_node(p->pool, SCHEMA_ANY);
    p->depth++;
    if (s != NULL && (parse_keywords(p, s, j) != 0 || check_structural(p, s) != 0))
        s = NULL;
    p->depth--;
    p->path.len = len;
    p->path.s[len] = '\0';
    return s;
}

struct schema *schema_parse(const struct json *openapi, struct err *err)
{
    struct parse p = {.pool = schema_pool_new(), .err = err};
    struct schema *root;

    str_init(&p.path, 4096);
    root = parse_node(&p, openapi, "");
    if (root != NULL && root->type != SCHEMA_OBJECT) {
        err_set(err, ERR_INVALID, "openAPIV3Schema.type: must be object at the root");
        root = NULL;
    }
    str_fini(&p.path);
    if (root == NULL)
        schema_pool_free(p.pool);
    if (root != NULL) {
        root->pool = p.pool;
        root->has_cel = p.has_cel;
    }
    return root;
}
