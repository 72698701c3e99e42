/*
 * Any leaves that a gang may have, where neither the largest of a switch nor all of it
 * did: one set of so many after the other.
 */
#include "scheduler/placement_near.h"

#include <stdlib.h>

#include "base/util.h"

/* Sets that are tried at most: each costs as much as a choice among their nodes. */
#define SETS 128

/* The next set of `n` out of `of` leaves, in ascending order. False: there is none. */
static bool next_set(size_t *set, size_t n, size_t of)
{
    size_t i = n;

    while (i > 0 && set[i - 1] == of - n + i - 1)
        i--;
    if (i == 0)
        return false;
    for (set[i - 1]++; i < n; i++)
        set[i] = set[i - 1] + 1;
    return true;
}

/* With these of a list of leaves. */
static bool try_set(struct near_search *s, const struct topology_group *group,
                    const struct pick *list, const size_t *set, size_t n,
                    struct room *room)
{
    struct share sum = {0};

    for (size_t i = 0; i < n; i++) {
        share_add(&sum, &list[set[i]].leaf->share);
        s->picked[i] = list[set[i]].index;
    }
    return share_covers(&sum, &s->want) && sum.required == s->whole.required &&
           near_try_picked(s, group, n, room);
}

/* As many as there may be: the largest with each of the others first. */
static bool try_sets(struct near_search *s, const struct topology_group *group,
                     struct room *room)
{
    size_t n, most = (size_t)placement_most_leaves(s->at);
    struct pick *list = near_list_leaves(s, group, &n);
    size_t *set = xmalloc(n * sizeof(*set));
    bool fits = false, more = most < n;

    for (size_t i = 0; i < n; i++)
        set[i] = i;
    for (size_t tries = 0; tries < SETS && more && !fits; tries++) {
        fits = try_set(s, group, list, set, most, room);
        more = next_set(set, most, n);
    }
    free(set);
    free(list);
    return fits;
}

bool near_try_sets(struct near_search *s, struct room *room)
{
    const struct topology_level *level = &s->t->levels[s->top];
    bool fits = false;

    near_want_many(s, near_least(s));
    for (size_t i = 0; i < level->n && placement_most_leaves(s->at) > 1 && !fits; i++)
        fits = try_sets(s, &level->groups[i], room);
    return fits;
}
