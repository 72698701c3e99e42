#include "crds/convert.h"

#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "base/yaml.h"
#include "scheduler/preempt_rules.h"
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
    {"a limit factor", "metadata: {name: q}, spec: {limitFactor: -2}",
     "spec.limitFactor: must be a number from 0 to 1000000"},
    {"a threshold", "metadata: {name: q}, spec: {usageThreshold: 1.5}",
     "spec.usageThreshold: must be a number from 0 to 1"},
    {"a threshold in words", "metadata: {name: q}, spec: {usageThreshold: half}",
     "spec.usageThreshold: must be a number from 0 to 1"},
    {"factors",
     "metadata: {name: q}, spec: {limitFactor: 2.5, usageThreshold: 0.25, flags: "
     "[EnforceUsageThreshold]}",
     "q 0 limits x2500 from 250000"},
    {"a limit factor of one", "metadata: {name: q}, spec: {limitFactor: 1}",
     "q 0 limits x1000"},
    {"in percent",
     "metadata: {name: q}, spec: {flags: [Relative], limits: {grpTRES: {mem: 50, "
     "gres/gpu: '100', cpu: -1}, grpTRESMins: {cpu: 0}, grpJobs: 7}}",
     "q 0 grpJobs=7 grpTRESMins cpu=0% grpTRES mem=50% grpTRES gres/gpu=100%"},
    {"over a hundred percent",
     "metadata: {name: q}, spec: {flags: [Relative], limits: {grpTRES: {cpu: 101}}}",
     "spec.limits.grpTRES: cpu: must be a percentage (the QOS is Relative) from 0 to "
     "100, or -1 for no limit"},
    {"an amount for percent",
     "metadata: {name: q}, spec: {flags: [Relative], limits: {grpTRES: {mem: 64G}}}",
     "spec.limits.grpTRES: mem: must be a percentage (the QOS is Relative) from 0 to "
     "100, or -1 for no limit"},
    {"a part of a percent",
     "metadata: {name: q}, spec: {flags: [Relative], limits: {grpTRES: {cpu: '0.5'}}}",
     "spec.limits.grpTRES: cpu: must be a percentage (the QOS is Relative) from 0 to "
     "100, or -1 for no limit"},
};

static const struct {
    const char *name, *spec;
    const char *text; /* or the error */
} preempt_cases[] = {
    {"nothing said", "{}", ", mode , exempt -1, grace 0"},
    {"all said",
     "{preempt: [low, free], preemptMode: 'REQUEUE,WITHIN', preemptExemptTime: '10', "
     "graceTime: '30'}",
     "free low, mode REQUEUE,WITHIN, exempt 600, grace 30"},
    {"a duration", "{preemptMode: 'OFF', graceTime: '1:30', preemptExemptTime: 1-0}",
     ", mode OFF, exempt 86400, grace 90"},
    {"no time, Slurm's way", "{preemptExemptTime: '-1'}",
     ", mode , exempt -1, grace 0"},
    {"none", "{preemptExemptTime: '0'}", ", mode , exempt 0, grace 0"},
    {"too long", "{graceTime: 2-0}",
     "spec.graceTime: \"2-0\" is no length of time of up to a day: "
     "right are 30 (seconds), 1:30 and 2m"},
    {"for ever", "{graceTime: UNLIMITED}",
     "spec.graceTime: \"UNLIMITED\" is no length of time of up to a day: "
     "right are 30 (seconds), 1:30 and 2m"},
    {"no time", "{graceTime: soon}",
     "spec.graceTime: \"soon\" is no length of time of up to a day: "
     "right are 30 (seconds), 1:30 and 2m"},
    {"no mode", "{preemptMode: KILL}",
     "spec.preemptMode: \"KILL\" is none of OFF, CANCEL, REQUEUE, WITHIN, PRIORITY"},
    {"two modes", "{preemptMode: 'CANCEL,REQUEUE'}",
     "spec.preemptMode: only one of OFF, CANCEL and REQUEUE"},
    {"the cluster's word", "{preemptMode: 'CANCEL,PRIORITY'}",
     "spec.preemptMode: PRIORITY is a word of gantry.yaml only"},
    {"suspended", "{preemptMode: SUSPEND}",
     "spec.preemptMode: SUSPEND is not supported yet"},
    {"no list", "{preempt: low}", "spec.preempt: expected array"},
    {"a number in it", "{preempt: [1]}", "spec.preempt[0]: expected string"},
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
    {"QOS",
     "metadata: {name: a}, spec: {defaultQOS: c, qos: [c, b], members: [{user: ann, "
     "defaultQOS: d, qos: [d]}, {user: bob, defaultQOS: ''}]}",
     "a QOS c of b c, ann QOS d of d, bob"},
    {"no list of QOS", "metadata: {name: a}, spec: {qos: b}",
     "spec.qos: expected array"},
    {"no name of a QOS",
     "metadata: {name: a}, spec: {members: [{user: a, defaultQOS: 1}]}",
     "spec.members[0]: defaultQOS: expected string, got integer"},
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
    {"no TRES of a member",
     "metadata: {name: a}, spec: {members: [{user: ann, limits: {grpTRES: {cores: "
     "1}}}]}",
     "spec.members[0]: limits.grpTRES: cores: no such TRES: right are cpu, mem, node, "
     "billing, gres/gpu, gres/gpu:TYPE, gres/DOMAIN/NAME and license/NAME"},
    {"less than none of a member",
     "metadata: {name: a}, spec: {members: [{user: ann, limits: {grpTRES: {mem: "
     "-5}}}]}",
     "spec.members[0]: limits.grpTRES: mem: must be an amount of memory from 0, or -1 "
     "for no limit"},
    {"not yet", "metadata: {name: a}, spec: {coordinators: [b]}",
     "spec.coordinators is not supported yet"},
};

