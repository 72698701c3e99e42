/* The native rules against tests/crds/rules.cases. */
#include "crds/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/signo.h"
#include "base/util.h"
#include "base/yaml.h"
#include "crds/rules_private.h"
#include "tests/support/suite.h"

#define FILE_MAX (1u << 20)
#define CASES "tests/crds/rules.cases"

/* ---- the file as cases ---- */

struct rule_case {
    char *name;
    struct str before, object, messages; /* YAML, YAML, a line for each violation */
    bool is_update, by_schema;
};

static void case_begin(struct rule_case *c, const char *name)
{
    *c = (struct rule_case){.name = xstrdup(name)};
    str_init(&c->before, FILE_MAX);
    str_init(&c->object, FILE_MAX);
    str_init(&c->messages, FILE_MAX);
}

static void case_fini(struct rule_case *c)
{
    str_fini(&c->before);
    str_fini(&c->object);
    str_fini(&c->messages);
    free(c->name);
}

static void case_line(struct rule_case *c, const char *line)
{
    if (strcmp(line, "->") == 0) {
        str_add(&c->before, c->object.s);
        str_reset(&c->object);
        c->is_update = true;
    } else if (str_starts(line, "! ")) {
        str_addf(&c->messages, "%s\n", line + 2);
    } else if (str_starts(line, "? ")) {
        c->by_schema = true;
    } else {
        str_addf(&c->object, "%s\n", line);
    }
}

/* ---- one case ---- */

static struct json *parse(const char *name, const struct str *yaml)
{
    struct err err = ERR_INIT;
    struct json *ret = yaml_parse_one(yaml->s, yaml->len, name, &err);
    ck_assert_msg(ret != NULL, "%s: %s", name, err.msg);
    if (!json_at(ret, "metadata.name"))
        json_set_at(ret, "metadata.name", json_new_string("x"));
    return ret;
}

static void keep_message(void *arg, const struct rules_violation *v)
{
    str_addf(arg, "%s\n", v->message);
}

static int line_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The lines of a text, sorted. */
static void lines_sort(struct str *text)
{
    size_t n = 0;
    char **lines = xcalloc(text->len + 1, sizeof(*lines));
    for (char *s = text->s; *s; s += strcspn(s, "\n") + 1)
        lines[n++] = xstrndup(s, strcspn(s, "\n"));
    if (n > 1)
        qsort(lines, n, sizeof(*lines), line_compare);
    str_reset(text);
    for (size_t i = 0; i < n; i++) {
        str_addf(text, "%s\n", lines[i]);
        free(lines[i]);
    }
    free(lines);
}

static void case_check(struct rule_case *c)
{
    STR_AUTO struct str got;
    JSON_AUTO struct json *old = NULL, *object = NULL;
    str_init(&got, FILE_MAX);
    if (c->by_schema)
        return;
    if (c->is_update)
        old = parse(c->name, &c->before);
    object = parse(c->name, &c->object);
    const char *kind = json_str(object, "kind");
    ck_assert_msg(rules_know("gantry.dev", kind), "%s: %s", c->name, kind);
    rules_check(kind, object, old, keep_message, &got);
    lines_sort(&got);
    lines_sort(&c->messages);
    ck_assert_msg(strcmp(got.s, c->messages.s) == 0, "%s:\n got\n%swant\n%s", c->name,
                  got.s, c->messages.s);
}

START_TEST(test_cases)
{
    STR_AUTO struct str text;
    struct rule_case c;
    size_t n = 0;
    str_init(&text, FILE_MAX);
    ck_assert_int_eq(str_read_file(&text, CASES, NULL), 0);
    case_begin(&c, "");
    for (char *s = text.s; *s; s += strcspn(s, "\n") + 1) {
        AUTO_FREE char *line = xstrndup(s, strcspn(s, "\n"));
        if (!str_starts(line, "== ")) {
            if (n > 0 && *line)
                case_line(&c, line);
            continue;
        }
        if (n++ > 0)
            case_check(&c);
        case_fini(&c);
        case_begin(&c, line + 3);
    }
    case_check(&c);
    case_fini(&c);
    ck_assert_uint_gt(n, 30);
}
END_TEST

/* Is the field among those that a line says cannot be changed? */
static bool frozen_shown(const char *cases, const char *field)
{
    for (const char *at = strstr(cases, field); at; at = strstr(at + 1, field)) {
        const char *end = at + strlen(field);
        const char *behind = strstr(end, FROZEN_MESSAGE);
        if (strchr(", ", *end) && behind && behind < end + strcspn(end, "\n"))
            return true;
    }
    return false;
}

