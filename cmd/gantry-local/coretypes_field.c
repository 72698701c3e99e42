/* coretypes_field - the text of a type in the table, as coretypes.h has it, read. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/coretypes_priv.h"

/* ---- a field's type ---- */

#define EXTENSIONS "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1."

static const struct scalar {
    const char *word;
    enum schema_type type;
    const char *format;
    const char *ref; /* the component that Kubernetes has it in */
} scalars[] = {
    {"string", SCHEMA_STRING, NULL, NULL},
    {"bool", SCHEMA_BOOLEAN, NULL, NULL},
    {"int32", SCHEMA_INTEGER, "int32", NULL},
    {"int64", SCHEMA_INTEGER, "int64", NULL},
    {"double", SCHEMA_NUMBER, "double", NULL},
    {"bytes", SCHEMA_STRING, "byte", NULL},
    {"time", SCHEMA_STRING, "date-time", NULL},
    {"microtime", SCHEMA_STRING, "date-time", NULL},
    {"quantity", SCHEMA_QUANTITY, NULL,
     "io.k8s.apimachinery.pkg.api.resource.Quantity"},
    {"intstr", SCHEMA_INT_OR_STRING, "int-or-string",
     "io.k8s.apimachinery.pkg.util.intstr.IntOrString"},
    {"any", SCHEMA_ANY, NULL, NULL},
    {"fields", SCHEMA_ANY, NULL, "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1"},
    {"raw", SCHEMA_ANY, NULL, "io.k8s.apimachinery.pkg.runtime.RawExtension"},
    {"json", SCHEMA_ANY, NULL, EXTENSIONS "JSON"},
    {"schemaorbool", SCHEMA_ANY, NULL, EXTENSIONS "JSONSchemaPropsOrBool"},
    {"schemaorarray", SCHEMA_ANY, NULL, EXTENSIONS "JSONSchemaPropsOrArray"},
    {"schemaorstrings", SCHEMA_ANY, NULL, EXTENSIONS "JSONSchemaPropsOrStringArray"},
};

struct schema *coretypes_node(struct coretypes *t, enum schema_type type)
{
    struct schema *s = schema_node(t->pool, type);

    s->is_core = true;
    s->preserve_unknown = type == SCHEMA_ANY;
    return s;
}

/* `package`: "core.v1", where a type without one is looked for. */
static struct schema *type_of_word(struct coretypes *t, const char *package,
                                   const char *word)
{
    struct schema *s;

    if (strncmp(word, "[]", 2) == 0) {
        s = coretypes_node(t, SCHEMA_ARRAY);
        s->items = type_of_word(t, package, word + 2);
        return s;
    }
    if (strncmp(word, "{}", 2) == 0) {
        s = coretypes_node(t, SCHEMA_OBJECT);
        s->additional = type_of_word(t, package, word + 2);
        return s;
    }
    for (size_t i = 0; i < ARRAY_LEN(scalars); i++)
        if (strcmp(scalars[i].word, word) == 0) {
            s = coretypes_node(t, scalars[i].type);
            s->format = scalars[i].format;
            s->ref = scalars[i].ref;
            s->micro = strcmp(word, "microtime") == 0;
            s->is_time = s->micro || strcmp(word, "time") == 0;
            if (str_starts(word, "schemaor"))
                s->chosen = coretypes_find(t, "apiextensions.v1.JSONSchemaProps");
            return s;
        }
    AUTO_FREE char *name = xasprintf("%s%s%s", strchr(word, '.') ? "" : package,
                                     strchr(word, '.') ? "" : ".", word);
    s = coretypes_find(t, name);
    assert(s != NULL);
    return s;
}

/* ---- a field's other words ---- */

static struct json *default_of(const struct schema *s, const char *text)
{
    if (s->type == SCHEMA_STRING && text[0] != '"')
        return json_new_string(text);
    if (s->type == SCHEMA_QUANTITY)
        return json_new_string(text);
    struct json *j = json_parse_str(text, NULL);
    assert(j != NULL);
    return j;
}

/* "A|B" (the closing brace is gone) as an array. */
static struct json *enum_of(const char *text)
{
    struct json *list = json_new_array();

    for (;;) {
        size_t len = strcspn(text, "|");
        json_append(list, json_new_string_len(text, len));
        if (text[len] == '\0')
            return list;
        text += len + 1;
    }
}

static void set_words(struct coretypes *t, struct schema *s, const char *text)
{
    const bool only_told = text[0] == '/';

    s->told_values = schema_pool_keep(t->pool, enum_of(text + only_told));
    if (!only_told)
        s->enum_values = s->told_values;
}

static const char *const *keys_of(struct coretypes *t, const char *text)
{
    struct arena *arena = schema_pool_arena(t->pool);
    const char **keys = arena_alloc(arena, (strlen(text) + 2) * sizeof(*keys));

    for (size_t n = 0;; n++) {
        size_t len = strcspn(text, ",");
        keys[n] = arena_printf(arena, "%.*s", (int)len, text);
        if (text[len] == '\0')
            return keys;
        text += len + 1;
    }
}

