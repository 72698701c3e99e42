#include "cmd/gantry-local/selectors.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

static char *selectable[] = {"spec.nodeName", "spec.unschedulable", "status.phase"};
static const struct kind pod = {.group = "",
                                .version = "v1",
                                .plural = "pods",
                                .name = "Pod",
                                .namespaced = true,
                                .selectable = selectable,
                                .n_selectable = 3};

/* The object that all are held against. */
static struct object *example(void)
{
    JSON_AUTO struct json *tree =
        json_build("{'kind': 'Pod', 'apiVersion': 'v1', 'metadata': {'name': 'p', "
                   "'namespace': 'a',"
                   " 'labels': {'app': 'web', 'tier': '1', 'gantry.dev/job-id': '7'}},"
                   " 'spec': {'nodeName': 'n1'}, 'status': {'phase': 'Running,x'}}");

    return object_new(tree, &pod, 1);
}

enum verdict { NO, YES, BAD };

static const struct {
    const char *text;
    enum verdict verdict;
} labels[] = {
    {"", YES},
    {"app=web", YES},
    {"app==web", YES},
    {"app = web", YES},
    {"app=db", NO},
    {"app!=db", YES},
    {"app!=web", NO},
    {"none!=x", YES},
    {"none=x", NO},
    {"app", YES},
    {"none", NO},
    {"!app", NO},
    {"!none", YES},
    {"app in (db, web)", YES},
    {"app in (db)", NO},
    {"app notin (db)", YES},
    {"none notin (x)", YES},
    {"app in (web),tier=1", YES},
    {"app in (web),tier=2", NO},
    {"app=web,tier in (1,2),!none", YES},
    {"gantry.dev/job-id=7", YES},
    {"app=", NO},
    {"=x", BAD},
    {"app in web", BAD},
    {"app in (web", BAD},
    {"app web", BAD},
    {"app=web,", BAD},
    {"app=web tier=1", BAD},
    {",", BAD},
    {"app=(web)", BAD},
};

static void expect(enum verdict verdict, const char *text, int rc, bool matches,
                   const struct err *err)
{
    ck_assert_msg((rc != 0) == (verdict == BAD), "%s: %s", text, err->msg);
    if (rc == 0)
        ck_assert_msg(matches == (verdict == YES), "%s", text);
}

START_TEST(test_labels)
{
    SELECTOR_AUTO struct selector s = {0};
    struct err err = ERR_INIT;
    struct object *o = example();
    const int rc = selector_parse_labels(&s, labels[_i].text, &err);

    expect(labels[_i].verdict, labels[_i].text, rc, selector_matches_labels(&s, o),
           &err);
    object_unref(o);
}
END_TEST

static const struct {
    const char *text;
    enum verdict verdict;
} fields[] = {
    {"", YES},
    {"metadata.name=p", YES},
    {"metadata.name==p,metadata.namespace=a", YES},
    {"metadata.namespace=b", NO},
    {"spec.nodeName=n1", YES},
    {"spec.nodeName!=n1", NO},
    {"spec.nodeName=", NO},
    {"spec.unschedulable=false", YES},
    {"status.phase=Running\\,x", YES},
    {"status.phase!=Failed,status.phase!=Succeeded", YES},
    {"spec.color=red", BAD},
    {"metadata.name", BAD},
    {"metadata.name=a=b", BAD},
    {"metadata.name=a\\b", BAD},
    {"metadata.name=a\\", BAD},
};

START_TEST(test_fields)
{
    SELECTOR_AUTO struct selector s = {0};
    struct err err = ERR_INIT;
    struct object *o = example();
    const int rc = selector_parse_fields(&s, fields[_i].text, &pod, &err);

    expect(fields[_i].verdict, fields[_i].text, rc, selector_matches_fields(&s, o),
           &err);
    object_unref(o);
}
END_TEST

START_TEST(test_ceiling)
{
    SELECTOR_AUTO struct selector s = {0};
    struct err err = ERR_INIT;
    STR_AUTO struct str text;

    str_init(&text, 1 << 20);
    for (int i = 0; i <= SELECTOR_TERMS_MAX; i++)
        str_addf(&text, "%sa%d", i ? "," : "", i);
    ck_assert_int_eq(selector_parse_labels(&s, text.s, &err), -1);
    ck_assert_int_eq(err.code, ERR_INVALID);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/selectors", (struct suite_row[]){
                                                    {test_labels, ARRAY_LEN(labels)},
                                                    {test_fields, ARRAY_LEN(fields)},
                                                    {test_ceiling, 1},
                                                    {NULL, 0},
                                                });
}
