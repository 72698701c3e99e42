#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/quantity.h"
#include "base/util.h"
#include "crds/convert_private.h"
#include "crds/rules.h"
#include "scheduler/preempt_rules.h"

#define PRIORITY_MAX INT64_C(4294967294) /* as in Slurm: 32 bits */
#define SHARES_MAX 999999999
#define FACTOR_MAX 1000000

static int read_name(const struct json *object, const char *what, char **ret,
                     struct err *err)
{
    const char *name = json_str(object, "metadata.name");
    if (!name)
        return err_set(err, ERR_INVALID, "metadata.name: %s needs a name", what);
    *ret = xstrdup(name);
    return 0;
}

/* ---- QOS ---- */

static int read_priority(const struct json *object, struct qos *qos, struct err *err)
{
    const struct number_field field = {"spec.priority", &qos->priority, 0,
                                       PRIORITY_MAX};
    return number_read(object, &field, err);
}

/* Up to three digits behind the point count. */
static int read_factor(const struct json *object, const char *path, int64_t *ret,
                       struct err *err)
{
    const struct json *val = json_at(object, path);
    if (!val || json_is(val, JSON_NULL))
        return 0;
    if ((!json_is(val, JSON_INT) && !json_is(val, JSON_DOUBLE)) ||
        quantity_read_milli(val, ret, err) < 0 || *ret < 0 ||
        *ret > FACTOR_MAX * 1000LL)
        return err_set(err, ERR_INVALID, "%s: must be a number from 0 to %d", path,
                       FACTOR_MAX);
    return 0;
}

static int read_threshold(const struct json *object, int64_t *ret, struct err *err)
{
    const struct json *val = json_at(object, "spec.usageThreshold");
    if (!val || json_is(val, JSON_NULL))
        return 0;
    if ((!json_is(val, JSON_INT) && !json_is(val, JSON_DOUBLE)) ||
        !(json_double(val) >= 0 && json_double(val) <= 1))
        return err_set(err, ERR_INVALID,
                       "spec.usageThreshold: must be a number from 0 to 1");
    *ret = (int64_t)(json_double(val) * SHARE_ONE + 0.5);
    return 0;
}

static int read_factors(const struct json *object, struct qos *qos, struct err *err)
{
    if (read_factor(object, "spec.usageFactor", &qos->usage_factor, err) < 0 ||
        read_factor(object, "spec.limitFactor", &qos->limit_factor, err) < 0)
        return -1;
    return read_threshold(object, &qos->usage_threshold, err);
}

/* Words as Slurm has them. */
static int read_flags(const struct json *object, struct qos *qos, struct err *err)
{
    const struct json *list = json_at(object, "spec.flags");
    if (list && !json_is(list, JSON_NULL) && !json_is(list, JSON_ARRAY))
        return err_set(err, ERR_INVALID, "spec.flags: expected array");
    for (size_t i = 0; i < json_len(list); i++) {
        const char *word = json_text_of(json_item(list, i));
        int64_t flag = word ? qos_flag(word) : 0;
        if (flag == 0)
            return err_set(err, ERR_INVALID, "spec.flags[%zu]: there is no flag \"%s\"",
                           i, word ? word : "");
        qos->flags |= flag;
    }
    return 0;
}

static int read_preemption(const struct json *object, struct qos *qos, struct err *err)
{
    if (names_read(object, "spec.preempt", &qos->preempt, &qos->n_preempt, err) < 0 ||
        preempt_mode_read(
            object, PREEMPT_OFF | PREEMPT_CANCEL | PREEMPT_REQUEUE | PREEMPT_WITHIN,
            &qos->preempt_mode, err) < 0 ||
        grace_read(object, &qos->grace_sec, err) < 0)
        return -1;
    if (duration_read(object, "spec.preemptExemptTime", &qos->preempt_exempt_sec, err) <
        0)
        return -1;
    /* Slurm's -1: it says nothing of that; not: for ever. */
    if (qos->preempt_exempt_sec == DURATION_UNLIMITED)
        qos->preempt_exempt_sec = LIMIT_UNSET;
    return 0;
}

struct qos *convert_qos(const struct json *object, struct err *err)
{
    struct qos *ret = qos_new();
    if (rules_hold("QOS", object, err) == 0 &&
        read_name(object, "a QOS", &ret->name, err) == 0 &&
        read_priority(object, ret, err) == 0 && read_factors(object, ret, err) == 0 &&
        read_flags(object, ret, err) == 0 && read_preemption(object, ret, err) == 0 &&
        limits_read(object, "spec.limits", LIMIT_OF_QOS,
                    (ret->flags & QOS_RELATIVE) != 0, &ret->limits, err) == 0) {
        convert_qos_usage_read(object, ret);
        return ret;
    }
    qos_free(ret);
    return NULL;
}

