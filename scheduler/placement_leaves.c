/*
 * What the leaves of a switch hold, and which of them a gang takes: the largest ones
 * wholly, and of the last one what is left over.
 */
#include "scheduler/placement_near.h"

#include <stdlib.h>

#include "base/util.h"

/* ---- shares ---- */

void share_add(struct share *sum, const struct share *one)
{
    sum->nodes += one->nodes;
    sum->required += one->required;
    sum->times += one->times;
    sum->also += one->also;
    sum->cost += one->cost;
    sum->devices += one->devices;
}

static struct share share_in(const struct candidate *node)
{
    return (struct share){
        .nodes = 1,
        .required = node->required,
        .times = node->times,
        .also = node->also,
        .cost = node->cost,
        .devices = node->devices,
    };
}

bool share_covers(const struct share *have, const struct share *want)
{
    return have->nodes >= want->nodes && have->times >= want->times &&
           have->also >= want->also;
}

/* Of a node on the average; there is one at least. */
static int64_t mean(int64_t sum, int64_t nodes)
{
    return sum / MAX(nodes, 1);
}

/* What others need least first. */
int share_compare_worth(const struct share *a, const struct share *b)
{
    int64_t x = mean(a->cost, a->nodes), y = mean(b->cost, b->nodes);

    if (x == y) {
        x = mean(a->devices * DEVICE_WHOLE, a->nodes);
        y = mean(b->devices * DEVICE_WHOLE, b->nodes);
    }
    return x < y ? -1 : x > y;
}

void near_add_up(struct near_search *s)
{
    for (size_t i = 0; i < s->all.n; i++) {
        const struct candidate *node = &s->all.items[i];
        const struct share share = share_in(node);

        share_add(&s->leaves[s->t->leaf[node->position]].share, &share);
        share_add(&s->whole, &share);
    }
}

/* What the gang is to have: as much as it would get anywhere. */
struct share near_wanted(const struct near_search *s)
{
    const struct job *like = s->at->shape->like;
    struct share want = {.nodes = s->o->least,
                         .times = MIN(s->whole.times, s->o->items)};

    if (placement_is_plain(like))
        want.nodes = want.times = MIN(want.times, s->o->most);
    else if (like->spread)
        want.nodes = MIN(s->whole.nodes, s->o->most);
    if (like->n_units > 1)
        want.also = like->units[1].count;
    return want;
}

struct share near_share_under(const struct near_search *s,
                              const struct topology_group *group)
{
    struct share sum = {0};

    for (size_t i = group->first; i < group->end; i++)
        share_add(&sum, &s->leaves[i].share);
    return sum;
}

/* ---- leaves of a switch ---- */

/* Those with nodes of its list, then the largest, then the first. */
static int pick_compare(const void *left, const void *right)
{
    const struct pick *a = left, *b = right;
    const struct share *x = &a->leaf->share, *y = &b->leaf->share;

    if ((x->required > 0) != (y->required > 0))
        return x->required > 0 ? -1 : 1;
    if (x->times != y->times)
        return x->times > y->times ? -1 : 1;
    if (x->also != y->also)
        return x->also > y->also ? -1 : 1;
    return a->index < b->index ? -1 : 1;
}

struct pick *near_list_leaves(const struct near_search *s,
                              const struct topology_group *group, size_t *ret_n)
{
    struct pick *list = xmalloc((group->end - group->first) * sizeof(*list));
    size_t n = 0;

    for (size_t i = group->first; i < group->end; i++) {
        if (s->leaves[i].share.nodes > 0)
            list[n++] = (struct pick){&s->leaves[i], i};
    }
    if (n > 1)
        qsort(list, n, sizeof(*list), pick_compare);
    *ret_n = n;
    return list;
}

/* Beside others that have `sum`: the smallest of the leaves from `first` on that will
 * do. */
static size_t smallest_last(const struct near_search *s, const struct pick *list,
                            size_t n, size_t first, const struct share *sum)
{
    size_t best = first;

    for (size_t i = first; i < n && list[first].leaf->share.required == 0; i++) {
        const struct share *share = &list[i].leaf->share;
        struct share with = *sum;

        share_add(&with, share);
        if (share_covers(&with, &s->want) &&
            share->times < list[best].leaf->share.times)
            best = i;
    }
    return best;
}

/* The fewest leaves under a switch that hold the gang, the one that is not wholly taken
 * last, into `picked`. 0: it does not hold it. */
size_t near_pick_leaves(struct near_search *s, const struct topology_group *group)
{
    struct share sum = {0}, before = {0};
    size_t n, taken = 0;
    struct pick *list = near_list_leaves(s, group, &n);

    while (taken < n && !(taken > 0 && share_covers(&sum, &s->want) &&
                          list[taken].leaf->share.required == 0)) {
        before = sum;
        share_add(&sum, &list[taken].leaf->share);
        s->picked[taken] = list[taken].index;
        taken++;
    }
    if (taken == 0 || !share_covers(&sum, &s->want) || sum.required < s->whole.required)
        taken = 0;
    else
        s->picked[taken - 1] =
            list[smallest_last(s, list, n, taken - 1, &before)].index;
    free(list);
    return taken;
}
