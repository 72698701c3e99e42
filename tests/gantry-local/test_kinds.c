#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/kinds.h"
#include "cmd/gantry-local/schema.h"
#include "tests/support/suite.h"

/* A CRD that is right; %s is what each case puts into its one version. */
static const char crd_text[] =
    "{\"metadata\":{\"name\":\"things.example.dev\"},\"spec\":{\"group\":\"example."
    "dev\","
    "\"scope\":\"Namespaced\",\"names\":{\"plural\":\"things\",\"kind\":\"Thing\","
    "\"shortNames\":[\"th\"],\"categories\":[\"all\"]},\"versions\":[{\"name\":\"v1\","
    "\"served\":true,\"storage\":true,\"subresources\":{\"status\":{}},"
    "\"selectableFields\":[{\"jsonPath\":\".spec.color\"}],"
    "\"schema\":{\"openAPIV3Schema\":{\"type\":\"object\",\"properties\":{\"spec\":{"
    "\"type\":\"object\",\"properties\":{\"color\":{\"type\":\"string\"}},"
    "\"x-kubernetes-validations\":[{\"rule\":\"true\"}]}}}}}]}}";

static struct json *crd_new(void)
{
    struct json *crd = json_parse_str(crd_text, NULL);

    ck_assert_ptr_nonnull(crd);
    return crd;
}

START_TEST(test_add_and_remove)
{
    struct kinds *kinds = kinds_new();
    struct err err = ERR_INIT;
    size_t n = kinds_count(kinds);
    JSON_AUTO struct json *crd = crd_new();

    ck_assert_msg(kinds_add_crd(kinds, crd, &err) == 0, "%s", err.msg);
    ck_assert_msg(kinds_add_crd(kinds, crd, &err) == 0, "%s", err.msg);
    ck_assert_uint_eq(kinds_count(kinds), n + 1);
    const struct kind *k = kinds_find(kinds, "example.dev", "v1", "things");
    ck_assert_ptr_nonnull(k);
    ck_assert_str_eq(k->list_name, "ThingList");
    ck_assert_str_eq(k->singular, "thing");
    ck_assert(k->is_custom && k->has_status && k->namespaced && k->has_foreign_cel);
    ck_assert_str_eq(k->selectable[0], "spec.color");
    ck_assert_str_eq(k->columns[0].name, "Age");
    /* Metadata merges as everywhere, though the schema does not speak of it. */
    const struct schema *meta = schema_field(k->schema, "metadata");
    ck_assert_int_eq(schema_list_type(schema_field(meta, "finalizers")), LIST_SET);
    kinds_remove_crd(kinds, "things.example.dev");
    ck_assert_ptr_null(kinds_find(kinds, "example.dev", "v1", "things"));
    kinds_free(kinds);
}
END_TEST

/* One value of the CRD replaced (path -> JSON, NULL takes it away): refused. */
static const struct {
    const char *path, *value, *message;
} bad_crds[] = {
    {"spec.group", NULL, "spec.group: Required value"},
    {"spec.names.kind", NULL, "spec.names.kind: Required value"},
    {"spec.names.plural", "\"Things\"", "spec.names.plural: Invalid value"},
    {"spec.scope", "\"Galaxy\"", "spec.scope: Unsupported value"},
    {"metadata.name", "\"other.example.dev\"", "metadata.name: must be"},
    {"spec.versions", "[]", "exactly one version"},
    {"spec.versions", "[{\"name\":\"v1\",\"served\":true,\"storage\":true}]",
     "spec.versions[0].schema.openAPIV3Schema: Required value"},
    {"spec.versions",
     "[{\"name\":\"v1\",\"served\":true,\"storage\":true,\"schema\":{"
     "\"openAPIV3Schema\":"
     "{\"type\":\"object\",\"properties\":{\"a\":{}}}}}]",
     "spec.versions[0].schema.openAPIV3Schema.properties[a].type: Required value"},
    {"spec.versions",
     "[{\"name\":\"v1\",\"served\":true,\"storage\":true,\"additionalPrinterColumns\":["
     "{"
     "\"name\":\"A\",\"jsonPath\":\"a\"}],\"schema\":{\"openAPIV3Schema\":{\"type\":"
     "\"object\"}}}]",
     "additionalPrinterColumns[0]"},
    {"spec.versions",
     "[{\"name\":\"v1\",\"served\":true,\"storage\":true,\"selectableFields\":[{"
     "\"jsonPath\":\".a[*]\"}],\"schema\":{\"openAPIV3Schema\":{\"type\":\"object\"}}}"
     "]",
     "selectableFields[0].jsonPath"},
};

