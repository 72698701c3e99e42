#include "cmd/gantry-local/openapi_v2.h"

#include <string.h>

#include "base/json.h"
#include "base/util.h"
#include "cmd/gantry-local/protobuf_put.h"

#define SWAGGER "2.0"
#define TITLE "Kubernetes"
#define VERSION "v1.37.2"
#define MESSAGE_MAX (64u << 20)

/* ---- from v3 ---- */

static const char *const told_alike[] = {
    "title",           "description", "type",
    "format",          "pattern",     "enum",
    "required",        "minLength",   "maxLength",
    "minItems",        "maxItems",    "minimum",
    "maximum",         "multipleOf",  "minProperties",
    "maxProperties",   "uniqueItems", "exclusiveMinimum",
    "exclusiveMaximum"};

static struct json *schema_v2(const struct json *v3);

/* A reference stands alone in v3, or in an allOf beside its description. */
static const char *ref_of(const struct json *v3)
{
    const struct json *all = json_get(v3, "allOf");
    const char *ref = json_str(v3, "$ref");

    if (!ref && json_len(all) == 1)
        ref = json_str(json_item(all, 0), "$ref");
    return ref ? strrchr(ref, '/') + 1 : NULL;
}

/* Kubernetes' own kinds have a text for a number or a text; custom ones no type. */
static void add_choice(struct json *v2, const struct json *v3)
{
    const struct json *choice = json_get(v3, "oneOf");

    if (json_get(v3, "type") || json_len(choice) != 2)
        return;
    json_set(v2, "type", json_new_string("string"));
    if (str_eq(json_str(json_item(choice, 0), "type"), "integer"))
        json_set(v2, "format", json_new_string("int-or-string"));
}

static void add_inner(struct json *v2, const struct json *v3)
{
    const struct json *properties = json_get(v3, "properties");
    const struct json *more = json_get(v3, "additionalProperties");
    const struct json *items = json_get(v3, "items");

    if (json_len(properties) > 0) {
        struct json *into = json_new_object();
        for (json_each (it, properties))
            json_set(into, it.key, schema_v2(it.val));
        json_set(v2, "properties", into);
    }
    if (json_is(more, JSON_OBJECT))
        json_set(v2, "additionalProperties", schema_v2(more));
    if (items)
        json_set(v2, "items", schema_v2(items));
}

static struct json *schema_v2(const struct json *v3)
{
    struct json *v2 = json_new_object();
    const char *ref = ref_of(v3);

    if (ref) {
        AUTO_FREE char *path = xasprintf("#/definitions/%s", ref);
        const struct json *words = json_get(v3, "description");
        if (words)
            json_set(v2, "description", json_copy(words));
        json_set(v2, "$ref", json_new_string(path));
        return v2;
    }
    for (size_t i = 0; i < ARRAY_LEN(told_alike); i++) {
        const struct json *value = json_get(v3, told_alike[i]);
        if (value)
            json_set(v2, told_alike[i], json_copy(value));
    }
    for (json_each (it, v3))
        if (str_starts(it.key, "x-kubernetes-"))
            json_set(v2, it.key, json_copy(it.val));
    /* A client that knew some fields of what keeps all would refuse the others. */
    if (json_bool_or(v3, "x-kubernetes-preserve-unknown-fields", false)) {
        json_del(v2, "type");
        return v2;
    }
    add_choice(v2, v3);
    add_inner(v2, v3);
    return v2;
}

static struct json *definitions(const struct kinds *kinds)
{
    JSON_AUTO struct json *components = json_new_object();
    struct json *all = json_new_object();

    openapi_components(kinds, components);
    for (json_each (it, components))
        json_set(all, it.key, schema_v2(it.val));
    return all;
}

void openapi_v2_json(const struct kinds *kinds, struct str *out)
{
    JSON_AUTO struct json *all = definitions(kinds);
    JSON_AUTO struct json *doc =
        json_build("{'swagger': '" SWAGGER "', 'info': {'title': '" TITLE
                   "', 'version': '" VERSION "'}, 'paths': {}, 'definitions': %j}",
                   all);

    json_print(doc, out);
}

/* ---- protobuf ---- */