/* ---- limits ---- */

#define NO_TRES                                                                     \
    " has no such TRES or amount: right are cpu, mem, node, billing, gres/gpu, "    \
    "gres/gpu:TYPE, gres/DOMAIN/NAME and license/NAME, each with a number, or mem " \
    "with 64G; -1 lifts a limit"

static const struct {
    const char *name, *limits;
    bool of_account;
    const char *text; /* or the error */
} limit_cases[] = {
    {"amounts", "grpTRES: {cpu: 8, mem: 64G, node: '2', gres/gpu: 4, billing: 100}",
     false, "grpTRES cpu=8000 mem=68719476736 node=2 gres/gpu=4 billing=100"},
    {"parts of CPUs", "maxTRESPerJob: {cpu: 500m}", false, "maxTRESPerJob cpu=500"},
    {"megabytes", "maxTRESPerJob: {mem: 100}", true, "maxTRESPerJob mem=104857600"},
    {"types", "maxTRESPerUser: {'gres/gpu:h100': 2, gres/gpu: 4}", false,
     "maxTRESPerUser gres/gpu=4 gres/gpu:h100=2"},
    {"minutes", "grpTRESRunMins: {gres/gpu: 90}", true, "grpTRESRunMins gres/gpu=5400"},
    {"counts", "{grpJobs: 0, maxJobs: 3}", true, "grpJobs =0 maxJobs =3"},
    {"licences", "{grpTRES: {'license/matlab': 4}, grpTRESMins: {license/a@b: 1}}",
     false, "grpTRESMins license/a@b=60 grpTRES license/matlab=4"},
    {"licences of a node", "maxTRESPerNode: {license/matlab: 4}", false,
     "spec.limits.maxTRESPerNode must have no license/NAME: no node has licences"},
    {"licences without a name", "grpTRES: {license/: 4}", false,
     "spec.limits.grpTRES" NO_TRES},
    {"devices", "{grpTRES: {gres/gpu: 1, gres/x.org/fpga: 4}}", true,
     "grpTRES gres/gpu=1 gres/x.org/fpga=4"},
    {"devices without a domain", "grpTRES: {gres/fpga: 4}", false,
     "spec.limits.grpTRES" NO_TRES},
    {"a time", "maxWall: 1-12", false, "maxWall =129600"},
    {"no time left to a group, none set to a job", "{maxWall: '0', grpWall: '0'}",
     false, "grpWall =0"},
    {"usage", "{grpTRESMins: {cpu: 2, mem: 1M}, grpWall: '90'}", true,
     "grpWall =5400 grpTRESMins cpu=120000 mem=62914560"},
    {"usage without limit", "{grpTRESMins: {cpu: -1}, grpWall: '-1'}", false, ""},
    {"no wall time", "grpWall: soon", false,
     "spec.limits.grpWall: \"soon\" is not a duration: use minutes (90), 2:30:00, "
     "1-12:00:00 (days-hours), 1h30m or UNLIMITED"},
    {"lifted", "{grpJobs: -1, maxWall: UNLIMITED, grpTRES: {cpu: -1, mem: '-1'}}",
     false, ""},
    {"nothing", "null", false, ""},
    {"no TRES", "grpTRES: {cores: 1}", false, "spec.limits.grpTRES" NO_TRES},
    {"a type of CPUs", "grpTRES: {'cpu:fast': 1}", true, "spec.limits.grpTRES" NO_TRES},
    {"less than nothing", "maxTRESPerJob: {gres/gpu: -2}", true,
     "spec.limits.maxTRESPerJob" NO_TRES},
    {"no memory", "grpTRES: {mem: much}", false, "spec.limits.grpTRES" NO_TRES},
    {"too much", "grpTRES: {cpu: 1e30}", false, "spec.limits.grpTRES" NO_TRES},
    {"far too much", "grpTRES: {cpu: 100000000000000000}", false,
     "spec.limits.grpTRES: cpu: must be a number from 0, or -1 for no limit"},
    {"no map", "grpTRES: 4", false, "spec.limits.grpTRES: expected object"},
    {"a negative count", "grpJobs: -2", false,
     "spec.limits.grpJobs: must be a number from 0, or -1 for no limit"},
    {"no time", "maxWall: soon", true,
     "spec.limits.maxWall: \"soon\" is not a duration: use minutes (90), 2:30:00, "
     "1-12:00:00 (days-hours), 1h30m or UNLIMITED"},
    {"of accounts", "maxJobs: 1", false,
     "spec.limits.maxJobs: a QOS has no such limit"},
    {"of QOS", "maxJobsPerUser: 1", true,
     "spec.limits.maxJobsPerUser: an account has no such limit"},
    {"of nobody", "maxCores: 1", false,
     "spec.limits.maxCores: a QOS has no such limit"},
    {"no limits", "[1]", false, "spec.limits: expected object"},
};

