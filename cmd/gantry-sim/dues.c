#include "cmd/gantry-sim/dues.h"

#include <stdlib.h>

#include "base/util.h"

void dues_init(struct dues *d, const struct pool *p)
{
    *d = (struct dues){.used = xcalloc(p->n_accounts + 1, sizeof(*d->used))};
    assocs_make(&d->assocs, p->accounts, p->n_accounts);
    fairtree_sum(&d->assocs.tree);
}

void dues_fini(struct dues *d)
{
    assocs_fini(&d->assocs);
    free(d->used);
    *d = (struct dues){0};
}

void dues_use(struct dues *d, const char *name, double amount)
{
    for (size_t i = assocs_find(&d->assocs, name); i != ASSOC_NONE;
         i = d->assocs.places[i].parent)
        d->used[i] += amount;
}

bool dues_of(const struct dues *d, size_t account, double *ret)
{
    const struct fairnode *nodes = d->assocs.tree.nodes;
    const size_t at = d->assocs.places[account].node;
    double part = 1;

    if (at == FAIRTREE_ROOT || nodes[at].shares == SHARES_PARENT)
        return false;
    for (size_t i = at; i != FAIRTREE_ROOT; i = nodes[i].above) {
        const int64_t all = nodes[nodes[i].above].shares_below;
        if (all <= 0)
            return false;
        part *= (double)nodes[i].shares / (double)all;
    }
    *ret = part;
    return true;
}