START_TEST(test_bad_crd)
{
    struct kinds *kinds = kinds_new();
    struct err err = ERR_INIT;
    size_t n = kinds_count(kinds);
    JSON_AUTO struct json *crd = crd_new();

    json_set_at(crd, bad_crds[_i].path,
                bad_crds[_i].value == NULL ? NULL
                                           : json_parse_str(bad_crds[_i].value, NULL));
    ck_assert_int_eq(kinds_add_crd(kinds, crd, &err), -1);
    ck_assert_msg(strstr(err.msg, bad_crds[_i].message) != NULL, "%s: %s",
                  bad_crds[_i].path, err.msg);
    ck_assert_uint_eq(kinds_count(kinds), n);
    kinds_free(kinds);
}
END_TEST

/* Another CRD cannot take a name that is in use. */
START_TEST(test_conflict)
{
    struct kinds *kinds = kinds_new();
    struct err err = ERR_INIT;
    JSON_AUTO struct json *crd = crd_new();

    json_set_at(crd, "spec.group", json_new_string("apps"));
    json_set_at(crd, "spec.names.plural", json_new_string("deployments"));
    json_set_at(crd, "metadata.name", json_new_string("deployments.apps"));
    ck_assert_int_eq(kinds_add_crd(kinds, crd, &err), -1);
    ck_assert_str_eq(err.msg, "spec.names.plural: \"deployments\" is in use");
    kinds_free(kinds);
}
END_TEST

static void count_cause(void *arg, const struct cause *cause)
{
    str_addf(arg, "%s: %s\n", cause->field, cause->message);
}

/* Core objects, defaulted and checked: the causes, and one value that must be there. */
static const struct {
    const char *name, *plural, *object, *causes, *path, *value;
} cores[] = {
    {"a pod", "pods",
     "{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"busybox\"}]}}", "",
     "spec.restartPolicy", "\"Always\""},
    {"pull policy of no tag", "pods",
     "{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"r:5000/busybox\"}]}}", "",
     "spec.containers",
     "[{\"name\":\"c\",\"image\":\"r:5000/busybox\",\"resources\":{},"
     "\"terminationMessagePath\":\"/dev/termination-log\",\"terminationMessagePolicy\":"
     "\"File\",\"imagePullPolicy\":\"Always\"}]"},
    {"no containers, which the kind's own check tells", "pods", "{\"spec\":{}}", "",
     NULL, NULL},
    {"many wrongs", "pods",
     "{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"\",\"ports\":[{"
     "\"protocol\":\"X\"}]}],\"restartPolicy\":\"Foo\"}}",
     "spec.containers[0].ports[0].containerPort: Required value\n"
     "spec.containers[0].ports[0].protocol: Unsupported value: \"X\": supported "
     "values: "
     "\"SCTP\", \"TCP\", \"UDP\"\n"
     "spec.restartPolicy: Unsupported value: \"Foo\": supported values: \"Always\", "
     "\"OnFailure\", \"Never\"\n",
     NULL, NULL},
    {"one variable twice, which is not for the schema to refuse", "pods",
     "{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"a\",\"env\":[{\"name\":"
     "\"A\"},{\"name\":\"A\"}]}]}}",
     "", NULL, NULL},
    {"a bad quantity", "pods",
     "{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"a\",\"resources\":{"
     "\"limits\":"
     "{\"cpu\":\"x1\"}}}]}}",
     "spec.containers[0].resources.limits.cpu: quantities must match "
     "the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'\n",
     NULL, NULL},
    {"a service", "services", "{\"spec\":{\"ports\":[{\"port\":80}]}}", "",
     "spec.ports", "[{\"port\":80,\"protocol\":\"TCP\",\"targetPort\":80}]"},
    {"a headless service", "services", "{\"spec\":{\"clusterIP\":\"None\"}}", "",
     "spec.internalTrafficPolicy", "\"Cluster\""},
    {"stringData", "secrets", "{\"stringData\":{\"a\":\"hello\"}}", "", "data",
     "{\"a\":\"aGVsbG8=\"}"},
    {"base64", "secrets", "{\"data\":{\"a\":\"?\"}}",
     "data.a: illegal base64 data at input byte 0\n", NULL, NULL},
    {"a template's null time", "pods",
     "{\"metadata\":{\"creationTimestamp\":null},\"spec\":{\"containers\":[{\"name\":"
     "\"c\","
     "\"image\":\"a\"}]}}",
     "", "metadata", "{}"},
};

