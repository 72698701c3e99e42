#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry-local/kinds.h"
#include "cmd/gantry-local/patch.h"
#include "tests/support/suite.h"

/*
 * Scripts of writes to one Pod. After a step the object (without managedFields) must be
 * `want`, and the managers must own what `owners` says, "" for whatever:
 * "a:Apply={...};b:Update={...}".
 */
struct step {
    const char *who;
    const char *op; /* "apply", "force", "update" */
    const char *doc;
    const char *want; /* NULL: a conflict, told as `owners` */
    const char *owners;
};

#define STEPS_MAX 4

static const struct {
    const char *name;
    struct step steps[STEPS_MAX];
} scripts[] = {
    {"create, change, drop",
     {{"a", "apply", "{\"spec\":{\"nodeName\":\"n\",\"hostname\":\"h\"}}",
       "{\"spec\":{\"nodeName\":\"n\",\"hostname\":\"h\"}}",
       "a:Apply={\"f:spec\":{\"f:hostname\":{},\"f:nodeName\":{}}}"},
      {"a", "apply", "{\"spec\":{\"nodeName\":\"m\"}}",
       "{\"spec\":{\"nodeName\":\"m\"}}", "a:Apply={\"f:spec\":{\"f:nodeName\":{}}}"}}},
    {"conflict and force",
     {{"a", "apply", "{\"spec\":{\"nodeName\":\"n\"}}",
       "{\"spec\":{\"nodeName\":\"n\"}}", ""},
      {"b", "apply", "{\"spec\":{\"nodeName\":\"m\"}}", NULL,
       "Apply failed with 1 conflict: conflict with \"a\": .spec.nodeName"},
      {"b", "force", "{\"spec\":{\"nodeName\":\"m\"}}",
       "{\"spec\":{\"nodeName\":\"m\"}}", "b:Apply={\"f:spec\":{\"f:nodeName\":{}}}"}}},
    {"same value is shared",
     {{"a", "apply", "{\"spec\":{\"nodeName\":\"n\"}}",
       "{\"spec\":{\"nodeName\":\"n\"}}", ""},
      {"b", "apply", "{\"spec\":{\"nodeName\":\"n\"}}",
       "{\"spec\":{\"nodeName\":\"n\"}}",
       "b:Apply={\"f:spec\":{\"f:nodeName\":{}}};a:Apply={\"f:spec\":{\"f:nodeName\":{}"
       "}}"},
      {"a", "apply", "{\"spec\":{\"hostname\":\"h\"}}",
       "{\"spec\":{\"nodeName\":\"n\",\"hostname\":\"h\"}}",
       "b:Apply={\"f:spec\":{\"f:nodeName\":{}}};a:Apply={\"f:spec\":{\"f:hostname\":{}"
       "}}"}}},
    {"list map",
     {{"a", "apply", "{\"spec\":{\"containers\":[{\"name\":\"x\",\"image\":\"1\"}]}}",
       "{\"spec\":{\"containers\":[{\"name\":\"x\",\"image\":\"1\"}]}}",
       "a:Apply={\"f:spec\":{\"f:containers\":{\"k:{\\\"name\\\":\\\"x\\\"}\":"
       "{\".\":{},\"f:name\":{},\"f:image\":{}}}}}"},
      {"b", "apply", "{\"spec\":{\"containers\":[{\"name\":\"y\",\"image\":\"2\"}]}}",
       "{\"spec\":{\"containers\":[{\"name\":\"x\",\"image\":\"1\"},"
       "{\"name\":\"y\",\"image\":\"2\"}]}}",
       ""},
      {"a", "apply", "{\"spec\":{\"hostname\":\"h\"}}",
       "{\"spec\":{\"containers\":[{\"name\":\"y\",\"image\":\"2\"}],\"hostname\":"
       "\"h\"}}",
       ""},
      {"c", "apply", "{\"spec\":{\"containers\":[{\"name\":\"y\",\"image\":\"3\"}]}}",
       NULL,
       "Apply failed with 1 conflict: conflict with \"b\": "
       ".spec.containers[name=\"y\"].image"}}},
    {"set",
     {{"a", "apply", "{\"metadata\":{\"finalizers\":[\"f/a\"]}}",
       "{\"metadata\":{\"finalizers\":[\"f/a\"]}}",
       "a:Apply={\"f:metadata\":{\"f:finalizers\":{\"v:\\\"f/a\\\"\":{}}}}"},
      {"b", "apply", "{\"metadata\":{\"finalizers\":[\"f/b\"]}}",
       "{\"metadata\":{\"finalizers\":[\"f/a\",\"f/b\"]}}", ""},
      {"a", "apply", "{}", "{\"metadata\":{\"finalizers\":[\"f/b\"]}}",
       "b:Apply={\"f:metadata\":{\"f:finalizers\":{\"v:\\\"f/b\\\"\":{}}}}"}}},
    {"atomic map",
     {{"a", "apply", "{\"spec\":{\"nodeSelector\":{\"x\":\"1\"}}}",
       "{\"spec\":{\"nodeSelector\":{\"x\":\"1\"}}}",
       "a:Apply={\"f:spec\":{\"f:nodeSelector\":{}}}"},
      {"b", "apply", "{\"spec\":{\"nodeSelector\":{\"y\":\"1\"}}}", NULL,
       "Apply failed with 1 conflict: conflict with \"a\": .spec.nodeSelector"}}},
    {"updates own what they change",
     {{"a", "apply", "{\"spec\":{\"nodeName\":\"n\",\"hostname\":\"h\"}}",
       "{\"spec\":{\"nodeName\":\"n\",\"hostname\":\"h\"}}", ""},
      {"u", "update", "{\"spec\":{\"nodeName\":\"m\",\"hostname\":\"h\"}}",
       "{\"spec\":{\"nodeName\":\"m\",\"hostname\":\"h\"}}",
       "a:Apply={\"f:spec\":{\"f:hostname\":{}}};u:Update={\"f:spec\":{\"f:nodeName\":{"
       "}}}"},
      {"a", "apply", "{\"spec\":{\"nodeName\":\"n\",\"hostname\":\"h\"}}", NULL,
       "Apply failed with 1 conflict: conflict with \"u\" using v1: .spec.nodeName"},
      {"u", "update", "{\"spec\":{\"hostname\":\"h\"}}",
       "{\"spec\":{\"hostname\":\"h\"}}", "a:Apply={\"f:spec\":{\"f:hostname\":{}}}"}}},
    {"two conflicts",
     {{"a", "apply", "{\"spec\":{\"nodeName\":\"n\",\"hostname\":\"h\"}}",
       "{\"spec\":{\"nodeName\":\"n\",\"hostname\":\"h\"}}", ""},
      {"b", "apply", "{\"spec\":{\"nodeName\":\"m\",\"hostname\":\"i\"}}", NULL,
       "Apply failed with 2 conflicts: conflicts with \"a\":\n- .spec.nodeName\n- "
       ".spec.hostname"}}},
    {"defaulted list keys",
     {{"a", "apply",
       "{\"spec\":{\"containers\":[{\"name\":\"x\",\"ports\":[{\"containerPort\":1,"
       "\"protocol\":\"TCP\"}]}]}}",
       "{\"spec\":{\"containers\":[{\"name\":\"x\",\"ports\":[{\"containerPort\":1,"
       "\"protocol\":\"TCP\"}]}]}}",
       ""},
      {"a", "apply",
       "{\"spec\":{\"containers\":[{\"name\":\"x\",\"ports\":[{\"containerPort\":1}]}]}"
       "}",
       "{\"spec\":{\"containers\":[{\"name\":\"x\",\"ports\":[{\"containerPort\":1}]}]}"
       "}",
       ""}}},
};