static void say_limits(const struct limits *limits, struct str *out)
{
    int kind = -1;
    for (size_t i = 0; i < limits->n; i++) {
        const struct limit *l = &limits->items[i];
        if ((int)l->kind != kind)
            str_addf(out, "%s%s", i > 0 ? " " : "", limit_rows[l->kind].name);
        kind = (int)l->kind;
        str_add(out, " ");
        tres_say(l->tres, l->type, out);
        str_addf(out, "=%" PRId64, l->amount);
    }
}

START_TEST(test_limits)
{
    const char *limits = limit_cases[_i].limits;
    AUTO_FREE char *text = xasprintf("metadata: {name: q}, spec: {limits: %s%s%s}",
                                     strchr("{[n", *limits) ? "" : "{", limits,
                                     strchr("{[n", *limits) ? "" : "}");
    JSON_AUTO struct json *object = object_of(limit_cases[_i].name, text);
    STR_AUTO struct str out;
    struct err err = ERR_INIT;
    bool of_account = limit_cases[_i].of_account;
    struct qos *qos = of_account ? NULL : convert_qos(object, &err);
    struct account *account = of_account ? convert_account(object, &err) : NULL;
    str_init(&out, DESCRIPTION_MAX);
    if (qos || account)
        say_limits(qos ? &qos->limits : &account->limits, &out);
    else
        str_add(&out, err.msg);
    ck_assert_msg(str_eq(out.s, limit_cases[_i].text), "%s: %s", limit_cases[_i].name,
                  out.s);
    qos_free(qos);
    account_free(account);
}
END_TEST

