/*
 * Nodes that are near each other: those of the lowest switch that holds the gang, on
 * the fewest leaves.
 *
 *   level by level, from the leaves up: which switches hold it?
 *       \-- of these, those where it takes the fewest leaves, then what others need
 *           least, then the one with the fewest nodes to spare
 *             \-- its largest leaves, wholly; of the last one what is left over
 *
 * Each such set narrows the candidates, and hands them on to the job's other rules;
 * where these do not fit there, the next one has its turn, and last of all nodes
 * anywhere.
 */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/placement_private.h"

/* What a set of candidates has room for, and what it is worth. */
struct share {
    int64_t nodes, required;
    int64_t times, also;
    int64_t cost, devices;
};

/* Of one leaf. */
struct leaf {
    struct share share;
    size_t turn; /* of its candidates in the set under way; 0: they are not in it */
};

/* A switch that holds the gang. */
struct option {
    const struct topology_group *group;
    size_t leaves; /* that it takes */
    struct share share;
};

struct near_search {
    struct placer *p;
    const struct cluster *c;
    const struct placement *at;
    const struct order *o;
    const struct topology *t;
    struct kept all;
    struct leaf *leaves;
    struct share whole;
    struct share want;
    size_t top;     /* the highest level that is looked at, and */
    size_t found;   /* the one on which it was found; 0: nowhere, or on the top one */
    size_t *picked; /* leaves; scratch for as many as there are */
};

/* ---- shares ---- */

static void share_add(struct share *sum, const struct share *one)
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

static bool share_covers(const struct share *have, const struct share *want)
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
static int worth_compare(const struct share *a, const struct share *b)
{
    int64_t x = mean(a->cost, a->nodes), y = mean(b->cost, b->nodes);

    if (x == y) {
        x = mean(a->devices * DEVICE_WHOLE, a->nodes);
        y = mean(b->devices * DEVICE_WHOLE, b->nodes);
    }
    return x < y ? -1 : x > y;
}

static void add_up(struct near_search *s)
{
    for (size_t i = 0; i < s->all.n; i++) {
        const struct candidate *node = &s->all.items[i];
        const struct share share = share_in(node);

        share_add(&s->leaves[s->t->leaf[node->position]].share, &share);
        share_add(&s->whole, &share);
    }
}

/* What the gang is to have: as much as it would get anywhere. */
static struct share wanted(const struct near_search *s)
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

/* ---- leaves of a switch ---- */

struct pick {
    const struct leaf *leaf;
    size_t index;
};

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

