#include "cmd/gantry-local/impersonate.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/util.h"

#define EVERYBODY "system:authenticated"
#define ADMINS "system:masters"
#define ACCOUNT "system:serviceaccount:"
#define ACCOUNTS "system:serviceaccounts"

static void add_group(struct impersonation *as, char *take)
{
    as->groups = xrealloc(as->groups, (as->n_groups + 2) * sizeof(*as->groups));
    as->groups[as->n_groups++] = take;
    as->groups[as->n_groups] = NULL;
    as->is_admin |= strcmp(take, ADMINS) == 0;
}

static bool is_in(const struct impersonation *as, const char *group)
{
    for (size_t i = 0; i < as->n_groups; i++)
        if (strcmp(as->groups[i], group) == 0)
            return true;
    return false;
}

static void add_own_groups(struct impersonation *as)
{
    const char *ns = str_starts(as->user, ACCOUNT) ? as->user + strlen(ACCOUNT) : NULL;

    if (ns && as->n_groups == 0) {
        add_group(as, xstrdup(ACCOUNTS));
        add_group(as, xasprintf(ACCOUNTS ":%.*s", (int)strcspn(ns, ":"), ns));
    }
    if (!is_in(as, EVERYBODY))
        add_group(as, xstrdup(EVERYBODY));
}

int impersonate_read(struct impersonation *ret,
                     const struct impersonate_header *headers, struct err *err)
{
    const char *lone = NULL;

    ret->uid = "";
    for (const struct impersonate_header *h = headers; h->name; h++) {
        if (strncasecmp(h->name, "Impersonate-", strlen("Impersonate-")) != 0)
            continue;
        if (strcasecmp(h->name, "Impersonate-User") == 0)
            ret->user = h->value;
        else
            lone = h->name;
        if (strcasecmp(h->name, "Impersonate-Uid") == 0)
            ret->uid = h->value;
        if (strcasecmp(h->name, "Impersonate-Group") == 0)
            add_group(ret, xstrdup(h->value));
        if (ret->n_groups > IMPERSONATE_GROUPS_MAX)
            return err_set(err, ERR_TOO_LARGE, "at most %d headers Impersonate-Group",
                           IMPERSONATE_GROUPS_MAX);
    }
    if (lone && (!ret->user || !ret->user[0]))
        return err_set(err, ERR_INVALID, "%s needs Impersonate-User", lone);
    if (ret->user)
        add_own_groups(ret);
    return 0;
}

void impersonate_fini(struct impersonation *as)
{
    for (size_t i = 0; i < as->n_groups; i++)
        free(as->groups[i]);
    free(as->groups);
}