static void say_preemption(const struct qos *qos, struct str *out)
{
    for (size_t i = 0; i < qos->n_preempt; i++)
        str_addf(out, "%s%s", i > 0 ? " " : "", qos->preempt[i]);
    str_add(out, ", mode ");
    preempt_mode_format(qos->preempt_mode, out);
    str_addf(out, ", exempt %" PRId64 ", grace %" PRId64, qos->preempt_exempt_sec,
             qos->grace_sec);
}

START_TEST(test_preemption)
{
    AUTO_FREE char *object_text =
        xasprintf("metadata: {name: q}, spec: %s", preempt_cases[_i].spec);
    JSON_AUTO struct json *object = object_of(preempt_cases[_i].name, object_text);
    STR_AUTO struct str text;
    struct err err = ERR_INIT;
    struct qos *qos = convert_qos(object, &err);
    str_init(&text, DESCRIPTION_MAX);
    if (qos)
        say_preemption(qos, &text);
    else
        str_add(&text, err.msg);
    ck_assert_msg(str_eq(text.s, preempt_cases[_i].text), "%s: %s",
                  preempt_cases[_i].name, text.s);
    qos_free(qos);
}
END_TEST

static void say_qos(const struct qos *qos, struct str *out)
{
    str_addf(out, "%s %" PRId64, qos->name, qos->priority);
    if (qos->limit_factor != LIMIT_UNSET)
        str_addf(out, " limits x%" PRId64, qos->limit_factor);
    if (qos->flags & QOS_ENFORCE_USAGE_THRESHOLD)
        str_addf(out, " from %" PRId64, qos->usage_threshold);
    for (size_t i = 0; (qos->flags & QOS_RELATIVE) && i < qos->limits.n; i++) {
        const struct limit *l = &qos->limits.items[i];
        str_addf(out, " %s", limit_rows[l->kind].name);
        if (l->tres != TRES_NONE) {
            str_addc(out, ' ');
            tres_say(l->tres, l->type, out);
        }
        str_addf(out, l->tres != TRES_NONE ? "=%" PRId64 "%%" : "=%" PRId64,
                 l->tres != TRES_NONE ? l->percent : l->amount);
    }
}