static void apply_word(struct coretypes *t, struct schema *s, char *word)
{
    if (word[0] == '=') {
        s->default_value = schema_pool_keep(t->pool, default_of(s, word + 1));
    } else if (word[0] == '{') {
        word[strlen(word) - 1] = '\0';
        set_words(t, s, word + 1);
    } else if (strncmp(word, "map:", 4) == 0) {
        s->list_type = LIST_MAP;
        s->list_keys = keys_of(t, word + 4);
    } else if (strcmp(word, "set") == 0) {
        s->list_type = LIST_SET;
    } else if (strncmp(word, "merge:", 6) == 0) {
        s->merge_key = arena_strdup(schema_pool_arena(t->pool), word + 6);
    } else if (strcmp(word, "merge") == 0) {
        s->merge_scalars = true;
    } else if (strcmp(word, "retain") == 0) {
        s->retain_keys = true;
    } else if (strcmp(word, "replace") == 0) {
        s->replaced = true;
    } else if (strcmp(word, "late") == 0) {
        s->late = true;
    } else {
        assert(strcmp(word, "atomic") == 0);
        s->map_atomic = true;
    }
}

static bool is_shared_object(const struct schema *s)
{
    return s->ref != NULL && s->type == SCHEMA_OBJECT;
}

/* A node for one field's own words where the type is shared. */
static struct schema *own_node(struct coretypes *t, struct schema *shared)
{
    if (!is_shared_object(shared))
        return shared;
    GROW(t->pending, t->n_pending, t->cap_pending);
    struct pending *p = &t->pending[t->n_pending++];
    *p = (struct pending){coretypes_node(t, SCHEMA_OBJECT), shared};
    return p->copy;
}

/* "@2.19?" */
static struct proto_numbers numbers_of(const char *word)
{
    struct proto_numbers numbers = {0};
    char *end;

    for (size_t n = 0; *word == '@' || *word == '.'; n++, word = end) {
        assert(n < PROTO_PATH_MAX);
        numbers.path[n] = (uint8_t)strtoul(word + 1, &end, 10);
    }
    numbers.pointer = *word == '?';
    return numbers;
}

/* What is a struct in Go, and no pointer to one, is always there: one that must not be
 * missing is empty, and wrong for what it lacks. */
static void parse_field(struct coretypes *t, const char *package, struct schema *s,
                        char *text)
{
    struct arena *arena = schema_pool_arena(t->pool);
    char *rest = text;
    char *name = strsep(&rest, " ");
    size_t len = strlen(name);
    struct proto_numbers numbers = {0};
    struct schema *field;

    if (rest == NULL) {
        apply_word(t, s, name); /* the type's own "atomic" */
        return;
    }
    const bool is_required = name[len - 1] == '!';
    if (is_required) {
        name[len - 1] = '\0';
        s->required[s->n_required++] = arena_strdup(arena, name);
    } else if (name[len - 1] == '~') {
        name[len - 1] = '\0';
        s->shown_required[s->n_shown_required++] = arena_strdup(arena, name);
    }
    field = type_of_word(t, package, strsep(&rest, " "));
    if (rest != NULL && rest[0] == '@')
        numbers = numbers_of(strsep(&rest, " "));
    const bool is_struct = is_required && is_shared_object(field) && !numbers.pointer;
    if (rest != NULL || is_struct)
        field = own_node(t, field);
    while (rest != NULL)
        apply_word(t, field, strsep(&rest, " "));
    if (is_struct && field->default_value == NULL)
        field->default_value = schema_pool_keep(t->pool, json_new_object());
    s->props[s->n_props++] = (struct schema_prop){
        .name = arena_strdup(arena, name), .schema = field, .numbers = numbers};
}

static size_t count_fields(const char *fields)
{
    size_t n = 1;

    for (; *fields != '\0'; fields++)
        n += *fields == ';';
    return n;
}

void coretypes_parse(struct coretypes *t, const struct core_type *row)
{
    struct arena *arena = schema_pool_arena(t->pool);
    struct schema *s = coretypes_find(t, row->name);
    AUTO_FREE char *package = xstrdup(row->name);
    AUTO_FREE char *text = xstrdup(row->fields);
    size_t n = count_fields(text);

    *strrchr(package, '.') = '\0';
    /* Two more for a kind's apiVersion and kind. */
    s->props = arena_alloc(arena, (n + 2) * sizeof(*s->props));
    s->required = arena_alloc(arena, n * sizeof(*s->required));
    s->shown_required = arena_alloc(arena, n * sizeof(*s->shown_required));
    for (char *rest = text; rest != NULL && *rest != '\0';) {
        char *field = strsep(&rest, ";");
        parse_field(t, package, s, field + strspn(field, " "));
    }
    schema_sort_props(s);
}
