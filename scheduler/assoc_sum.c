/* What has been used of accounts and of all below them. */
#include <stdlib.h>

#include "base/util.h"
#include "scheduler/assoc_private.h"

void assocs_drop_sums(struct assocs *a)
{
    for (size_t i = 0; i < a->n_sums; i++)
        usage_fini(&a->sums[i]);
    free(a->sums);
    a->sums = NULL;
    a->n_sums = 0;
}

static void add_up(struct assocs *a, size_t account, const struct used *used,
                   bool recent)
{
    if (a->places[account].fault != ASSOC_SOUND)
        return;
    for (size_t i = account; i != ASSOC_NONE; i = a->places[i].parent)
        used_add_all(recent ? &a->sums[i].recent : &a->sums[i].past, used);
}

static void sum_past(struct assocs *a, size_t i, int64_t half_life_sec, int64_t at_sec)
{
    const struct account *account = a->accounts[i];
    struct used own = {0};

    if (account->as_of.usage_sec == TIME_UNSET)
        return;
    for (size_t k = 0; k < account->n_members; k++)
        used_add_all(&own, &account->members[k].usage.past);
    used_fade(&own, at_sec - account->as_of.usage_sec, half_life_sec);
    add_up(a, i, &own, false);
    used_fini(&own);
}

void assocs_sum_recent(struct assocs *a)
{
    for (size_t i = 0; i < a->n_sums; i++)
        used_fini(&a->sums[i].recent);
    for (size_t i = 0; i < a->n_sums; i++) {
        const struct account *account = a->accounts[i];
        bool any = account->as_of.recent_sec != TIME_UNSET;

        for (size_t k = 0; k < account->n_members && any; k++)
            add_up(a, i, &account->members[k].usage.recent, true);
    }
}

void assocs_sum(struct assocs *a, int64_t half_life_sec, int64_t at_sec)
{
    assocs_drop_sums(a);
    a->sums = xcalloc(a->n + 1, sizeof(*a->sums));
    a->n_sums = a->n;
    for (size_t i = 0; i < a->n; i++)
        sum_past(a, i, half_life_sec, at_sec);
    assocs_sum_recent(a);
}