static void count_cause(void *arg, const struct cause *cause)
{
    ck_assert_str_eq(cause->reason, "FieldManagerConflict");
    ck_assert(strncmp(cause->message, "conflict with ", 14) == 0);
    (*(size_t *)arg)++;
}

static char *owners_of(const struct json *object)
{
    const struct json *entries = json_at(object, "metadata.managedFields");
    STR_AUTO struct str out;

    str_init(&out, 65536);
    for (size_t i = 0; i < json_len(entries); i++) {
        const struct json *e = json_item(entries, i);
        str_addf(&out, "%s%s:%s=", i > 0 ? ";" : "", json_str(e, "manager"),
                 json_str(e, "operation"));
        json_print(json_get(e, "fieldsV1"), &out);
        ck_assert_str_eq(json_str(e, "fieldsType"), "FieldsV1");
        /* Who applied what was there already has none. */
        ck_assert(json_str(e, "time") || str_eq(json_str(e, "operation"), "Apply"));
    }
    return str_take(&out);
}

/* Owners as text, with each set's fields in any order. */
static void check_owners(const char *name, const struct json *object, const char *want)
{
    AUTO_FREE char *got = owners_of(object);
    AUTO_FREE char *left = xstrdup(got);
    AUTO_FREE char *right = xstrdup(want);
    char *a = left;
    char *b = right;

    while (a != NULL && b != NULL) {
        char *x = strsep(&a, ";");
        char *y = strsep(&b, ";");
        size_t head = strcspn(x, "=");
        ck_assert_msg(strncmp(x, y, head + 1) == 0, "%s: owners %s", name, got);
        JSON_AUTO struct json *jx = json_parse_str(x + head + 1, NULL);
        JSON_AUTO struct json *jy = json_parse_str(y + head + 1, NULL);
        ck_assert_ptr_nonnull(jy);
        ck_assert_msg(json_equal(jx, jy), "%s: owners %s", name, got);
    }
    ck_assert_msg(a == NULL && b == NULL, "%s: owners %s", name, got);
}

