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

static struct json *object_of(const char *name, const char *text)
{
    struct err err = ERR_INIT;
    AUTO_FREE char *yaml = xasprintf("{%s}", text);
    struct json *ret = yaml_parse_one(yaml, strlen(yaml), name, &err);
    ck_assert_msg(ret != NULL, "%s: %s", name, err.msg);
    return ret;
}

static const struct {
    const char *name, *factor;
    int64_t thousandths; /* -1: refused */
} factor_cases[] = {
    {"half", "0.5", 500},
    {"nothing", "0", 0},
    {"double", "2", 2000},
    {"fine", "0.001", 1},
    {"the most", "1000000", 1000000000},
    {"too much", "1000001", -1},
    {"negative", "-1", -1},
    {"a word", "much", -1},
    {"as none", "null", 1000},
};

START_TEST(test_factor)
{
    AUTO_FREE char *text = xasprintf("metadata: {name: q}, spec: {usageFactor: %s}",
                                     factor_cases[_i].factor);
    JSON_AUTO struct json *object = object_of(factor_cases[_i].name, text);
    struct err err = ERR_INIT;
    struct qos *qos = convert_qos(object, &err);
    int64_t got = qos ? qos->usage_factor : -1;
    ck_assert_msg(got == factor_cases[_i].thousandths, "%s: %lld",
                  factor_cases[_i].name, (long long)got);
    if (!qos)
        ck_assert_str_eq(err.msg,
                         "spec.usageFactor: must be a number from 0 to 1000000");
    qos_free(qos);
}
END_TEST

static const struct {
    const char *name, *object;
    const char *text; /* or the error */
} account_cases[] = {
    {"members",
     "metadata: {name: a}, spec: {members: [{user: bob}, {namespace: lab}, {user: "
     "ann}]}",
     "a, ann, bob, of lab"},
    {"no members", "metadata: {name: a}, spec: {}", "a"},
    {"nobody", "metadata: {name: a}, spec: {members: [{user: ann}, {}]}",
     "spec.members[1]: needs one of user and namespace"},
    {"two in one", "metadata: {name: a}, spec: {members: [{user: ann, namespace: b}]}",
     "spec.members[0]: needs one of user and namespace"},
    {"no list", "metadata: {name: a}, spec: {members: ann}",
     "spec.members: expected array"},
    {"no name", "spec: {}", "metadata.name: an account needs a name"},
    {"in a tree", "metadata: {name: a}, spec: {parent: b, fairshare: 30, priority: 7}",
     "a below b x30 priority 7"},
    {"as its parent", "metadata: {name: a}, spec: {fairshare: parent}",
     "a as its parent"},
    {"no shares", "metadata: {name: a}, spec: {fairshare: '0'}", "a x0"},
    {"members' own",
     "metadata: {name: a}, spec: {members: [{user: bob, partition: p, fairshare: 2}, "
     "{user: bob, fairshare: parent}, {user: ann, priority: 5}, "
     "{namespace: lab, partition: q}]}",
     "a, ann priority 5, bob as its parent, bob in p x2, of lab in q"},
    {"negative shares", "metadata: {name: a}, spec: {fairshare: -1}",
     "spec.fairshare: right are whole numbers from 0 to 999999999 and \"parent\""},
    {"too many shares", "metadata: {name: a}, spec: {fairshare: 1000000000}",
     "spec.fairshare: right are whole numbers from 0 to 999999999 and \"parent\""},
    {"no shares at all",
     "metadata: {name: a}, spec: {members: [{user: ann, fairshare: [1]}]}",
     "spec.members[0]: fairshare: right are whole numbers from 0 to 999999999 and "
     "\"parent\""},
    {"a fraction", "metadata: {name: a}, spec: {fairshare: 1.5}",
     "spec.fairshare: right are whole numbers from 0 to 999999999 and \"parent\""},
    {"twice", "metadata: {name: a}, spec: {members: [{user: ann}, {user: ann}]}",
     "spec.members: user ann is there twice"},
    {"twice in a partition",
     "metadata: {name: a}, spec: {members: [{namespace: n, partition: p}, "
     "{namespace: n}, {namespace: n, partition: p}]}",
     "spec.members: namespace n is there twice for partition p"},
    {"the root", "metadata: {name: root}, spec: {members: [{user: ann}]}", "root, ann"},
    {"a parent of the root", "metadata: {name: root}, spec: {parent: a}",
     "spec.parent: account root has none"},
    {"not yet", "metadata: {name: a}, spec: {coordinators: [b]}",
     "spec.coordinators is not supported yet"},
};

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

