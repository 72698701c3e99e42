#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/kinds.h"
#include "cmd/gantry-local/openapi_v2.h"
#include "cmd/gantry-local/protobuf_wire.h"
#include "tests/support/suite.h"

static const struct {
    const char *group, *version;
    const char *path; /* of an object of its kind */
    const char *component;
} documents[] = {
    {"", "v1", "/api/v1/namespaces/{namespace}/pods/{name}", "io.k8s.api.core.v1.Pod"},
    {"", "v1", "/api/v1/nodes/{name}", "io.k8s.api.core.v1.Node"},
    {"apps", "v1", "/apis/apps/v1/namespaces/{namespace}/deployments/{name}",
     "io.k8s.api.core.v1.PodTemplateSpec"},
    {"apiextensions.k8s.io", "v1",
     "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}",
     "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps"},
    {"e.dev", "v1", "/apis/e.dev/v1/things/{name}", "dev.e.v1.Thing"},
    {"e.dev", "v1", "/apis/e.dev/v1/things/{name}",
     "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"},
};

static struct kinds *kinds_with_crd(void)
{
    struct kinds *kinds = kinds_new();
    struct err err = ERR_INIT;
    JSON_AUTO struct json *crd = json_build(
        "{'metadata': {'name': 'things.e.dev'}, 'spec': {'group': 'e.dev', 'scope':"
        " 'Cluster', 'names': {'plural': 'things', 'kind': 'Thing'}, 'versions': "
        "[{'name':"
        " 'v1', 'served': true, 'storage': true, 'schema': {'openAPIV3Schema': {'type':"
        " 'object'}}}]}}");

    ck_assert_msg(kinds_add_crd(kinds, crd, &err) == 0, "%s", err.msg);
    return kinds;
}

/* Every reference in the document must lead to a component. */
static void check_refs(const struct json *j, const struct json *components)
{
    static const char prefix[] = "#/components/schemas/";

    for (json_each (it, j)) {
        if (strcmp(it.key, "$ref") == 0 && json_is(it.val, JSON_STRING)) {
            const char *ref = json_string(it.val);
            ck_assert(str_starts(ref, prefix));
            ck_assert_msg(json_get(components, ref + strlen(prefix)) != NULL, "%s",
                          ref);
        }
        check_refs(it.val, components);
    }
    for (size_t i = 0; json_is(j, JSON_ARRAY) && i < json_len(j); i++)
        check_refs(json_item(j, i), components);
}

START_TEST(test_document)
{
    struct kinds *kinds = kinds_with_crd();
    struct err err = ERR_INIT;
    STR_AUTO struct str out;

    str_init(&out, 4 << 20);
    ck_assert(openapi_version(kinds, documents[_i].group, documents[_i].version, &out));
    JSON_AUTO struct json *doc = json_parse(out.s, out.len, &err);
    ck_assert_msg(doc != NULL, "%s", err.msg);
    const struct json *components = json_at(doc, "components.schemas");
    ck_assert_ptr_nonnull(json_get(components, documents[_i].component));
    const struct json *path = json_get(json_get(doc, "paths"), documents[_i].path);
    ck_assert_ptr_nonnull(path);
    const struct json *gvk = json_at(path, "patch.x-kubernetes-group-version-kind");
    ck_assert_str_eq(json_str(gvk, "group"), documents[_i].group);
    ck_assert_str_eq(json_str(gvk, "version"), documents[_i].version);
    const struct json *parameters = json_at(path, "patch.parameters");
    ck_assert_str_eq(json_str(json_item(parameters, 0), "name"), "dryRun");
    ck_assert_str_eq(json_str(json_item(parameters, 2), "name"), "fieldValidation");
    check_refs(doc, components);
    kinds_free(kinds);
}
END_TEST

START_TEST(test_index)
{
    struct kinds *kinds = kinds_with_crd();
    STR_AUTO struct str out;

    str_init(&out, 65536);
    openapi_index(kinds, &out);
    JSON_AUTO struct json *doc = json_parse_str(out.s, NULL);
    const struct json *entry = json_get(json_get(doc, "paths"), "apis/e.dev/v1");
    ck_assert_str_eq(json_str(entry, "serverRelativeURL"), "/openapi/v3/apis/e.dev/v1");
    ck_assert_ptr_nonnull(json_get(json_get(doc, "paths"), "api/v1"));
    ck_assert(!openapi_version(kinds, "e.dev", "v2", &out));
    kinds_free(kinds);
}
END_TEST

