/* What plans may be charged for, where limits are safe: PLEDGE_SPENT. */
#include "scheduler/pledge_private.h"

#include "base/util.h"

static __int128 planned_by(const struct pledge *pledge, size_t slot)
{
    const struct levels *levels = &pledge->levels;

    return levels->n > 0 ? levels->items[levels_find(levels, slot)].of.planned : 0;
}

/* Of those who may start with as much the last: by then most is planned. */
static size_t last_start(const struct pledge_term *term)
{
    return term->starts.items[term->starts.n - 1].first;
}

/* How much that leaves beside them. */
static __int128 left_by(const struct pledge *pledge, const struct pledge_term *term)
{
    return term->most - planned_by(pledge, last_start(term));
}

size_t pledge_last_spending(const struct pledge_bound *bound, size_t first)
{
    const struct pledge *pledge = bound->pledge;
    const __int128 planned = planned_by(pledge, first);
    size_t found = SIZE_MAX;

    if (first > 0 && !bound->beside_planned && planned > 0 && planned > bound->room)
        return SIZE_MAX - 1;
    for (size_t i = 0; i < pledge->n_terms; i++) {
        const struct pledge_term *term = &pledge->terms[i];
        const size_t start = last_start(term);

        if (term->most != PLEDGE_ANY && start >= first &&
            bound->need > left_by(pledge, term) && (found == SIZE_MAX || start > found))
            found = start;
    }
    return found;
}

__int128 pledge_spare(const struct pledge *pledge)
{
    __int128 spare = PLEDGE_ANY;

    for (size_t i = 0; i < pledge->n_terms; i++) {
        const struct pledge_term *term = &pledge->terms[i];

        if (term->most != PLEDGE_ANY)
            spare = MIN(spare, left_by(pledge, term));
    }
    return spare;
}
