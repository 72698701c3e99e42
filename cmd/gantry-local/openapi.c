/* openapi - OpenAPI v3 documents, one per group and version. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/kinds.h"
#include "cmd/gantry-local/schema_priv.h"

static void add_refs(struct json *components, const struct schema *s);

static void add_list_refs(struct json *components, const struct schema_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        add_refs(components, list->items[i]);
}

static void add_inner_refs(struct json *components, const struct schema *s)
{
    for (size_t i = 0; i < s->n_props; i++)
        add_refs(components, s->props[i].schema);
    add_list_refs(components, &s->all_of);
    add_list_refs(components, &s->any_of);
    add_list_refs(components, &s->one_of);
    if (s->additional != NULL)
        add_refs(components, s->additional);
    if (s->items != NULL)
        add_refs(components, s->items);
    if (s->not_schema != NULL)
        add_refs(components, s->not_schema);
}

/* Adds the shared types that `s` leads to. Each is entered before what it leads to, so
 * that a cycle ends. */
static void add_refs(struct json *components, const struct schema *s)
{
    if (s->shown_as != NULL) {
        add_refs(components, s->shown_as);
        return;
    }
    if (s->ref != NULL) {
        /* A field's own default is the field's, not the type's. */
        struct schema shared = *s;

        if (json_get(components, s->ref) != NULL)
            return;
        shared.default_value = NULL;
        json_set(components, s->ref, schema_to_openapi(&shared));
    }
    add_inner_refs(components, s);
}

/* "gantry.dev", "v1alpha1", "BatchJob" -> "dev.gantry.v1alpha1.BatchJob". */
static char *component_name(const struct kind *k)
{
    STR_AUTO struct str name;
    const char *end = k->group + strlen(k->group);

    str_init(&name, 1024);
    while (end > k->group) {
        const char *start = end;
        while (start > k->group && start[-1] != '.')
            start--;
        str_addn(&name, start, (size_t)(end - start));
        str_addc(&name, '.');
        end = start > k->group ? start - 1 : start;
    }
    str_addf(&name, "%s.%s", k->version, k->name);
    return str_take(&name);
}

/* ---- paths ---- */

static const struct {
    const char *method, *action;
    bool on_object;
    bool writes; /* takes dryRun, fieldManager and fieldValidation */
} operations[] = {
    {"get", "list", false, false},  {"post", "post", false, true},
    {"get", "get", true, false},    {"put", "put", true, true},
    {"patch", "patch", true, true}, {"delete", "delete", true, false},
};

static struct json *operation(const struct kind *k, size_t i)
{
    AUTO_FREE char *id =
        xasprintf("%s%s%s%s", operations[i].action, k->group, k->version, k->name);
    struct json *op = json_build(
        "{'operationId': %s, 'x-kubernetes-action': %s,"
        " 'x-kubernetes-group-version-kind': {'group': %s, 'version': %s, 'kind': %s},"
        " 'responses': {'200': {'description': 'OK'}}}",
        id, operations[i].action, k->group, k->version, k->name);

    if (operations[i].writes)
        json_set(op, "parameters",
                 json_build("[{'name': 'dryRun', 'in': 'query',"
                            " 'schema': {'type': 'string'}},"
                            " {'name': 'fieldManager', 'in': 'query',"
                            " 'schema': {'type': 'string'}},"
                            " {'name': 'fieldValidation', 'in': 'query',"
                            " 'schema': {'type': 'string'}}]"));
    if (strcmp(operations[i].method, "patch") == 0)
        json_append(json_get(op, "parameters"),
                    json_build("{'name': 'force', 'in': 'query',"
                               " 'schema': {'type': 'boolean'}}"));
    return op;
}

static struct json *path_parameter(const char *name)
{
    return json_build("{'name': %s, 'in': 'path', 'required': true,"
                      " 'schema': {'type': 'string'}}",
                      name);
}

static void add_path(struct json *paths, const struct kind *k, const char *path,
                     bool on_object)
{
    struct json *item = json_new_object();
    struct json *parameters = json_new_array();

    if (k->namespaced)
        json_append(parameters, path_parameter("namespace"));
    if (on_object)
        json_append(parameters, path_parameter("name"));
    for (size_t i = 0; i < ARRAY_LEN(operations); i++) {
        bool review = strcmp(operations[i].action, "post") == 0;
        if (operations[i].on_object == on_object && (!k->create_only || review))
            json_set(item, operations[i].method, operation(k, i));
    }
    json_set(item, "parameters", parameters);
    json_set(paths, path, item);
}