START_TEST(test_qos)
{
    JSON_AUTO struct json *object = object_of(qos_cases[_i].name, qos_cases[_i].object);
    STR_AUTO struct str text;
    struct err err = ERR_INIT;
    struct qos *qos = convert_qos(object, &err);
    str_init(&text, DESCRIPTION_MAX);
    if (qos)
        say_qos(qos, &text);
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

static void add_choice(struct str *out, const struct qos_choice *qos)
{
    if (qos->by_default)
        str_addf(out, " QOS %s", qos->by_default);
    for (size_t i = 0; i < qos->n_allowed; i++)
        str_addf(out, "%s%s", i > 0 ? " " : " of ", qos->allowed[i]);
}

static void add_member(struct str *out, const struct member *m)
{
    str_addf(out, ", %s%s%s%s", m->user ? m->user : "of ", m->ns ? m->ns : "",
             m->partition ? " in " : "", m->partition ? m->partition : "");
    add_shares(out, m->shares, m->priority);
    add_choice(out, &m->qos);
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
        add_choice(&text, &a->qos);
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
    "{user: cem, billingMilliseconds: 3001, wallMilliseconds: 2000, tresMilliseconds: "
    "{cpu: 4000, 'gres/gpu:h100': 1999, watts: 7, mem: much}}, "
    "{namespace: lab, billingMilliseconds: 1000}, "
    "{user: ann, namespace: lab, billingMilliseconds: 7}, {billingMilliseconds: 7}, "
    "{user: dora, billingMilliseconds: -5}, {user: eve, billingMilliseconds: much}, "
    "7]}}}";

static void expect_usage(const struct account *a, size_t i, int64_t usage, bool former)
{
    ck_assert_int_eq(used_of(&a->members[i].usage.past, TRES_BILLING, NULL), usage);
    ck_assert_int_eq(a->members[i].former, former);
}

START_TEST(test_usage)
{
    struct err err = ERR_INIT;
    JSON_AUTO struct json *object = yaml_parse_one(stored, strlen(stored), "a", &err);
    ck_assert_msg(object != NULL, "%s", err.msg);
    struct account *a = convert_account(object, &err);
    ck_assert_msg(a != NULL, "%s", err.msg);
    ck_assert_int_eq(a->as_of.usage_sec, 1800000300);
    ck_assert_uint_eq(a->n_members, 4);
    expect_usage(a, 0, 0, false);    /* ann */
    expect_usage(a, 1, 5000, false); /* bob in p */
    expect_usage(a, 2, 3001, true);  /* cem */
    expect_usage(a, 3, 1000, true);  /* lab */
    const struct fair_rules rules = {
        .half_life_sec = 60, .classic = true, .factors = {2, true}};
    JSON_AUTO struct json *written = convert_usage_write(a, &rules);
    json_set_at(object, "status.usage", json_copy(written));
    struct account *again = convert_account(object, &err);
    ck_assert_uint_eq(again->n_members, 4);
    for (size_t i = 0; i < 4; i++)
        ck_assert(usage_equal(&again->members[i].usage, &a->members[i].usage));
    ck_assert_int_eq(json_int_or(written, "tresSeconds.billing", -1), 9);
    ck_assert_int_eq(json_int_or(written, "wallSeconds", -1), 2);
    ck_assert_int_eq(json_int_or(json_get(written, "tresSeconds"), "cpu", -1), 4);
    ck_assert_int_eq(json_int_or(json_get(written, "tresSeconds"), "gres/gpu:h100", -1),
                     1);
    ck_assert_uint_eq(json_len(json_get(written, "members")), 3);
    struct fair_rules read = {0};
    convert_fair_rules_read(object, &read);
    ck_assert_int_eq(read.half_life_sec, 60);
    ck_assert_int_eq(read.factors.damping, 2);
    ck_assert(read.classic && read.factors.depth_oblivious);
    account_free(again);
    account_free(a);
}
END_TEST

static const char stored_qos[] =
    "{metadata: {name: q}, spec: {}, status: {usage: {asOf: '2027-01-15T08:05:00Z', "
    "billingMilliseconds: 5000, wallMilliseconds: 7, tresMilliseconds: {mem: 9}}}}";

START_TEST(test_qos_usage)
{
    struct err err = ERR_INIT;
    JSON_AUTO struct json *object =
        yaml_parse_one(stored_qos, strlen(stored_qos), "q", &err);
    struct qos *q = convert_qos(object, &err);
    ck_assert_msg(q != NULL, "%s", err.msg);
    ck_assert_int_eq(q->as_of.usage_sec, 1800000300);
    ck_assert_int_eq(used_of(&q->usage.past, TRES_BILLING, NULL), 5000);
    ck_assert_int_eq(used_of(&q->usage.past, TRES_NONE, NULL), 7);
    ck_assert_int_eq(used_of(&q->usage.past, TRES_MEM, NULL), 9);
    JSON_AUTO struct json *written = convert_qos_usage_write(q);
    json_set_at(object, "status.usage", json_copy(written));
    struct qos *again = convert_qos(object, &err);
    ck_assert(usage_equal(&again->usage, &q->usage));
    ck_assert_int_eq(json_int_or(written, "tresSeconds.billing", -1), 5);
    qos_free(again);
    qos_free(q);
}
END_TEST

int main(void)
{
    return suite_main("crds/convert_account",
                      (struct suite_row[]){
                          {test_limits, ARRAY_LEN(limit_cases)},
                          {test_qos, ARRAY_LEN(qos_cases)},
                          {test_preemption, ARRAY_LEN(preempt_cases)},
                          {test_factor, ARRAY_LEN(factor_cases)},
                          {test_account, ARRAY_LEN(account_cases)},
                          {test_usage, 1},
                          {test_qos_usage, 1},
                          {NULL, 0},
                      });
}