/* One property of a core type as its document has it. */
static const struct {
    const char *name, *type, *field, *want;
} properties[] = {
    {"a scalar", "core.v1.PodSpec", "nodeSelector",
     "{\"additionalProperties\":{\"type\":\"string\"},\"description\":\"Labels that a "
     "node must have.\",\"type\":\"object\",\"x-kubernetes-map-type\":\"atomic\"}"},
    {"a shared type", "core.v1.PodSpec", "affinity",
     "{\"allOf\":[{\"$ref\":\"#/components/schemas/io.k8s.api.core.v1.Affinity\"}],"
     "\"description\":\"On which nodes, and near which pods, it may or should run.\"}"},
    {"words that all types have", "core.v1.PodCondition", "lastTransitionTime",
     "{\"description\":\"When the status of this condition last changed.\",\"format\":"
     "\"date-time\",\"type\":\"string\"}"},
    {"words of a type like it", "core.v1.EphemeralContainer", "workingDir",
     "{\"description\":\"The directory that it starts in; by default the "
     "image's.\",\"type\":\"string\"}"},
    {"a list by key, of which fields are retained", "core.v1.PodSpec", "volumes",
     "{\"description\":\"What containers may mount.\",\"items\":{\"$ref\":"
     "\"#/components/schemas/io.k8s.api.core.v1.Volume\"},\"type\":\"array\","
     "\"x-kubernetes-list-map-keys\":[\"name\"],\"x-kubernetes-list-type\":\"map\","
     "\"x-kubernetes-patch-merge-key\":\"name\",\"x-kubernetes-patch-strategy\":"
     "\"merge,retainKeys\"}"},
    {"values in the order of the alphabet", "core.v1.PodSpec", "preemptionPolicy",
     "{\"description\":\"Whether pods of lower priority may be ended for "
     "it.\",\"enum\":"
     "[\"Never\",\"PreemptLowerPriority\"],\"type\":\"string\"}"},
    {"a quantity", "core.v1.EmptyDirVolumeSource", "sizeLimit",
     "{\"allOf\":[{\"$ref\":\"#/components/schemas/"
     "io.k8s.apimachinery.pkg.api.resource."
     "Quantity\"}],\"description\":\"The most that it may hold; past it the pod is "
     "evicted.\"}"},
};

/* Words of its own, or of the type that it is. */
static bool is_explained(const struct json *schemas, const struct json *field)
{
    const char *ref = json_str(field, "$ref");
    const struct json *all = json_get(field, "allOf");

    if (json_str_or(field, "description", "")[0])
        return true;
    if (!ref && json_len(all) > 0)
        ref = json_str(json_item(all, 0), "$ref");
    return ref &&
           json_str_or(json_get(schemas, strrchr(ref, '/') + 1), "description", "")[0];
}

static void check_words(const struct json *schemas, const char *name,
                        const struct json *schema)
{
    ck_assert_msg(!json_get(schema, "properties") || json_str(schema, "description"),
                  "%s: kubectl explain is silent", name);
    for (json_each (it, json_get(schema, "properties")))
        ck_assert_msg(is_explained(schemas, it.val),
                      "%s: %s: kubectl explain is silent", name, it.key);
}

START_TEST(test_all_fields_are_explained)
{
    struct kinds *kinds = kinds_new();

    for (size_t i = 0; i < kinds_count(kinds); i++) {
        const struct kind *k = kinds_at(kinds, i);
        STR_AUTO struct str out;
        str_init(&out, 64 << 20);
        if (i > 0 && strcmp(k->group, kinds_at(kinds, i - 1)->group) == 0 &&
            strcmp(k->version, kinds_at(kinds, i - 1)->version) == 0)
            continue;
        ck_assert(openapi_version(kinds, k->group, k->version, &out));
        JSON_AUTO struct json *doc = json_parse(out.s, out.len, NULL);
        const struct json *schemas = json_at(doc, "components.schemas");
        ck_assert_uint_gt(json_len(schemas), 0);
        for (json_each (it, schemas))
            check_words(schemas, it.key, it.val);
    }
    kinds_free(kinds);
}
END_TEST

START_TEST(test_property)
{
    struct kinds *kinds = kinds_new();
    STR_AUTO struct str out;

    str_init(&out, 64 << 20);
    ck_assert(openapi_version(kinds, "", "v1", &out));
    JSON_AUTO struct json *doc = json_parse(out.s, out.len, NULL);
    AUTO_FREE char *component = xasprintf("io.k8s.api.%s", properties[_i].type);
    const struct json *schema = json_get(json_at(doc, "components.schemas"), component);
    const struct json *got =
        json_get(json_get(schema, "properties"), properties[_i].field);
    JSON_AUTO struct json *want = json_parse_str(properties[_i].want, NULL);
    AUTO_FREE char *text = json_text(got, NULL);
    ck_assert_msg(want && json_equal(got, want), "%s: %s", properties[_i].name, text);
    kinds_free(kinds);
}
END_TEST

/* Also what no check asks for is shown as required, where Kubernetes does. */
START_TEST(test_required)
{
    struct kinds *kinds = kinds_new();
    STR_AUTO struct str out;

    str_init(&out, 64 << 20);
    ck_assert(openapi_version(kinds, "apps", "v1", &out));
    JSON_AUTO struct json *doc = json_parse(out.s, out.len, NULL);
    const struct json *schemas = json_at(doc, "components.schemas");
    JSON_AUTO struct json *want = json_build("['name', 'value']");
    const struct json *got =
        json_get(json_get(schemas, "io.k8s.api.core.v1.HTTPHeader"), "required");
    ck_assert(json_equal(got, want));
    got =
        json_get(json_get(schemas, "io.k8s.api.apps.v1.ReplicaSetStatus"), "required");
    ck_assert_uint_eq(json_len(got), 1);
    kinds_free(kinds);
}
END_TEST

