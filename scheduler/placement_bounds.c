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

/* Of a block, or of all: its largest leaves, as many as there may be. */
static struct share largest_leaves(const struct near_search *s,
                                   const struct topology_group *group)
{
    struct share sum = {0};
    size_t n;
    struct pick *list = near_list_leaves(s, group, &n);

    for (size_t i = 0; i < n && near_is_few(s, i + 1); i++)
        share_add(&sum, &list[i].leaf->share);
    free(list);
    return sum;
}

/* Where is more room for the job? What it has no use for does not count. */
static bool is_larger(const struct near_search *s, const struct share *a,
                      const struct share *b)
{
    int64_t times = MIN(a->times, s->want.times) - MIN(b->times, s->want.times);
    int64_t also = MIN(a->also, s->want.also) - MIN(b->also, s->want.also);

    if (times != 0)
        return times > 0;
    return also != 0 ? also > 0 : a->nodes > b->nodes;
}

/* What there is most room for, with all nodes of the job's list: who may have few
 * leaves and no more than a block has these leaves in one block. */
static struct share largest_place(const struct near_search *s)
{
    const struct topology_level *level = &s->t->levels[s->top];
    struct share best = {0};

    for (size_t i = 0; i < level->n; i++) {
        const struct share share = largest_leaves(s, &level->groups[i]);

        if (share.required == s->whole.required && is_larger(s, &share, &best))
            best = share;
    }
    return best;
}

bool near_want_within(struct near_search *s, struct room *ret_room)
{
    const struct share most = largest_place(s);

    *ret_room = (struct room){.nodes = (size_t)most.nodes,
                              .pods = MIN(most.times, s->o->items),
                              .block = s->top > 0};
    s->want.times = MIN(s->want.times, most.times);
    s->want.nodes = MIN(s->want.nodes, most.nodes);
    return s->want.nodes >= s->o->least &&
           s->want.times >= MIN(s->o->enough, s->o->items) &&
           share_covers(&most, &s->want) && most.required == s->whole.required;
}

int64_t near_many(const struct near_search *s)
{
    return s->at->shape->like->n_units > 0 ? s->want.nodes : s->want.times;
}

int64_t near_least(const struct near_search *s)
{
    const struct job *like = s->at->shape->like;
    int64_t pods = MIN(s->o->enough, s->o->items);

    if (like->n_units > 0)
        return MAX(s->o->least, 1);
    return placement_is_plain(like) ? MAX(s->o->least, pods) : pods;
}

void near_want_many(struct near_search *s, int64_t n)
{
    const struct job *like = s->at->shape->like;

    s->want.times = like->n_units > 0 ? s->o->items : n;
    if (like->n_units > 0 || placement_is_plain(like))
        s->want.nodes = n;
}