static void add_shares(struct str *out, int64_t shares, int64_t priority)
{
    if (shares == SHARES_PARENT)
        str_add(out, " as its parent");
    else if (shares != SHARES_DEFAULT)
        str_addf(out, " x%" PRId64, shares);
    if (priority != PRIORITY_UNSET)
        str_addf(out, " priority %" PRId64, priority);
}

static void add_member(struct str *out, const struct member *m)
{
    str_addf(out, ", %s%s%s%s", m->user ? m->user : "of ", m->ns ? m->ns : "",
             m->partition ? " in " : "", m->partition ? m->partition : "");
    add_shares(out, m->shares, m->priority);
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
        str_addf(&text, "%s%s", a->parent ? " below " : "", a->parent ? a->parent : "");
        add_shares(&text, a->shares, a->priority);
        for (size_t i = 0; i < a->n_members; i++)
            add_member(&text, &a->members[i]);
    } else {
        str_add(&text, err.msg);
    }
    ck_assert_msg(str_eq(text.s, account_cases[_i].text), "%s: %s",
                  account_cases[_i].name, text.s);
    account_free(a);
}
END_TEST

/* ---- usage ---- */

static const char stored[] =
    "{metadata: {name: a}, spec: {members: [{user: ann}, {user: bob, partition: p}]}, "
    "status: {usage: {asOf: '2027-01-15T08:05:00Z', tresSeconds: {billing: 9}, "
    "members: ["
    "{user: bob, partition: p, billingMilliseconds: 5000}, "
    "{user: cem, billingMilliseconds: 3001}, "
    "{namespace: lab, billingMilliseconds: 1000}, "
    "{user: ann, namespace: lab, billingMilliseconds: 7}, {billingMilliseconds: 7}, "
    "{user: dora, billingMilliseconds: -5}, {user: eve, billingMilliseconds: much}, "
    "7]}}}";

static void expect_usage(const struct account *a, size_t i, int64_t usage, bool former)
{
    ck_assert_int_eq(a->members[i].usage, usage);
    ck_assert_int_eq(a->members[i].former, former);
}

START_TEST(test_usage)
{
    struct err err = ERR_INIT;
    JSON_AUTO struct json *object = yaml_parse_one(stored, strlen(stored), "a", &err);
    ck_assert_msg(object != NULL, "%s", err.msg);
    struct account *a = convert_account(object, &err);
    ck_assert_msg(a != NULL, "%s", err.msg);
    ck_assert_int_eq(a->usage_sec, 1800000300);
    ck_assert_uint_eq(a->n_members, 4);
    expect_usage(a, 0, 0, false);    /* ann */
    expect_usage(a, 1, 5000, false); /* bob in p */
    expect_usage(a, 2, 3001, true);  /* cem */
    expect_usage(a, 3, 1000, true);  /* lab */
    JSON_AUTO struct json *written = convert_usage_write(a);
    json_set_at(object, "status.usage", json_copy(written));
    struct account *again = convert_account(object, &err);
    ck_assert_uint_eq(again->n_members, 4);
    for (size_t i = 0; i < 4; i++)
        expect_usage(again, i, a->members[i].usage, a->members[i].former);
    ck_assert_int_eq(json_int_or(written, "tresSeconds.billing", -1), 9);
    ck_assert_uint_eq(json_len(json_get(written, "members")), 3);
    account_free(again);
    account_free(a);
}
END_TEST

int main(void)
{
    return suite_main("crds/convert_account",
                      (struct suite_row[]){
                          {test_qos, ARRAY_LEN(qos_cases)},
                          {test_factor, ARRAY_LEN(factor_cases)},
                          {test_account, ARRAY_LEN(account_cases)},
                          {test_usage, 1},
                          {NULL, 0},
                      });
}
