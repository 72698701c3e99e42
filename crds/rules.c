#include <inttypes.h>
#include <regex.h>
#include <string.h>

#include "base/util.h"
#include "crds/rules_private.h"
#include "scheduler/model.h"

#define PATH_MAX_LEN 256
#define FROZEN_TEXT_MAX 4096 /* names of all fields: a few hundred bytes */

struct check {
    const char *kind;
    const struct json *object, *old;
    bool patterns;
    void (*found)(void *arg, const struct rules_violation *v);
    void *arg;
};

static void violate(const struct check *check, const char *field, const char *message,
                    const struct json *value)
{
    const bool is_scalar = !json_is(value, JSON_OBJECT) && !json_is(value, JSON_ARRAY);
    const struct rules_violation v = {field, message, is_scalar ? value : NULL};
    check->found(check->arg, &v);
}

/* ---- paths ---- */

/* Calls `visit` with each value at a path; stops and returns true when it does. */
static bool walk(const struct json *at, const char *path,
                 bool (*visit)(const void *arg, const struct json *value),
                 const void *arg)
{
    size_t len = strcspn(path, ".[");
    char key[PATH_MAX_LEN];
    if (path[0] == '\0')
        return visit(arg, at);
    snprintf(key, sizeof(key), "%.*s", (int)len, path);
    const struct json *next = json_get(at, key);
    if (!next)
        return false;
    bool each = path[len] == '[';
    const char *rest = path + len + 2 * each;
    rest += *rest == '.';
    if (!each)
        return walk(next, rest, visit, arg);
    for (size_t i = 0; json_is(next, JSON_ARRAY) && i < json_len(next); i++)
        if (walk(json_item(next, i), rest, visit, arg))
            return true;
    return false;
}

/* ---- what is not supported yet ---- */

static bool value_refused(const void *arg, const struct json *value)
{
    const char *only = arg;
    if (!only)
        return true;
    if (json_is(value, JSON_BOOL))
        return strcmp(only, json_bool(value) ? "true" : "false") == 0;
    return json_is(value, JSON_STRING) && strcmp(only, json_string(value)) == 0;
}

/* NULL for a list, an object, and what stands in a list. */
static const struct json *scalar_at(const struct json *object, const char *path)
{
    const struct json *value = json_at(object, path);
    return json_is(value, JSON_ARRAY) || json_is(value, JSON_OBJECT) ? NULL : value;
}

static void check_unsupported(const struct check *check)
{
    for (size_t i = 0; i < n_unsupported; i++) {
        const struct unsupported *u = &unsupported[i];
        if (strcmp(u->kind, check->kind) == 0 &&
            walk(check->object, u->field, value_refused, u->value))
            violate(check, u->field, u->message, scalar_at(check->object, u->field));
    }
}

/* ---- what may not change once the job has started ---- */

static bool has_started(const struct json *object)
{
    const char *state = json_str_or(object, "status.state", "PENDING");
    return strcmp(state, "PENDING") != 0;
}

static void check_frozen(const struct check *check)
{
    if (strcmp(check->kind, "BatchJob") != 0 || !check->old || !has_started(check->old))
        return;
    STR_AUTO struct str message;
    str_init(&message, FROZEN_TEXT_MAX);
    for (size_t i = 0; i < n_frozen; i++) {
        const struct json *a = json_at(check->object, frozen[i]);
        const struct json *b = json_at(check->old, frozen[i]);
        if ((a == NULL) != (b == NULL) || (a && !json_equal(a, b)))
            str_addf(&message, "%s%s", message.len > 0 ? ", " : "", frozen[i]);
    }
    if (message.len == 0)
        return;
    str_add(&message, FROZEN_MESSAGE);
    violate(check, "spec", message.s, NULL);
}

/* ---- rules ---- */

static bool text_matches(const struct json *value, const char *pattern)
{
    regex_t regex;
    AUTO_FREE char *text =
        json_is(value, JSON_INT)
            ? xasprintf("%" PRId64, json_int(value))
            : xstrdup(json_is(value, JSON_STRING) ? json_string(value) : "");
    if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    bool matches = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return matches;
}

