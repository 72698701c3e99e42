#include <stdint.h>

#include "base/util.h"
#include "crds/convert_private.h"
#include "crds/rules.h"

#define QOS_PRIORITY_MAX INT64_C(4294967294) /* as in Slurm: 32 bits */

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
                                       QOS_PRIORITY_MAX};
    return number_read(object, &field, err);
}

struct qos *convert_qos(const struct json *object, struct err *err)
{
    struct qos *ret = qos_new();
    if (rules_hold("QOS", object, err) == 0 &&
        read_name(object, "a QOS", &ret->name, err) == 0 &&
        read_priority(object, ret, err) == 0)
        return ret;
    qos_free(ret);
    return NULL;
}

/* ---- accounts ---- */

/* A member is a user or a namespace. */
static int read_member(const struct json *item, size_t i, struct account *account,
                       struct err *err)
{
    const char *user = json_str(item, "user"), *ns = json_str(item, "namespace");
    if (!user == !ns)
        return err_set(err, ERR_INVALID,
                       "spec.members[%zu]: needs one of user and namespace", i);
    if (user)
        names_add(&account->users, &account->n_users, user);
    else
        names_add(&account->namespaces, &account->n_namespaces, ns);
    return 0;
}

static int read_members(const struct json *object, struct account *account,
                        struct err *err)
{
    const struct json *list = json_at(object, "spec.members");
    if (list && !json_is(list, JSON_NULL) && !json_is(list, JSON_ARRAY))
        return err_set(err, ERR_INVALID, "spec.members: expected array");
    for (size_t i = 0; i < json_len(list); i++)
        if (read_member(json_item(list, i), i, account, err) < 0)
            return -1;
    names_sort(account->users, account->n_users);
    names_sort(account->namespaces, account->n_namespaces);
    return 0;
}

struct account *convert_account(const struct json *object, struct err *err)
{
    struct account *ret = account_new();
    if (rules_hold("Account", object, err) == 0 &&
        read_name(object, "an account", &ret->name, err) == 0 &&
        read_members(object, ret, err) == 0)
        return ret;
    account_free(ret);
    return NULL;
}