/* GET pods/<name>/log, whose answer is text. */
static struct json *log_path(void)
{
    static const char *const parameters[][2] = {
        {"container", "string"},     {"follow", "boolean"},
        {"limitBytes", "integer"},   {"previous", "boolean"},
        {"sinceSeconds", "integer"}, {"tailLines", "integer"},
        {"timestamps", "boolean"},   {"sinceTime", "string"},
    };
    struct json *get = json_build(
        "{'operationId': 'readCoreV1NamespacedPodLog', 'x-kubernetes-action': 'get',"
        " 'x-kubernetes-group-version-kind': {'group': '', 'version': 'v1',"
        " 'kind': 'Pod'}, 'parameters': [],"
        " 'responses': {'200': {'description': 'OK', 'content': {'text/plain':"
        " {'schema': {'type': 'string'}}}}}}");
    struct json *item = json_build("{'parameters': []}");

    for (size_t i = 0; i < ARRAY_LEN(parameters); i++)
        json_append(json_get(get, "parameters"),
                    json_build("{'name': %s, 'in': 'query', 'schema': {'type': %s}}",
                               parameters[i][0], parameters[i][1]));
    json_set(item, "get", get);
    json_append(json_get(item, "parameters"), path_parameter("namespace"));
    json_append(json_get(item, "parameters"), path_parameter("name"));
    return item;
}

static void add_paths(struct json *paths, const struct kind *k)
{
    AUTO_FREE char *collection = xasprintf(
        "/%s%s/%s/%s%s", k->group[0] != '\0' ? "apis/" : "api", k->group, k->version,
        k->namespaced ? "namespaces/{namespace}/" : "", k->plural);
    AUTO_FREE char *object = xasprintf("%s/{name}", collection);

    add_path(paths, k, collection, false);
    if (!k->create_only)
        add_path(paths, k, object, true);
    if (!k->group[0] && strcmp(k->plural, "pods") == 0) {
        AUTO_FREE char *log = xasprintf("%s/log", object);

        json_set(paths, log, log_path());
    }
}

/* ---- documents ---- */

static void add_kind(struct json *components, const struct kind *k)
{
    if (k->schema->ref == NULL) {
        AUTO_FREE char *name = component_name(k);
        json_set(components, name, schema_to_openapi(k->schema));
    }
    add_refs(components, k->schema);
}

void openapi_components(const struct kinds *kinds, struct json *ret)
{
    for (size_t i = 0; i < kinds_count(kinds); i++)
        add_kind(ret, kinds_at(kinds, i));
}

bool openapi_version(const struct kinds *kinds, const char *group, const char *version,
                     struct str *out)
{
    JSON_AUTO struct json *doc = json_build(
        "{'openapi': '3.0.0', 'info': {'title': 'Gantry', 'version': 'v1.37'},"
        " 'paths': {}, 'components': {'schemas': {}}}");
    struct json *components = json_at(doc, "components.schemas");

    for (size_t i = 0; i < kinds_count(kinds); i++) {
        const struct kind *k = kinds_at(kinds, i);
        if (strcmp(k->group, group) != 0 || strcmp(k->version, version) != 0)
            continue;
        add_paths(json_get(doc, "paths"), k);
        add_kind(components, k);
    }
    if (json_len(components) == 0)
        return false;
    json_print(doc, out);
    return true;
}

/* No hash in the addresses: a client would then keep documents that CRDs change. */
void openapi_index(const struct kinds *kinds, struct str *out)
{
    JSON_AUTO struct json *doc = json_build("{'paths': {}}");

    for (size_t i = 0; i < kinds_count(kinds); i++) {
        const struct kind *k = kinds_at(kinds, i);
        AUTO_FREE char *path = xasprintf("api%s%s/%s", k->group[0] != '\0' ? "s/" : "",
                                         k->group, k->version);
        AUTO_FREE char *url = xasprintf("/openapi/v3/%s", path);
        json_set(json_get(doc, "paths"), path,
                 json_build("{'serverRelativeURL': %s}", url));
    }
    json_print(doc, out);
}