/* Numbers of gnostic's openapi.v2 messages. */
enum {
    DOCUMENT_SWAGGER = 1,
    DOCUMENT_INFO = 2,
    DOCUMENT_DEFINITIONS = 9,
    INFO_TITLE = 1,
    INFO_VERSION = 2,
    SCHEMA_REQUIRED = 19,
    SCHEMA_ENUM = 20,
    SCHEMA_MORE = 21,
    SCHEMA_TYPE = 22,
    SCHEMA_ITEMS = 23,
    SCHEMA_PROPERTIES = 25,
    SCHEMA_EXTENSION = 31,
    NAMED_NAME = 1,
    NAMED_VALUE = 2,
    ANY_YAML = 2,
    FIRST = 1, /* of messages that hold one thing: a list, or one choice */
};

static const struct {
    const char *name;
    unsigned number;
} texts[] = {
    {"$ref", 1}, {"format", 2}, {"title", 3}, {"description", 4}, {"pattern", 13}};

static void put_schema(unsigned number, const struct json *v2, struct str *out);

/* JSON is YAML. */
static void put_any(unsigned number, const struct json *value, struct str *out)
{
    AUTO_FREE char *yaml = json_text(value, NULL);
    STR_AUTO struct str any;

    str_init(&any, MESSAGE_MAX);
    put_text(ANY_YAML, yaml, &any);
    put_bytes(number, any.s, any.len, out);
}

/* A message that holds one schema, or one text. */
static void put_held(unsigned number, const struct json *value, struct str *out)
{
    STR_AUTO struct str held;

    str_init(&held, MESSAGE_MAX);
    if (json_is(value, JSON_STRING))
        put_text(FIRST, json_string(value), &held);
    else
        put_schema(FIRST, value, &held);
    put_bytes(number, held.s, held.len, out);
}

/* Entries {name, value} of Properties and Definitions. */
static void put_named(unsigned number, const struct json *schemas, struct str *out)
{
    STR_AUTO struct str all;

    str_init(&all, MESSAGE_MAX);
    for (json_each (it, schemas)) {
        STR_AUTO struct str entry;
        str_init(&entry, MESSAGE_MAX);
        put_text(NAMED_NAME, it.key, &entry);
        put_schema(NAMED_VALUE, it.val, &entry);
        put_bytes(FIRST, entry.s, entry.len, &all);
    }
    put_bytes(number, all.s, all.len, out);
}

static void put_extensions(const struct json *v2, struct str *out)
{
    for (json_each (it, v2)) {
        if (!str_starts(it.key, "x-"))
            continue;
        STR_AUTO struct str entry;
        str_init(&entry, MESSAGE_MAX);
        put_text(NAMED_NAME, it.key, &entry);
        put_any(NAMED_VALUE, it.val, &entry);
        put_bytes(SCHEMA_EXTENSION, entry.s, entry.len, out);
    }
}

static void put_lists(const struct json *v2, struct str *out)
{
    const struct json *required = json_get(v2, "required");
    const struct json *values = json_get(v2, "enum");

    for (size_t i = 0; i < json_len(required); i++)
        put_text(SCHEMA_REQUIRED, json_string(json_item(required, i)), out);
    for (size_t i = 0; i < json_len(values); i++)
        put_any(SCHEMA_ENUM, json_item(values, i), out);
}

static void put_schema(unsigned number, const struct json *v2, struct str *out)
{
    STR_AUTO struct str s;

    str_init(&s, MESSAGE_MAX);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        const struct json *text = json_get(v2, texts[i].name);
        if (json_is(text, JSON_STRING))
            put_text(texts[i].number, json_string(text), &s);
    }
    put_lists(v2, &s);
    if (json_get(v2, "additionalProperties"))
        put_held(SCHEMA_MORE, json_get(v2, "additionalProperties"), &s);
    if (json_get(v2, "type"))
        put_held(SCHEMA_TYPE, json_get(v2, "type"), &s);
    if (json_get(v2, "items"))
        put_held(SCHEMA_ITEMS, json_get(v2, "items"), &s);
    if (json_get(v2, "properties"))
        put_named(SCHEMA_PROPERTIES, json_get(v2, "properties"), &s);
    put_extensions(v2, &s);
    put_bytes(number, s.s, s.len, out);
}

void openapi_v2_protobuf(const struct kinds *kinds, struct str *out)
{
    JSON_AUTO struct json *all = definitions(kinds);
    STR_AUTO struct str info;

    str_init(&info, MESSAGE_MAX);
    put_text(INFO_TITLE, TITLE, &info);
    put_text(INFO_VERSION, VERSION, &info);
    put_text(DOCUMENT_SWAGGER, SWAGGER, out);
    put_bytes(DOCUMENT_INFO, info.s, info.len, out);
    put_named(DOCUMENT_DEFINITIONS, all, out);
}
