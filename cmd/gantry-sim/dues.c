#include "cmd/gantry-sim/dues.h"

#include <string.h>

#include "base/util.h"

/* NULL: it is the root without an object, or none. */
static const struct account *account_find(const struct pool *p, const char *name)
{
    for (size_t i = 0; i < p->n_accounts; i++)
        if (str_eq(p->accounts[i]->name, name))
            return p->accounts[i];
    return NULL;
}

static bool is_root(const struct account *a)
{
    return a == NULL || strcmp(a->name, ACCOUNT_ROOT) == 0;
}

static const struct account *parent_of(const struct pool *p, const struct account *a)
{
    return account_find(p, a->parent ? a->parent : ACCOUNT_ROOT);
}

/* The account itself, or the next one above it that has shares of its own. */
static const struct account *opaque(const struct pool *p, const struct account *a)
{
    while (!is_root(a) && a->shares == SHARES_PARENT)
        a = parent_of(p, a);
    return is_root(a) ? NULL : a;
}

static int64_t shares_of_members(const struct account *a)
{
    int64_t sum = 0;
    for (size_t i = 0; i < a->n_members; i++)
        if (!a->members[i].former && a->members[i].shares != SHARES_PARENT)
            sum += a->members[i].shares;
    return sum;
}

/* NULL: right below the root. */
static int64_t shares_below(const struct pool *p, const struct account *above)
{
    int64_t sum = 0;
    for (size_t i = 0; i < p->n_accounts; i++) {
        const struct account *a = p->accounts[i];
        if (opaque(p, a) == above)
            sum += shares_of_members(a);
        if (!is_root(a) && a->shares != SHARES_PARENT &&
            opaque(p, parent_of(p, a)) == above)
            sum += a->shares;
    }
    return sum;
}

bool dues_of(const struct pool *p, const struct account *account, double *ret)
{
    double part = 1;
    if (is_root(account) || account->shares == SHARES_PARENT)
        return false;
    for (const struct account *a = account; a != NULL;) {
        const struct account *above = opaque(p, parent_of(p, a));
        const int64_t all = shares_below(p, above);
        if (all <= 0)
            return false;
        part *= (double)a->shares / (double)all;
        a = above;
    }
    *ret = part;
    return true;
}

bool dues_is_within(const struct pool *p, const char *name,
                    const struct account *account)
{
    for (const struct account *a = account_find(p, name); a != NULL;
         a = is_root(a) ? NULL : parent_of(p, a))
        if (a == account)
            return true;
    return false;
}
