#include "cmd/gantry-local/env.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

static const char pod_text[] =
    "{'metadata': {'name': 'p', 'namespace': 'ns', 'uid': 'u-1',"
    " 'labels': {'a.b/c': 'lab'}, 'annotations': {'x': 'ann'}},"
    " 'spec': {'nodeName': 'n1', 'serviceAccountName': 'sa', 'containers': [{'name': "
    "'c'"
    "%s}]}}";

static struct pod_spec *make_pod(const char *container_fields)
{
    AUTO_FREE char *text = xasprintf(pod_text, container_fields);
    JSON_AUTO struct json *object = json_build(text);

    return podspec_new(object);
}

static const struct {
    const char *name, *text, *want;
} expansions[] = {
    {"plain", "abc", "abc"},
    {"reference", "x$(A)y", "x1y"},
    {"two", "$(A)$(B)", "1two"},
    {"unknown stays", "$(C)", "$(C)"},
    {"unclosed stays", "$(A", "$(A"},
    {"escaped", "$$(A)", "$(A)"},
    {"two dollars", "$$", "$"},
    {"one dollar", "a$", "a$"},
    {"prefix of a name", "$(AA)", "$(AA)"},
    {"empty name", "$()", "$()"},
};

START_TEST(test_expand)
{
    char *envp[] = {"A=1", "B=two", NULL};
    STR_AUTO struct str out;

    str_init(&out, 100);
    env_expand(expansions[_i].text, envp, &out);
    ck_assert_msg(strcmp(out.s, expansions[_i].want) == 0, "%s: %s",
                  expansions[_i].name, out.s);
}
END_TEST

static const struct {
    const char *path, *want; /* NULL: refused */
} field_cases[] = {
    {"metadata.name", "p"},          {"metadata.namespace", "ns"},
    {"metadata.uid", "u-1"},         {"metadata.labels['a.b/c']", "lab"},
    {"metadata.labels['none']", ""}, {"metadata.annotations['x']", "ann"},
    {"spec.nodeName", "n1"},         {"spec.serviceAccountName", "sa"},
    {"status.podIP", "127.1.2.3"},   {"status.hostIP", "127.1.2.1"},
    {"metadata.labels['']", NULL},   {"metadata.labels", NULL},
    {"spec.containers", NULL},
};

START_TEST(test_field)
{
    struct pod_spec *spec = make_pod("");
    struct env_pod pod = {spec, "127.1.2.3", "127.1.2.1"};
    struct err err = ERR_INIT;
    STR_AUTO struct str out;
    int rc;

    str_init(&out, 100);
    rc = env_field(&pod, field_cases[_i].path, &out, &err);
    ck_assert_msg((rc == 0) == (field_cases[_i].want != NULL), "%s",
                  field_cases[_i].path);
    if (rc == 0)
        ck_assert_str_eq(out.s, field_cases[_i].want);
    else
        ck_assert_ptr_nonnull(strstr(err.msg, field_cases[_i].path));
    podspec_free(spec);
}
END_TEST

START_TEST(test_build)
{
    struct pod_spec *spec = make_pod(
        ", 'command': ['sh', '$(B)'], 'args': ['-c', '$(NODE) $(HOME)'],"
        " 'env': [{'name': 'A', 'value': '1'}, {'name': 'B', 'value': '$(A)$(A) "
        "$(LATER)'},"
        " {'name': 'NODE', 'valueFrom': {'fieldRef': {'fieldPath': 'spec.nodeName'}}},"
        " {'name': 'LATER', 'value': 'x'}, {'name': 'A', 'value': '2'}, {'name': "
        "'E'}]");
    struct env_pod pod = {spec, "", ""};
    struct err err = ERR_INIT;
    char **envp = env_build(&pod, &spec->mains[0], &err);
    char **argv;

    ck_assert_msg(envp != NULL, "%s", err.msg);
    ck_assert_str_eq(env_get(envp, "A"), "2");
    ck_assert_str_eq(env_get(envp, "B"), "11 $(LATER)");
    ck_assert_str_eq(env_get(envp, "NODE"), "n1");
    ck_assert_str_eq(env_get(envp, "E"), "");
    ck_assert_ptr_null(env_get(envp, "NOD"));
    argv = env_argv(&spec->mains[0], envp, &err);
    ck_assert_str_eq(argv[0], "sh");
    ck_assert_str_eq(argv[1], "11 $(LATER)");
    ck_assert_str_eq(argv[3], "n1 $(HOME)");
    ck_assert_ptr_null(argv[4]);
    words_free(argv);
    words_free(envp);
    podspec_free(spec);
}
END_TEST

/* Each variable doubles the one before: 2^30 bytes if nothing held it. */
START_TEST(test_bomb)
{
    STR_AUTO struct str fields;
    struct pod_spec *spec;
    struct err err = ERR_INIT;

    str_init(&fields, 10000);
    str_add(&fields, ", 'env': [{'name': 'V0', 'value': 'x'}");
    for (int i = 1; i <= 30; i++)
        str_addf(&fields, ", {'name': 'V%d', 'value': '$(V%d)$(V%d)'}", i, i - 1,
                 i - 1);
    str_add(&fields, "]");
    spec = make_pod(fields.s);
    ck_assert_ptr_null(
        env_build(&(struct env_pod){spec, "", ""}, &spec->mains[0], &err));
    ck_assert_ptr_nonnull(strstr(err.msg, "longer than"));
    podspec_free(spec);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/env", (struct suite_row[]){
                                              {test_expand, ARRAY_LEN(expansions)},
                                              {test_field, ARRAY_LEN(field_cases)},
                                              {test_build, 1},
                                              {test_bomb, 1},
                                              {NULL, 0},
                                          });
}
