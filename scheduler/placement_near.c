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
#include "scheduler/placement_near.h"

#include <stdlib.h>

#include "base/util.h"

/* A switch that holds the gang. */
struct option {
    const struct topology_group *group;
    size_t leaves; /* that it takes */
    struct share share;
};

/* Numbers of nodes, from the most to the least, with which a search is tried at most,
 * one more for the least: each of them costs as much as the first. */
#define STEPS 16

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

bool near_try_picked(struct near_search *s, const struct topology_group *group,
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
    int worth = share_compare_worth(&a->share, &b->share);

    if (a->leaves != b->leaves)
        return a->leaves < b->leaves ? -1 : 1;
    if (worth != 0)
        return worth;
    if (a->share.nodes != b->share.nodes)
        return a->share.nodes < b->share.nodes ? -1 : 1;
    return a->group->first < b->group->first ? -1 : 1;
}

/* The switches of a level that hold the gang, the best one first. */
static struct option *list_options(struct near_search *s,
                                   const struct topology_level *level, size_t *ret_n)
{
    struct option *options = xmalloc((level->n + 1) * sizeof(*options));
    size_t n = 0;

    for (size_t i = 0; i < level->n; i++) {
        struct option option = {.group = &level->groups[i]};

        option.share = near_share_under(s, option.group);
        if (!share_covers(&option.share, &s->want) ||
            option.share.required < s->whole.required)
            continue;
        option.leaves = near_pick_leaves(s, option.group);
        if (option.leaves > 0 && near_is_few(s, option.leaves))
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

        fits = near_try_picked(s, group, near_pick_leaves(s, group), room) ||
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

/* From `most` nodes or pods down to the least, in few enough steps. */
static bool search_down(struct near_search *s, int64_t most, struct room *room)
{
    int64_t least = near_least(s), step = MAX(most - least, 0) / STEPS + 1;
    bool fits = false;

    for (int64_t n = most; n >= least && !fits;) {
        near_want_many(s, n);
        fits = share_covers(&s->whole, &s->want) && search(s, room);
        n = n == least ? n - 1 : MAX(n - step, least);
    }
    return fits;
}

/* May it fit though the search found nothing? The largest place and the leaves that are
 * picked are those with most room for pods, whatever else they must have. */
static bool may_fit(const struct near_search *s, const struct room *within, bool tried)
{
    const struct job *like = s->at->shape->like;

    if (like->n_units > 0)
        return within->pods == s->o->items;
    return tried && (placement_has_rules(like) || !placement_is_plain(like));
}

/* Says what there is room for within the bounds where the search found nothing. */
static bool search_within(struct near_search *s, struct room *room)
{
    struct room within;
    bool tried = near_want_within(s, &within);

    if (tried && search(s, room))
        return true;
    if (may_fit(s, &within, tried)) {
        int64_t less = tried ? near_many(s) - 1 : MAX(near_many(s), near_least(s));

        if (search_down(s, less, room) || near_try_sets(s, room))
            return true;
    }
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

/* Is who has one node that holds all of it content with that? Others may take several:
 * for the nodes of their list, by a rule, for two kinds of units, or as they spread. */
static bool is_one_enough(const struct job *like)
{
    return placement_is_plain(like) ||
           (!like->spread && like->n_node_list == 0 && like->n_units < 2 &&
            !placement_has_rules(like));
}

/* These where they take no more than that. */
static bool try_one(struct near_search *s, struct room *room)
{
    const struct job *like = s->at->shape->like;

    if (!one_holds_all(s->p, like, s->o))
        return false;
    *room = (struct room){.nodes = s->all.n};
    if (choose_rest(s->p, s->c, s->at, s->o, room) && s->p->n == 1)
        return true;
    candidates_take_back(s->p, s->all.items, s->all.n);
    return false;
}

/* ---- all of it ---- */

static void search_init(struct near_search *s)
{
    s->t = &s->c->topology;
    s->all = candidates_keep(s->p);
    s->leaves = xcalloc(s->t->n_leaves, sizeof(*s->leaves));
    s->picked = xmalloc(s->t->n_leaves * sizeof(*s->picked));
    near_add_up(s);
    s->want = near_wanted(s);
}

static void search_fini(struct near_search *s)
{
    free(s->all.items);
    free(s->leaves);
    free(s->picked);
}

static bool try_several(struct near_search *s, struct room *room)
{
    if (placement_most_leaves(s->at) > 0 || s->top > 0)
        return search_within(s, room);
    return share_covers(&s->whole, &s->want) ? search(s, room) : try_all(s, room);
}

bool choose_near(struct placer *p, const struct cluster *c, const struct placement *at,
                 const struct order *o, size_t top, struct room *room)
{
    struct near_search s = {.p = p, .c = c, .at = at, .o = o, .top = top};
    bool fits;

    prefer_full_leaves(p, &c->topology);
    if (is_one_enough(at->shape->like) && one_holds_all(p, at->shape->like, o))
        return choose_rest(p, c, at, o, room);
    search_init(&s);
    fits = try_one(&s, room) || try_several(&s, room);
    search_fini(&s);
    return fits;
}

size_t near_level(struct placer *p, const struct cluster *c, const struct placement *at,
                  const struct order *o)
{
    struct near_search s = {.p = p, .c = c, .at = at, .o = o};
    struct room room;

    search_init(&s);
    if (try_one(&s, &room))
        s.found = c->topology.n_levels - 1;
    else if (share_covers(&s.whole, &s.want))
        search(&s, &room);
    search_fini(&s);
    return s.found;
}
