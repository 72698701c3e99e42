#include "cmd/gantry/payers.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "crds/kinds.h"

static const struct kc_resource qos_kind = KIND_QOS;

/* -1: nobody knows, and why. */
static int look(struct api *c, const struct kc_resource *kind, const char *name,
                bool *ret_missing, struct err *err)
{
    const struct kc_ref ref = {kind, NULL, name, NULL};
    ANSWER_AUTO struct answer a = {0};

    *ret_missing = false;
    if (api_get(c, &ref, &a, err) == 0 || a.reason == KC_REASON_FORBIDDEN)
        return 0;
    *ret_missing = a.reason == KC_REASON_NOT_FOUND;
    return *ret_missing ? 0 : -1;
}

int payers_check_qos(struct api *c, const char *names, struct err *err)
{
    for (const char *s = names; *s; s += strcspn(s, ","), s += *s == ',') {
        AUTO_FREE char *name = xstrndup(s, strcspn(s, ","));
        bool missing = false;
        if (*name && look(c, &qos_kind, name, &missing, err) < 0)
            return -1;
        if (missing)
            return err_set(err, ERR_INVALID,
                           "Invalid qos specification: QOS %s does not exist", name);
    }
    return 0;
}

static void count(void *arg, const struct json *object)
{
    (void)object;
    ++*(size_t *)arg;
}

int payers_check_account(struct api *c, const char *name, struct err *err)
{
    bool missing = false;
    size_t n = 0;

    if (*name && look(c, &api_accounts, name, &missing, err) < 0)
        return -1;
    if (!missing)
        return 0;
    if (api_list_each(c, &api_accounts, count, &n, err) < 0)
        return -1;
    if (n == 0)
        return 0;
    return err_set(err, ERR_INVALID,
                   "Invalid account or account/partition combination specified: "
                   "account %s does not exist",
                   name);
}