/* ---- accounts ---- */

/* A whole number, also as text, or "parent". */
static int read_shares(const struct json *object, const char *path, int64_t *ret,
                       struct err *err)
{
    const struct json *val = json_at(object, path);
    AUTO_FREE char *number = json_is(val, JSON_INT) ? json_text(val, NULL) : NULL;
    const char *text = number ? number : json_text_of(val);
    char *end = NULL;
    if (!val || json_is(val, JSON_NULL))
        return 0;
    if (text && strcmp(text, "parent") == 0) {
        *ret = SHARES_PARENT;
        return 0;
    }
    long long shares =
        text && strspn(text, "0123456789") > 0 ? strtoll(text, &end, 10) : -1;
    if (shares < 0 || shares > SHARES_MAX || *end)
        return err_set(err, ERR_INVALID,
                       "%s: right are whole numbers from 0 to %d and \"parent\"", path,
                       SHARES_MAX);
    *ret = shares;
    return 0;
}

static int read_choice(const struct json *object, const char *default_path,
                       const char *list_path, struct qos_choice *ret, struct err *err)
{
    const char *by_default = NULL;
    if (text_read(object, default_path, &by_default, err) < 0)
        return -1;
    ret->by_default = by_default && *by_default ? xstrdup(by_default) : NULL;
    return names_read(object, list_path, &ret->allowed, &ret->n_allowed, err);
}

/* A member is a user or a namespace. */
static int read_member(const struct json *item, struct account *account,
                       struct err *err)
{
    const char *user = json_str(item, "user"), *ns = json_str(item, "namespace");
    const char *partition = NULL;
    if (!user == !ns)
        return err_set(err, ERR_INVALID, "needs one of user and namespace");
    if (text_read(item, "partition", &partition, err) < 0)
        return -1;
    struct member *m = account_add(account, user, ns, partition);
    const struct number_field priority = {"priority", &m->priority, 0, PRIORITY_MAX};
    if (read_shares(item, "fairshare", &m->shares, err) < 0 ||
        limits_read(item, "limits", LIMIT_OF_ACCOUNT, false, &m->limits, err) < 0 ||
        read_choice(item, "defaultQOS", "qos", &m->qos, err) < 0)
        return -1;
    return number_read(item, &priority, err);
}

/* They are sorted. */
static int refuse_twins(const struct account *account, struct err *err)
{
    for (size_t i = 1; i < account->n_members; i++) {
        const struct member *m = &account->members[i];
        if (member_compare(m - 1, m) == 0)
            return err_set(err, ERR_INVALID, "spec.members: %s %s is there twice%s%s",
                           m->user ? "user" : "namespace", m->user ? m->user : m->ns,
                           m->partition ? " for partition " : "",
                           m->partition ? m->partition : "");
    }
    return 0;
}

static int read_members(const struct json *object, struct account *account,
                        struct err *err)
{
    const struct json *list = json_at(object, "spec.members");
    if (list && !json_is(list, JSON_NULL) && !json_is(list, JSON_ARRAY))
        return err_set(err, ERR_INVALID, "spec.members: expected array");
    for (size_t i = 0; i < json_len(list); i++)
        if (read_member(json_item(list, i), account, err) < 0)
            return err_prefix(err, "spec.members[%zu]", i);
    account_sort(account);
    return refuse_twins(account, err);
}

static int read_place(const struct json *object, struct account *account,
                      struct err *err)
{
    const struct number_field priority = {"spec.priority", &account->priority, 0,
                                          PRIORITY_MAX};
    const char *parent = NULL;
    if (text_read(object, "spec.parent", &parent, err) < 0 ||
        read_shares(object, "spec.fairshare", &account->shares, err) < 0 ||
        number_read(object, &priority, err) < 0)
        return -1;
    if (parent && strcmp(account->name, ACCOUNT_ROOT) == 0)
        return err_set(err, ERR_INVALID, "spec.parent: account root has none");
    account->parent = xstrdup_null(parent);
    return read_choice(object, "spec.defaultQOS", "spec.qos", &account->qos, err);
}

struct account *convert_account(const struct json *object, struct err *err)
{
    struct account *ret = account_new();
    if (rules_hold("Account", object, err) == 0 &&
        read_name(object, "an account", &ret->name, err) == 0 &&
        read_place(object, ret, err) == 0 && read_members(object, ret, err) == 0 &&
        limits_read(object, "spec.limits", LIMIT_OF_ACCOUNT, false, &ret->limits,
                    err) == 0) {
        convert_usage_read(object, ret);
        return ret;
    }
    account_free(ret);
    return NULL;
}
