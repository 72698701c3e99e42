#include "crds/convert.h"

#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "base/yaml.h"
#include "tests/support/suite.h"

#define DESCRIPTION_MAX 512

static const struct {
    const char *name, *object;
    const char *text; /* or the error */
} qos_cases[] = {
    {"a priority", "metadata: {name: high}, spec: {priority: 70}", "high 70"},
    {"none", "metadata: {name: low}, spec: {}", "low 0"},
    {"the largest", "metadata: {name: q}, spec: {priority: 4294967294}",
     "q 4294967294"},
    {"too large", "metadata: {name: q}, spec: {priority: 4294967295}",
     "spec.priority: must be from 0 to 4294967294"},
    {"negative", "metadata: {name: q}, spec: {priority: -1}",
     "spec.priority: must be from 0 to 4294967294"},
    {"a word", "metadata: {name: q}, spec: {priority: high}",
     "spec.priority: expected integer, got string"},
    {"no name", "spec: {priority: 1}", "metadata.name: a QOS needs a name"},
    {"not yet", "metadata: {name: q}, spec: {graceTime: '1'}",
     "spec.graceTime is not supported yet"},
};

static const struct {
    const char *name, *object;
    const char *text; /* or the error */
} account_cases[] = {
    {"members",
     "metadata: {name: a}, spec: {members: [{user: bob}, {namespace: lab}, {user: "
     "ann}]}",
     "a users ann bob namespaces lab"},
    {"no members", "metadata: {name: a}, spec: {}", "a users namespaces"},
    {"nobody", "metadata: {name: a}, spec: {members: [{user: ann}, {}]}",
     "spec.members[1]: needs one of user and namespace"},
    {"two in one", "metadata: {name: a}, spec: {members: [{user: ann, namespace: b}]}",
     "spec.members[0]: needs one of user and namespace"},
    {"no list", "metadata: {name: a}, spec: {members: ann}",
     "spec.members: expected array"},
    {"no name", "spec: {}", "metadata.name: an account needs a name"},
    {"not yet", "metadata: {name: a}, spec: {parent: b}",
     "spec.parent is not supported yet"},
};

static struct json *object_of(const char *name, const char *text)
{
    struct err err = ERR_INIT;
    AUTO_FREE char *yaml = xasprintf("{%s}", text);
    struct json *ret = yaml_parse_one(yaml, strlen(yaml), name, &err);
    ck_assert_msg(ret != NULL, "%s: %s", name, err.msg);
    return ret;
}

START_TEST(test_qos)
{
    JSON_AUTO struct json *object = object_of(qos_cases[_i].name, qos_cases[_i].object);
    STR_AUTO struct str text;
    struct err err = ERR_INIT;
    struct qos *qos = convert_qos(object, &err);
    str_init(&text, DESCRIPTION_MAX);
    if (qos)
        str_addf(&text, "%s %" PRId64, qos->name, qos->priority);
    else
        str_add(&text, err.msg);
    ck_assert_msg(str_eq(text.s, qos_cases[_i].text), "%s: %s", qos_cases[_i].name,
                  text.s);
    qos_free(qos);
}
END_TEST

static void add_names(struct str *out, const char *what, char *const *names, size_t n)
{
    str_addf(out, " %s", what);
    for (size_t i = 0; i < n; i++)
        str_addf(out, " %s", names[i]);
}

START_TEST(test_account)
{
    JSON_AUTO struct json *object =
        object_of(account_cases[_i].name, account_cases[_i].object);
    STR_AUTO struct str text;
    struct err err = ERR_INIT;
    struct account *a = convert_account(object, &err);
    str_init(&text, DESCRIPTION_MAX);
    if (a) {
        str_add(&text, a->name);
        add_names(&text, "users", a->users, a->n_users);
        add_names(&text, "namespaces", a->namespaces, a->n_namespaces);
    } else {
        str_add(&text, err.msg);
    }
    ck_assert_msg(str_eq(text.s, account_cases[_i].text), "%s: %s",
                  account_cases[_i].name, text.s);
    account_free(a);
}
END_TEST

int main(void)
{
    return suite_main("crds/convert_account",
                      (struct suite_row[]){
                          {test_qos, ARRAY_LEN(qos_cases)},
                          {test_account, ARRAY_LEN(account_cases)},
                          {NULL, 0},
                      });
}