/* ---- v2 ---- */

static const struct {
    const char *name, *path;
    const char *want; /* single quotes for double ones; NULL: nothing */
} v2[] = {
    {"a reference", "io.k8s.api.core.v1.Pod|properties|spec|$ref",
     "'#/definitions/io.k8s.api.core.v1.PodSpec'"},
    {"a list of references",
     "io.k8s.api.core.v1.PodSpec|properties|containers|items|$ref",
     "'#/definitions/io.k8s.api.core.v1.Container'"},
    {"a quantity is a text", "io.k8s.apimachinery.pkg.api.resource.Quantity|type",
     "'string'"},
    {"a number or a text", "io.k8s.apimachinery.pkg.util.intstr.IntOrString|format",
     "'int-or-string'"},
    {"a map", "io.k8s.api.core.v1.ConfigMap|properties|data|additionalProperties|type",
     "'string'"},
    {"what is needed", "io.k8s.api.core.v1.HTTPHeader|required", "['name','value']"},
    {"which kind", "io.k8s.api.core.v1.Pod|x-kubernetes-group-version-kind",
     "[{'group':'','kind':'Pod','version':'v1'}]"},
    {"no choices", "io.k8s.apimachinery.pkg.util.intstr.IntOrString|oneOf", NULL},
};

/* Steps are joined by '|': names have dots. */
static const struct json *at(const struct json *j, const char *path)
{
    while (j && *path) {
        AUTO_FREE char *step = xstrndup(path, strcspn(path, "|"));
        j = json_get(j, step);
        path += strlen(step) + (path[strlen(step)] == '|');
    }
    return j;
}

START_TEST(test_v2)
{
    struct kinds *kinds = kinds_new();
    STR_AUTO struct str out;

    str_init(&out, 64 << 20);
    openapi_v2_json(kinds, &out);
    JSON_AUTO struct json *doc = json_parse(out.s, out.len, NULL);
    JSON_AUTO struct json *want = v2[_i].want ? json_build(v2[_i].want) : NULL;
    const struct json *got = at(json_get(doc, "definitions"), v2[_i].path);
    AUTO_FREE char *text = json_text(got, NULL);
    ck_assert_msg(want ? json_equal(got, want) : !got, "%s: %s", v2[_i].name, text);
    kinds_free(kinds);
}
END_TEST

/* The field `number` of a message, read; fails the test where there is none. */
static struct reader inside(struct reader r, uint64_t number)
{
    struct err err = ERR_INIT;
    struct field f;

    ck_assert_msg(find_field(r, number, &f, &err), "no field %d: %s", (int)number,
                  err.msg);
    return f.inside;
}

/* Of named schemas, that of the name. */
static struct reader named(struct reader r, const char *name)
{
    struct err err = ERR_INIT;
    struct field f;

    while (next_field(&r, &f, &err)) {
        AUTO_FREE char *is = text_in(f.inside, 1, &err);
        if (strcmp(is, name) == 0)
            return inside(f.inside, 2);
    }
    ck_abort_msg("no %s: %s", name, err.msg);
}

START_TEST(test_v2_protobuf)
{
    struct kinds *kinds = kinds_new();
    struct err err = ERR_INIT;
    STR_AUTO struct str out;

    str_init(&out, 64 << 20);
    openapi_v2_protobuf(kinds, &out);
    const struct reader doc = {(const unsigned char *)out.s,
                               (const unsigned char *)out.s + out.len};
    const struct reader pod = named(inside(doc, 9), "io.k8s.api.core.v1.Pod");
    const struct reader spec = named(inside(pod, 25), "spec");
    AUTO_FREE char *type = text_in(inside(pod, 22), 1, &err);
    AUTO_FREE char *ref = text_in(spec, 1, &err);
    AUTO_FREE char *kind = text_in(inside(inside(pod, 31), 2), 2, &err);
    ck_assert_str_eq(type, "object");
    ck_assert_str_eq(ref, "#/definitions/io.k8s.api.core.v1.PodSpec");
    ck_assert_msg(strstr(kind, "\"kind\":\"Pod\""), "%s", kind);
    kinds_free(kinds);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/openapi",
                      (struct suite_row[]){
                          {test_document, ARRAY_LEN(documents)},
                          {test_index, 1},
                          {test_property, ARRAY_LEN(properties)},
                          {test_all_fields_are_explained, 1},
                          {test_v2, ARRAY_LEN(v2)},
                          {test_v2_protobuf, 1},
                          {test_required, 1},
                          {NULL, 0},
                      });
}
