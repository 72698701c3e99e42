/*
 * What there is room for where a gang may not have all that is free: on so many leaves,
 * or in one block.
 */
#include "scheduler/placement_near.h"

#include <stdlib.h>

#include "base/util.h"

bool near_is_few(const struct near_search *s, size_t leaves)
{
    return placement_most_leaves(s->at) == 0 ||
           (int64_t)leaves <= placement_most_leaves(s->at);
}

/* The largest leaves, as many as there may be. */
static struct share largest_leaves(const struct near_search *s)
{
    struct share sum = {0};
    size_t n;
    struct pick *list = near_list_leaves(s, &s->t->levels[0].groups[0], &n);

    for (size_t i = 0; i < n && near_is_few(s, i + 1); i++)
        share_add(&sum, &list[i].leaf->share);
    free(list);
    return sum;
}

/* Of the top level, with all nodes of the job's list. */
static struct share largest_block(const struct near_search *s)
{
    const struct topology_level *level = &s->t->levels[s->top];
    struct share best = {0};

    for (size_t i = 0; i < level->n; i++) {
        const struct share share = near_share_under(s, &level->groups[i]);

        if (share.required == s->whole.required && share.times > best.times)
            best = share;
    }
    return best;
}

/* The gang is to have no more than these hold. False: that is too little. */
static bool want_within(struct near_search *s, const struct share *most,
                        struct room *room)
{
    *room = (struct room){.nodes = (size_t)most->nodes,
                          .pods = MIN(most->times, s->o->items)};
    s->want.times = MIN(s->want.times, most->times);
    s->want.nodes = MIN(s->want.nodes, most->nodes);
    return s->want.nodes >= s->o->least &&
           s->want.times >= MIN(s->o->enough, s->o->items) &&
           share_covers(most, &s->want) && most->required == s->whole.required;
}

bool near_want_within(struct near_search *s, struct room *ret_room)
{
    struct share most;
    bool may = true;

    *ret_room = (struct room){0};
    if (placement_most_leaves(s->at) > 0) {
        most = largest_leaves(s);
        may = want_within(s, &most, ret_room);
    }
    if (may && s->top > 0) {
        most = largest_block(s);
        may = want_within(s, &most, ret_room);
        ret_room->block = true;
    }
    return may;
}