/* Each row of the tables is shown by a case. */
START_TEST(test_all_shown)
{
    STR_AUTO struct str text;
    str_init(&text, FILE_MAX);
    ck_assert_int_eq(str_read_file(&text, CASES, NULL), 0);
    for (size_t i = 0; i < n_rules + n_unsupported; i++) {
        const char *message =
            i < n_rules ? rules[i].message : unsupported[i - n_rules].message;
        AUTO_FREE char *line = xasprintf("\n! %s\n", message);
        ck_assert_msg(strstr(text.s, line) != NULL, "no case has: %s", message);
    }
    for (size_t i = 0; i < n_frozen; i++)
        ck_assert_msg(frozen_shown(text.s, frozen[i]),
                      "no case changes %s of a started job", frozen[i]);
}
END_TEST

/* ---- signals ---- */

static void count_violation(void *arg, const struct rules_violation *v)
{
    (void)v;
    ++*(int *)arg;
}

static int violations_of(const char *signal)
{
    JSON_AUTO struct json *job = json_build(
        "{'spec':{'script':'#!','actions':[{'id':'a','type':'Signal','signal':%s}]}}",
        signal);
    int n = 0;
    rules_check("BatchJob", job, NULL, count_violation, &n);
    return n;
}

/* The rule knows the table's names, each whole. */
START_TEST(test_signals)
{
    int signo;
    for (size_t i = 0; (signo = signo_at(i)); i++) {
        AUTO_FREE char *whole = xasprintf("SIG%s", signo_name(signo));
        AUTO_FREE char *number = xasprintf("%d", signo);
        AUTO_FREE char *longer = xasprintf("%sX", signo_name(signo));
        ck_assert_int_eq(violations_of(whole), 0);
        ck_assert_int_eq(violations_of(whole + 3), 0);
        ck_assert_int_eq(violations_of(number), 0);
        ck_assert_int_eq(violations_of(longer), 1);
    }
}
END_TEST

/* ---- the user ---- */

static const struct {
    const char *name, *spec, *caller;
    bool may_impersonate, operates;
    const char *user, *groups, *err;
} users[] = {
    {"filled", "{}", "ann", false, false, "ann", "[\"g\",\"h\"]", NULL},
    {"an operator", "{}", "ann", false, true, "ann",
     "[\"g\",\"h\",\"gantry.dev:operators\"]", NULL},
    {"oneself", "{'user':'ann'}", "ann", false, false, "ann", "[\"g\",\"h\"]", NULL},
    {"another", "{'user':'bob'}", "ann", false, false, "bob", "null",
     "spec.user is bob, but you are ann"},
    {"another, allowed", "{'user':'bob'}", "root", true, true, "bob",
     "[\"gantry.dev:operators\"]", NULL},
    {"another and his groups", "{'user':'bob','groups':['x']}", "root", true, true,
     "bob", "[\"x\"]", NULL},
    {"own groups", "{'groups':['g','h']}", "ann", false, false, "ann", "[\"g\",\"h\"]",
     NULL},
    {"other groups", "{'groups':['g','h','x']}", "ann", false, false, "ann",
     "[\"g\",\"h\",\"x\"]",
     "spec.groups are not those that the API server knows of ann: leave them out"},
    {"no operator", "{'groups':['g','h','gantry.dev:operators']}", "ann", false, false,
     "ann", "[\"g\",\"h\",\"gantry.dev:operators\"]",
     "spec.groups are not those that the API server knows of ann: leave them out"},
    {"no text", "{'user':7}", "ann", false, false, NULL, "null", NULL},
    {"no spec", NULL, "ann", false, false, NULL, "null", NULL},
};

START_TEST(test_user)
{
    static const char *const groups[] = {"g", "h"};
    const struct rules_caller caller = {.name = users[_i].caller,
                                        .groups = groups,
                                        .n_groups = 2,
                                        .may_impersonate = users[_i].may_impersonate,
                                        .operates = users[_i].operates};
    struct err err = ERR_INIT;
    JSON_AUTO struct json *object = json_new_object();
    if (users[_i].spec)
        json_set(object, "spec", json_build(users[_i].spec));
    int rc = rules_admit_user(object, &caller, &err);
    ck_assert_int_eq(rc, users[_i].err ? -1 : 0);
    if (users[_i].err) {
        ck_assert_str_eq(err.msg, users[_i].err);
        ck_assert_int_eq(err.code, ERR_FORBIDDEN);
    }
    ck_assert(str_eq(json_str(object, "spec.user"), users[_i].user));
    AUTO_FREE char *has = json_text(json_at(object, "spec.groups"), NULL);
    ck_assert_msg(str_eq(has, users[_i].groups), "%s: %s", users[_i].name, has);
}
END_TEST

START_TEST(test_know)
{
    ck_assert(rules_know("gantry.dev", "QOS"));
    ck_assert(!rules_know("gantry.dev", "Pod"));
    ck_assert(!rules_know("", "Partition"));
}
END_TEST

int main(void)
{
    return suite_main("crds/rules", (struct suite_row[]){
                                        {test_cases, 1},
                                        {test_all_shown, 1},
                                        {test_signals, 1},
                                        {test_user, ARRAY_LEN(users)},
                                        {test_know, 1},
                                        {NULL, 0},
                                    });
}