static void check_object(const char *name, const struct json *object, const char *want)
{
    JSON_AUTO struct json *bare = json_copy(object);
    JSON_AUTO struct json *expected = json_parse_str(want, NULL);

    if (json_get(bare, "metadata") != NULL)
        json_del(json_get(bare, "metadata"), "managedFields");
    if (json_len(json_get(bare, "metadata")) == 0)
        json_del(bare, "metadata");
    AUTO_FREE char *text = json_text(bare, NULL);
    ck_assert_msg(json_equal(bare, expected), "%s: got %s", name, text);
}

static struct json *run_step(const struct step *step, const struct schema *schema,
                             const struct json *live, struct err *err)
{
    const struct apply_request req = {.schema = schema,
                                      .manager = step->who,
                                      .api_version = "v1",
                                      .subresource = "",
                                      .force = strcmp(step->op, "force") == 0,
                                      .now_sec = 1000};
    struct json *doc = json_parse_str(step->doc, NULL);
    struct json *out;
    size_t causes = 0;

    ck_assert_ptr_nonnull(doc);
    if (strcmp(step->op, "update") == 0) {
        json_set(doc, "metadata", json_new_object());
        managed_update(&req, live, doc);
        return doc;
    }
    out = patch_apply(&req, live, doc, count_cause, &causes, err);
    ck_assert_int_eq(causes > 0, out == NULL);
    json_free(doc);
    return out;
}

START_TEST(test_script)
{
    struct kinds *kinds = kinds_new();
    const struct schema *schema = kinds_find(kinds, "", "v1", "pods")->schema;
    JSON_AUTO struct json *live = NULL;

    for (size_t i = 0; i < STEPS_MAX && scripts[_i].steps[i].who != NULL; i++) {
        const struct step *step = &scripts[_i].steps[i];
        AUTO_FREE char *name = xasprintf("%s, step %zu", scripts[_i].name, i + 1);
        struct err err = ERR_INIT;
        struct json *next = run_step(step, schema, live, &err);

        if (step->want == NULL) {
            ck_assert_msg(next == NULL, "%s", name);
            ck_assert_int_eq(err.code, ERR_CONFLICT);
            ck_assert_msg(strcmp(err.msg, step->owners) == 0, "%s: %s", name, err.msg);
            continue;
        }
        ck_assert_msg(next != NULL, "%s: %s", name, err.msg);
        json_free(live);
        live = next;
        check_object(name, live, step->want);
        if (step->owners[0] != '\0')
            check_owners(name, live, step->owners);
    }
    kinds_free(kinds);
}
END_TEST

/* The time of an entry moves only with its fields; status is owned apart. */
START_TEST(test_entries)
{
    struct kinds *kinds = kinds_new();
    const struct kind *pods = kinds_find(kinds, "", "v1", "pods");
    struct apply_request req = {.schema = pods->schema,
                                .manager = "a",
                                .api_version = "v1",
                                .subresource = "",
                                .now_sec = 0};
    JSON_AUTO struct json *doc = json_build("{'spec': {'nodeName': 'n'}}");
    JSON_AUTO struct json *first = patch_apply(&req, NULL, doc, NULL, NULL, NULL);
    req.now_sec = 60;
    JSON_AUTO struct json *again = patch_apply(&req, first, doc, NULL, NULL, NULL);
    ck_assert(json_equal(first, again));

    JSON_AUTO struct json *after = json_copy(again);
    json_set_at(after, "status.phase", json_new_string("Running"));
    req.subresource = "status";
    managed_update(&req, again, after);
    const struct json *entries = json_at(after, "metadata.managedFields");
    ck_assert_uint_eq(json_len(entries), 2);
    ck_assert_str_eq(json_str(json_item(entries, 1), "subresource"), "status");
    ck_assert_str_eq(json_str(json_item(entries, 1), "time"), "1970-01-01T00:01:00Z");
    ck_assert_ptr_nonnull(json_at(json_item(entries, 1), "fieldsV1.f:status.f:phase"));
    kinds_free(kinds);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/apply", (struct suite_row[]){
                                                {test_script, ARRAY_LEN(scripts)},
                                                {test_entries, 1},
                                                {NULL, 0},
                                            });
}
