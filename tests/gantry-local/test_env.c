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
    struct value_pod pod = {
        .spec = spec, .pod_ip = "127.1.2.3", .host_ip = "127.1.2.1"};
    struct err err = ERR_INIT;
    STR_AUTO struct str out;
    int rc;

    str_init(&out, 100);
    rc = value_field(&pod, field_cases[_i].path, &out, &err);
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
    struct value_pod pod = {.spec = spec, .pod_ip = "", .host_ip = ""};
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

static struct podobjects known(const struct pod_spec *spec)
{
    struct podobjects o;
    JSON_AUTO struct json *map =
        json_build("{'data': {'k': 'v', 'not=ok': 'x', 'other': 'w'}}");
    JSON_AUTO struct json *secret = json_build("{'data': {'p': 'cHc='}}");

    podobjects_init(&o, spec);
    for (size_t i = 0; i < o.n; i++)
        if (str_eq(o.items[i].name, "m"))
            podobject_set(&o.items[i], map);
        else if (str_eq(o.items[i].name, "s"))
            podobject_set(&o.items[i], secret);
    return o;
}

static const struct {
    const char *name, *container;
    const char *variable, *want; /* NULL: absent */
    const char *error;           /* part of it; NULL: none */
} sources[] = {
    {"a key",
     "'env': [{'name': 'A', 'valueFrom': {'configMapKeyRef': {'name': 'm', 'key':"
     " 'k'}}}]",
     "A", "v", NULL},
    {"a secret",
     "'env': [{'name': 'A', 'valueFrom': {'secretKeyRef': {'name': 's', 'key': 'p'}}}]",
     "A", "pw", NULL},
    {"no such object",
     "'env': [{'name': 'A', 'valueFrom': {'configMapKeyRef': {'name': 'n', 'key':"
     " 'k'}}}]",
     "A", NULL, "configmap \"n\" not found"},
    {"no such key",
     "'env': [{'name': 'A', 'valueFrom': {'secretKeyRef': {'name': 's', 'key': 'q'}}}]",
     "A", NULL, "couldn't find key q in Secret ns/s"},
    {"an optional key",
     "'env': [{'name': 'A', 'valueFrom': {'configMapKeyRef': {'name': 'm', 'key': 'q',"
     " 'optional': true}}}]",
     "A", NULL, NULL},
    {"all of an object", "'envFrom': [{'configMapRef': {'name': 'm'}}]", "other", "w",
     NULL},
    {"a key that is no name", "'envFrom': [{'configMapRef': {'name': 'm'}}]", "not",
     NULL, NULL},
    {"with a prefix", "'envFrom': [{'prefix': 'X_', 'secretRef': {'name': 's'}}]",
     "X_p", "pw", NULL},
    {"env wins",
     "'envFrom': [{'configMapRef': {'name': 'm'}}], 'env': [{'name': 'k', 'value':"
     " 'mine $(other)'}]",
     "k", "mine w", NULL},
    {"an optional object",
     "'envFrom': [{'configMapRef': {'name': 'n', 'optional': true}}]", "k", NULL, NULL},
    {"a missing object", "'envFrom': [{'secretRef': {'name': 'n'}}]", "k", NULL,
     "secret \"n\" not found"},
    {"a limit, in whole units",
     "'env': [{'name': 'A', 'valueFrom': {'resourceFieldRef': {'resource':"
     " 'limits.cpu'}}}], 'resources': {'limits': {'cpu': '1500m'}}",
     "A", "2", NULL},
    {"a limit, in units of its own",
     "'env': [{'name': 'A', 'valueFrom': {'resourceFieldRef': {'resource':"
     " 'limits.memory', 'divisor': '1Mi'}}}], 'resources': {'limits': {'memory':"
     " '1Gi'}}",
     "A", "1024", NULL},
    {"a request that the limit gives",
     "'env': [{'name': 'A', 'valueFrom': {'resourceFieldRef': {'resource':"
     " 'requests.memory', 'containerName': 'c'}}}], 'resources': {'limits': {'memory':"
     " '1Ki'}}",
     "A", "1024", NULL},
    {"a limit that is not there is the node's",
     "'env': [{'name': 'A', 'valueFrom': {'resourceFieldRef': {'resource':"
     " 'limits.cpu', 'divisor': '1m'}}}]",
     "A", "4000", NULL},
    {"a resource of nobody",
     "'env': [{'name': 'A', 'valueFrom': {'resourceFieldRef': {'resource':"
     " 'limits.cpu', 'containerName': 'x'}}}]",
     "A", NULL, "no such container"},
    {"all labels are for files only",
     "'env': [{'name': 'A', 'valueFrom': {'fieldRef': {'fieldPath':"
     " 'metadata.labels'}}}]",
     "A", NULL, "fieldPath"},
};

START_TEST(test_source)
{
    AUTO_FREE char *fields = xasprintf(", %s", sources[_i].container);
    struct pod_spec *spec = make_pod(fields);
    struct podobjects objects = known(spec);
    struct amounts node = {0};
    struct value_pod pod = {.spec = spec, .objects = &objects, .allocatable = &node};
    struct err err = ERR_INIT;
    char **envp;

    ck_assert_msg(!spec->invalid, "%s: %s", sources[_i].name, spec->invalid);
    amounts_set(&node, "cpu", 4000);
    envp = env_build(&pod, &spec->mains[0], &err);
    if (sources[_i].error) {
        ck_assert_msg(!envp && strstr(err.msg, sources[_i].error), "%s: %s",
                      sources[_i].name, err.msg);
    } else {
        ck_assert_msg(envp != NULL, "%s: %s", sources[_i].name, err.msg);
        ck_assert_msg(str_eq(env_get(envp, sources[_i].variable), sources[_i].want),
                      "%s: %s", sources[_i].name, env_get(envp, sources[_i].variable));
    }
    words_free(envp);
    amounts_fini(&node);
    podobjects_fini(&objects);
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
        env_build(&(struct value_pod){.spec = spec}, &spec->mains[0], &err));
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
                                              {test_source, ARRAY_LEN(sources)},
                                              {test_bomb, 1},
                                              {NULL, 0},
                                          });
}