static struct pick *list_leaves(const struct near_search *s,
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
static size_t pick_leaves(struct near_search *s, const struct topology_group *group)
{
    struct share sum = {0}, before = {0};
    size_t n, taken = 0;
    struct pick *list = list_leaves(s, group, &n);

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

/* ---- sets of candidates, tried ---- */

/* Are those that were chosen on as few leaves as there may be? */
static bool is_on_few(const struct near_search *s)
{
    uint64_t last = UINT64_MAX;
    int64_t leaves = 0;

    if (placement_most_leaves(s->at) == 0)
        return true;
    candidates_sort(s->p->candidates, s->p->n, candidate_compare_places);
    for (size_t i = 0; i < s->p->n; i++) {
        uint64_t leaf = s->t->leaf[s->p->candidates[i].position];

        leaves += leaf != last;
        last = leaf;
    }
    return leaves <= placement_most_leaves(s->at);
}

static bool try_all(struct near_search *s, struct room *room)
{
    candidates_take_back(s->p, s->all.items, s->all.n);
    *room = (struct room){.nodes = s->all.n};
    return choose_rest(s->p, s->c, s->at, s->o, room) && is_on_few(s);
}

/* Those of leaves from `first` up to before `end` that have a turn. */
static bool try_turns(struct near_search *s, const struct topology_group *group,
                      struct room *room)
{
    s->p->n = 0;
    for (size_t i = 0; i < s->all.n; i++) {
        struct candidate node = s->all.items[i];
        size_t leaf = s->t->leaf[node.position];

        if (leaf < group->first || leaf >= group->end || s->leaves[leaf].turn == 0)
            continue;
        node.turn = (int64_t)s->leaves[leaf].turn;
        s->p->candidates[s->p->n++] = node;
    }
    *room = (struct room){.nodes = s->p->n};
    return choose_rest(s->p, s->c, s->at, s->o, room) && is_on_few(s);
}

static bool try_picked(struct near_search *s, const struct topology_group *group,
                       size_t n, struct room *room)
{
    bool fits;

    for (size_t i = 0; i < n; i++)
        s->leaves[s->picked[i]].turn = i + 1 < n ? 1 : 2;
    fits = try_turns(s, group, room);
    for (size_t i = 0; i < n; i++)
        s->leaves[s->picked[i]].turn = 0;
    return fits;
}

/* With all leaves of the switch alike, where fewer did not do. */
static bool try_group(struct near_search *s, const struct topology_group *group,
                      struct room *room)
{
    bool fits;

    for (size_t i = group->first; i < group->end; i++)
        s->leaves[i].turn = 1;
    fits = try_turns(s, group, room);
    for (size_t i = group->first; i < group->end; i++)
        s->leaves[i].turn = 0;
    return fits;
}

static int option_compare(const void *left, const void *right)
{
    const struct option *a = left, *b = right;
    int worth = worth_compare(&a->share, &b->share);

    if (a->leaves != b->leaves)
        return a->leaves < b->leaves ? -1 : 1;
    if (worth != 0)
        return worth;
    if (a->share.nodes != b->share.nodes)
        return a->share.nodes < b->share.nodes ? -1 : 1;
    return a->group->first < b->group->first ? -1 : 1;
}

static struct share share_under(const struct near_search *s,
                                const struct topology_group *group)
{
    struct share sum = {0};

    for (size_t i = group->first; i < group->end; i++)
        share_add(&sum, &s->leaves[i].share);
    return sum;
}

static bool is_few(const struct near_search *s, size_t leaves)
{
    return placement_most_leaves(s->at) == 0 ||
           (int64_t)leaves <= placement_most_leaves(s->at);
}

/* The switches of a level that hold the gang, the best one first. */
static struct option *list_options(struct near_search *s,
                                   const struct topology_level *level, size_t *ret_n)
{
    struct option *options = xmalloc((level->n + 1) * sizeof(*options));
    size_t n = 0;

    for (size_t i = 0; i < level->n; i++) {
        struct option option = {.group = &level->groups[i]};

        option.share = share_under(s, option.group);
        if (!share_covers(&option.share, &s->want) ||
            option.share.required < s->whole.required)
            continue;
        option.leaves = pick_leaves(s, option.group);
        if (option.leaves > 0 && is_few(s, option.leaves))
            options[n++] = option;
    }
    if (n > 1)
        qsort(options, n, sizeof(*options), option_compare);
    *ret_n = n;
    return options;
}

static bool try_level(struct near_search *s, const struct topology_level *level,
                      struct room *room)
{
    size_t n;
    struct option *options = list_options(s, level, &n);
    bool fits = false;

    for (size_t i = 0; i < n && !fits; i++) {
        const struct topology_group *group = options[i].group;

        fits = try_picked(s, group, pick_leaves(s, group), room) ||
               (options[i].leaves > 1 && try_group(s, group, room));
    }
    free(options);
    return fits;
}

static bool search(struct near_search *s, struct room *room)
{
    for (size_t level = s->t->n_levels; level-- > s->top;) {
        s->found = level;
        if (try_level(s, &s->t->levels[level], room))
            return true;
    }
    s->found = 0;
    return s->top == 0 && try_all(s, room);
}

/* ---- within bounds ---- */

/* The largest leaves, as many as there may be. */
static struct share largest_leaves(const struct near_search *s)
{
    struct share sum = {0};
    size_t n;
    struct pick *list = list_leaves(s, &s->t->levels[0].groups[0], &n);

    for (size_t i = 0; i < n && is_few(s, i + 1); i++)
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
        const struct share share = share_under(s, &level->groups[i]);

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

/* Says what there is room for within the bounds where the search found nothing. */
static bool search_within(struct near_search *s, struct room *room)
{
    struct room within = {0};
    struct share most;
    bool may = true;

    if (placement_most_leaves(s->at) > 0) {
        most = largest_leaves(s);
        may = want_within(s, &most, &within);
    }
    if (may && s->top > 0) {
        most = largest_block(s);
        may = want_within(s, &most, &within);
        within.block = true;
    }
    if (may && search(s, room))
        return true;
    *room = within;
    return false;
}

/* ---- one node ---- */

/* Of equal nodes, those come first whose leaf has the fewest left for such a job: whole
 * leaves stay free. */
static void prefer_full_leaves(struct placer *p, const struct topology *t)
{
    int64_t *counts = xcalloc(t->n_leaves, sizeof(*counts));

    for (size_t i = 0; i < p->n; i++)
        counts[t->leaf[p->candidates[i].position]]++;
    for (size_t i = 0; i < p->n; i++)
        p->candidates[i].beside = counts[t->leaf[p->candidates[i].position]];
    free(counts);
}

/* Does a single node hold all of it? */
static bool one_holds_all(const struct placer *p, const struct job *like,
                          const struct order *o)
{
    if (o->least > 1 || (placement_is_plain(like) && MIN(o->items, o->most) > 1))
        return false;
    for (size_t i = 0; i < p->n; i++) {
        const struct candidate *node = &p->candidates[i];

        if (node->times >= o->items &&
            (like->n_units < 2 || node->also >= like->units[1].count))
            return true;
    }
    return false;
}

/* ---- all of it ---- */

static void search_init(struct near_search *s)
{
    s->t = &s->c->topology;
    s->all = candidates_keep(s->p);
    s->leaves = xcalloc(s->t->n_leaves, sizeof(*s->leaves));
    s->picked = xmalloc(s->t->n_leaves * sizeof(*s->picked));
    add_up(s);
    s->want = wanted(s);
}

static void search_fini(struct near_search *s)
{
    free(s->all.items);
    free(s->leaves);
    free(s->picked);
}

bool choose_near(struct placer *p, const struct cluster *c, const struct placement *at,
                 const struct order *o, size_t top, struct room *room)
{
    struct near_search s = {.p = p, .c = c, .at = at, .o = o, .top = top};
    bool fits;

    prefer_full_leaves(p, &c->topology);
    if (one_holds_all(p, at->shape->like, o))
        return choose_rest(p, c, at, o, room);
    search_init(&s);
    if (placement_most_leaves(at) > 0 || top > 0)
        fits = search_within(&s, room);
    else
        fits = share_covers(&s.whole, &s.want) ? search(&s, room) : try_all(&s, room);
    search_fini(&s);
    return fits;
}

size_t near_level(struct placer *p, const struct cluster *c, const struct placement *at,
                  const struct order *o)
{
    struct near_search s = {.p = p, .c = c, .at = at, .o = o};
    struct room room;

    if (one_holds_all(p, at->shape->like, o))
        return c->topology.n_levels - 1;
    search_init(&s);
    if (share_covers(&s.whole, &s.want))
        search(&s, &room);
    search_fini(&s);
    return s.found;
}