START_TEST(test_core)
{
    struct kinds *kinds = kinds_new();
    const struct kind *k = kinds_find(kinds, "", "v1", cores[_i].plural);
    JSON_AUTO struct json *object = json_parse_str(cores[_i].object, NULL);
    STR_AUTO struct str causes;

    str_init(&causes, 65536);
    schema_default(k->schema, object);
    kind_default(k, object);
    schema_validate(k->schema, object, count_cause, &causes);
    ck_assert_msg(strcmp(causes.s, cores[_i].causes) == 0, "%s: %s", cores[_i].name,
                  causes.s);
    if (cores[_i].path != NULL) {
        JSON_AUTO struct json *want = json_parse_str(cores[_i].value, NULL);
        AUTO_FREE char *got = json_text(json_at(object, cores[_i].path), NULL);
        ck_assert_msg(json_equal(json_at(object, cores[_i].path), want), "%s: %s",
                      cores[_i].name, got);
    }
    kinds_free(kinds);
}
END_TEST

/* What the answers hold, as text. */
START_TEST(test_discovery)
{
    struct kinds *kinds = kinds_new();
    struct err err = ERR_INIT;
    JSON_AUTO struct json *crd = crd_new();
    STR_AUTO struct str out;

    str_init(&out, 1 << 20);
    ck_assert_int_eq(kinds_add_crd(kinds, crd, &err), 0);
    discovery_roots(kinds, true, "127.0.0.1:6443", &out);
    ck_assert_ptr_nonnull(strstr(out.s, "\"versions\":[\"v1\"]"));
    ck_assert_ptr_nonnull(strstr(out.s, "\"serverAddress\":\"127.0.0.1:6443\""));
    str_reset(&out);
    discovery_roots(kinds, false, NULL, &out);
    ck_assert_ptr_nonnull(strstr(out.s, "{\"groupVersion\":\"example.dev/v1\""));
    str_reset(&out);
    ck_assert(discovery_group(kinds, "example.dev", &out));
    ck_assert_ptr_nonnull(strstr(out.s, "\"kind\":\"APIGroup\""));
    ck_assert(!discovery_group(kinds, "nowhere.dev", &out));
    str_reset(&out);
    ck_assert(discovery_version(kinds, "example.dev", "v1", &out));
    ck_assert_ptr_nonnull(strstr(out.s, "\"things/status\""));
    ck_assert_ptr_nonnull(
        strstr(out.s, "\"shortNames\":[\"th\"],\"categories\":[\"all\"]"));
    ck_assert(!discovery_version(kinds, "example.dev", "v2", &out));
    str_reset(&out);
    discovery_aggregated(kinds, true, &out);
    ck_assert_ptr_nonnull(strstr(out.s, "\"subresource\":\"binding\""));
    str_reset(&out);
    discovery_aggregated(kinds, false, &out);
    JSON_AUTO struct json *doc = json_parse(out.s, out.len, &err);
    ck_assert_ptr_nonnull(doc);
    ck_assert_ptr_nonnull(strstr(out.s, "\"resource\":\"things\""));
    kinds_free(kinds);
}
END_TEST

/* v1 is preferred to v1beta1, though it is stored later. */
START_TEST(test_preferred)
{
    struct kinds *kinds = kinds_new();
    struct err err = ERR_INIT;
    JSON_AUTO struct json *crd = crd_new();
    STR_AUTO struct str out;

    json_append(json_at(crd, "spec.versions"),
                json_build("{'name': 'v1beta1', 'served': true, 'schema':"
                           " {'openAPIV3Schema': {'type': 'object'}}}"));
    json_append(json_at(crd, "spec.versions"),
                json_build("{'name': 'v2', 'served': true, 'schema':"
                           " {'openAPIV3Schema': {'type': 'object'}}}"));
    str_init(&out, 1 << 20);
    ck_assert_msg(kinds_add_crd(kinds, crd, &err) == 0, "%s", err.msg);
    ck_assert(discovery_group(kinds, "example.dev", &out));
    JSON_AUTO struct json *group = json_parse(out.s, out.len, &err);
    ck_assert_str_eq(json_str(group, "preferredVersion.version"), "v2");
    ck_assert_str_eq(json_str(json_item(json_get(group, "versions"), 2), "version"),
                     "v1beta1");
    kinds_free(kinds);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/kinds", (struct suite_row[]){
                                                {test_add_and_remove, 1},
                                                {test_bad_crd, ARRAY_LEN(bad_crds)},
                                                {test_conflict, 1},
                                                {test_core, ARRAY_LEN(cores)},
                                                {test_discovery, 1},
                                                {test_preferred, 1},
                                                {NULL, 0},
                                            });
}