struct rule_run {
    const struct rule *rule;
    const struct json *old; /* the old value at the rule's node */
};

static bool value_broken(const void *arg, const struct json *value)
{
    const struct rule_run *run = arg;
    if (run->rule->pattern)
        return !text_matches(value, run->rule->pattern);
    return run->rule->broken(value, run->old);
}

static void check_rules(const struct check *check)
{
    for (size_t i = 0; i < n_rules; i++) {
        const struct rule *rule = &rules[i];
        struct rule_run run = {rule, NULL};
        if (strcmp(rule->kind, check->kind) != 0 || (rule->pattern && !check->patterns))
            continue;
        if (check->old)
            run.old = *rule->node ? json_at(check->old, rule->node) : check->old;
        if (rule->transition && !run.old)
            continue;
        if (walk(check->object, rule->node, value_broken, &run))
            violate(check, rule->field, rule->message,
                    strcmp(rule->node, rule->field) == 0
                        ? scalar_at(check->object, rule->field)
                        : NULL);
    }
}

void rules_check(const char *kind, const struct json *object, const struct json *old,
                 void (*found)(void *arg, const struct rules_violation *v), void *arg)
{
    const struct check check = {kind, object, old, true, found, arg};
    check_unsupported(&check);
    check_rules(&check);
    check_frozen(&check);
}

static void keep_first(void *arg, const struct rules_violation *v)
{
    const char **message = arg;
    if (!*message)
        *message = v->message;
}

int rules_hold(const char *kind, const struct json *object, struct err *err)
{
    const char *message = NULL;
    const struct check check = {kind, object, NULL, false, keep_first, &message};
    check_rules(&check);
    check_unsupported(&check);
    return message ? err_set(err, ERR_INVALID, "%s", message) : 0;
}

bool rules_know(const char *group, const char *kind)
{
    static const char *const kinds[] = {"BatchJob",    "Partition",   "QOS",
                                        "Account",     "Reservation", "GpuTopology",
                                        "GpuNodeClass"};
    if (strcmp(group, "gantry.dev") != 0)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (strcmp(kinds[i], kind) == 0)
            return true;
    return false;
}

/* Of the caller, if the job is his own; and that an operator asks. */
static struct json *groups_of(const struct rules_caller *caller, bool own)
{
    struct json *ret = json_new_array();
    for (size_t i = 0; own && i < caller->n_groups; i++)
        json_append(ret, json_new_string(caller->groups[i]));
    if (caller->operates)
        json_append(ret, json_new_string(GROUP_OPERATORS));
    return ret;
}

static int admit_groups(struct json *spec, const struct rules_caller *caller, bool own,
                        struct err *err)
{
    JSON_AUTO struct json *groups = groups_of(caller, own);
    const struct json *given = json_get(spec, "groups");
    if (!given && json_is(spec, JSON_OBJECT))
        json_set(spec, "groups", TAKE(groups));
    else if (given && !caller->may_impersonate && !json_equal(given, groups))
        return err_set(err, ERR_FORBIDDEN,
                       "spec.groups are not those that the API server knows of %s: "
                       "leave them out",
                       caller->name);
    return 0;
}

int rules_admit_user(struct json *batchjob, const struct rules_caller *caller,
                     struct err *err)
{
    struct json *spec = json_get(batchjob, "spec");
    const char *user = json_str(spec, "user");
    if (!user && json_get(spec, "user"))
        return 0; /* not a string: the schema refuses it */
    bool own = !user || strcmp(user, caller->name) == 0;
    if (!user && json_is(spec, JSON_OBJECT))
        json_set(spec, "user", json_new_string(caller->name));
    if (!own && !caller->may_impersonate)
        return err_set(err, ERR_FORBIDDEN, "spec.user is %s, but you are %s", user,
                       caller->name);
    return admit_groups(spec, caller, own, err);
}
