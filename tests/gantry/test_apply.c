#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/util.h"
#include "base/yaml.h"
#include "tests/support/clitest.h"
#include "tests/support/suite.h"

#define ERROR "gantry apply: error: "
#define MAP(name, value)                                                              \
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " name "}\ndata: {x: \"" value \
    "\"}\n"
#define JOB                                                                      \
    "apiVersion: gantry.dev/v1alpha1\nkind: BatchJob\nmetadata: {name: hello}\n" \
    "spec: {template: {spec: {containers: [{name: m, image: i}]}}}\n"

/* Each is put in twice. A namespace of which nothing was said but its name belongs to
 * nobody; as on a real server, the second time what it was given has an owner. */
static const struct {
    const char *name, *in;
    int status;
    const char *out, *err;
    const char *again; /* NULL: as before */
} rows[] = {
    {"one", MAP("a", "1"), 0, "configmap/a created\n", "", "configmap/a unchanged\n"},
    {"of our own", JOB, 0, "batchjob.gantry.dev/hello created\n", "",
     "batchjob.gantry.dev/hello unchanged\n"},
    {"several", MAP("a", "1") "---\n---\n" JOB, 0,
     "configmap/a created\nbatchjob.gantry.dev/hello created\n", "",
     "configmap/a unchanged\nbatchjob.gantry.dev/hello unchanged\n"},
    {"changed in one run", MAP("a", "1") "---\n" MAP("a", "2"), 0,
     "configmap/a created\nconfigmap/a configured\n", "",
     "configmap/a configured\nconfigmap/a configured\n"},
    {"JSON",
     "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":"
     "\"n\"}}",
     0, "namespace/n created\n", "", "namespace/n configured\n"},
    {"a list",
     "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Namespace, "
     "metadata: {name: n}}\n- {apiVersion: v1, kind: Namespace, metadata: {name: m}}\n",
     0, "namespace/n created\nnamespace/m created\n", "",
     "namespace/n configured\nnamespace/m configured\n"},
    {"nothing", "", 1, "", ERROR "no objects were given\n", NULL},
    {"no kind", "apiVersion: v1\nmetadata: {name: a}\n", 1, "",
     ERROR "standard input:1: object/a: apiVersion and kind must be given\n", NULL},
    {"no name", "apiVersion: v1\nkind: ConfigMap\n", 1, "",
     ERROR "standard input:1: configmap/(no name): metadata.name must be given\n",
     NULL},
    {"no such kind", "apiVersion: v1\nkind: Nope\nmetadata: {name: a}\n", 1, "",
     ERROR "standard input:1: nope/a: the API server has no kind \"Nope\" in \"v1\"; "
           "is its definition installed?\n",
     NULL},
    {"no such group", "apiVersion: x.y/v1\nkind: Nope\nmetadata: {name: a}\n", 1, "",
     ERROR "standard input:1: nope/a: the API server has no kind \"Nope\" in "
           "\"x.y/v1\"; is its definition installed?\n",
     NULL},
    {"no object", "- a\n", 1, "",
     ERROR "standard input:1: expected an object with apiVersion and kind, got array\n",
     NULL},
    {"no YAML", "a: [\n", 1, "", ERROR "standard input:2: not YAML: *", NULL},
    {"a key twice", "a: 1\na: 2\n", 1, "",
     ERROR "standard input:2: duplicate key \"a\"\n", NULL},
    {"a field misspelt", "\n\n" JOB "sepc: 1\n", 1, "",
     ERROR "standard input:3: batchjob.gantry.dev/hello: *", NULL},
    {"the rest goes on", "- a\n---\n" MAP("a", "1"), 1, "configmap/a created\n",
     ERROR "standard input:1: expected an object *", "configmap/a unchanged\n"},
};

START_TEST(test_row)
{
    struct clitest *t = clitest_new();

    t->in = rows[_i].in;
    clitest_expect(t, "gantry apply -f -", rows[_i].status, rows[_i].out, rows[_i].err);
    t->in = rows[_i].in;
    clitest_expect(t, "gantry apply -f -", rows[_i].status,
                   rows[_i].again ? rows[_i].again : rows[_i].out, rows[_i].err);
    clitest_free(t);
}
END_TEST

static const struct {
    const char *line, *in;
    int status;
    const char *out, *err;
} lines[] = {
    {"gantry apply", NULL, 1, "", ERROR "no file named: gantry apply -f FILE\n"},
    {"gantry apply x.yaml", NULL, 1, "",
     ERROR "unexpected \"x.yaml\": files are named by -f\n"},
    {"gantry apply --help", NULL, 0, "Usage: gantry apply *", ""},
    {"gantry apply -f /nosuch.yaml", NULL, 1, "", ERROR "/nosuch.yaml: no such file\n"},
    {"gantry apply -f - --namespace kube-system", MAP("a", "1"), 0,
     "configmap/a created\n", ""},
    {"gantry apply -f - --namespace other",
     "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: default}\n", 1,
     "",
     ERROR "standard input:1: configmap/a: metadata.namespace is \"default\", but "
           "--namespace says \"other\"\n"},
};

START_TEST(test_line)
{
    struct clitest *t = clitest_new();

    t->in = lines[_i].in;
    clitest_expect(t, lines[_i].line, lines[_i].status, lines[_i].out, lines[_i].err);
    clitest_free(t);
}
END_TEST

static const struct {
    struct spy_rule rule;
    const char *err;
} faults[] = {
    {{"GET", "/configmaps/a", SPY_REFUSE, 403, "Forbidden", "no looking", SPY_ALWAYS},
     ERROR "standard input:1: configmap/a: Access/permission denied: no looking\n"},
    {{"PATCH", "/configmaps/a", SPY_REFUSE, 403, "Forbidden", "no writing", SPY_ALWAYS},
     ERROR "standard input:1: configmap/a: Access/permission denied: no writing\n"},
    {{"GET", "/api/v1", SPY_REFUSE, 403, "Forbidden", "no asking", SPY_ALWAYS},
     ERROR "standard input:1: configmap/a: Access/permission denied: no asking\n"},
};

START_TEST(test_fault)
{
    struct clitest *t = clitest_new();

    spy_spoil(t->spy, &faults[_i].rule);
    t->in = MAP("a", "1");
    clitest_expect(t, "gantry apply -f -", 1, "", faults[_i].err);
    clitest_free(t);
}
END_TEST

static void put(const char *dir, const char *name, const char *text)
{
    AUTO_FREE char *path = xasprintf("%s/%s", dir, name);
    struct err err = ERR_INIT;

    ck_assert_int_eq(files_write(path, text, strlen(text), 0600, &err), 0);
}

/* Cut short it would be taken for the whole: a comment may end anywhere. */
static char *long_manifest(void)
{
    STR_AUTO struct str text;

    str_init(&text, (size_t)YAML_BYTES_MAX * 2);
    str_add(&text, MAP("a", "1"));
    while (text.len <= YAML_BYTES_MAX)
        str_add(&text, "# and so on\n");
    str_add(&text, "---\n" MAP("b", "1"));
    return str_take(&text);
}

#define TOO_LONG ": larger than 4194304 bytes\n"

START_TEST(test_too_long)
{
    struct clitest *t = clitest_new();
    AUTO_FREE char *text = long_manifest();
    char dir[] = "/tmp/gantry-apply-XXXXXX";

    t->in = text;
    clitest_expect(t, "gantry apply -f -", 1, "", ERROR "standard input" TOO_LONG);
    ck_assert(mkdtemp(dir) != NULL);
    put(dir, "long.yaml", text);
    AUTO_FREE char *line = xasprintf("gantry apply -f %s/long.yaml", dir);
    AUTO_FREE char *said = xasprintf(ERROR "%s/long.yaml" TOO_LONG, dir);
    clitest_expect(t, line, 1, "", said);
    files_remove_tree(dir);
    clitest_free(t);
}
END_TEST

/* A folder's manifests in order, whatever else lies there; a kind that the first of
 * them defines is there for the second. */
START_TEST(test_folder)
{
    static const char *const names[] = {"1-crd.yaml", "2-object.yml", "3.json",
                                        "README"};
    static const char *const texts[] = {
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
        "metadata: {name: cups.tea.example}\n"
        "spec: {group: tea.example, scope: Cluster,\n"
        "  names: {kind: Cup, plural: cups, singular: cup},\n"
        "  versions: [{name: v1, served: true, storage: true,\n"
        "    schema: {openAPIV3Schema: {type: object}}}]}\n",
        "apiVersion: tea.example/v1\nkind: Cup\nmetadata: {name: c}\n",
        "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"n\"}}",
        "not a manifest: ["};
    struct clitest *t = clitest_new();
    char dir[] = "/tmp/gantry-apply-XXXXXX";

    ck_assert(mkdtemp(dir) != NULL);
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        put(dir, names[i], texts[i]);
    AUTO_FREE char *line = xasprintf("gantry apply -f %s", dir);
    clitest_expect(t, line, 0,
                   "customresourcedefinition.apiextensions.k8s.io/cups.tea.example "
                   "created\ncup.tea.example/c created\nnamespace/n created\n",
                   "");
    AUTO_FREE char *two =
        xasprintf("gantry apply -f %s/3.json -f %s/2-object.yml", dir, dir);
    clitest_expect(t, two, 0, "namespace/n configured\ncup.tea.example/c unchanged\n",
                   "");
    clitest_expect(t, two, 0, "namespace/n unchanged\ncup.tea.example/c unchanged\n",
                   "");
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        AUTO_FREE char *path = xasprintf("%s/%s", dir, names[i]);
        unlink(path);
    }
    AUTO_FREE char *want =
        xasprintf(ERROR "%s: has no .yaml, .yml or .json file that can be read\n", dir);
    clitest_expect(t, line, 1, "", want);
    rmdir(dir);
    clitest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry/apply", (struct suite_row[]){
                                          {test_row, ARRAY_LEN(rows)},
                                          {test_line, ARRAY_LEN(lines)},
                                          {test_fault, ARRAY_LEN(faults)},
                                          {test_too_long, 1},
                                          {test_folder, 1},
                                          {NULL, 0},
                                      });
}
