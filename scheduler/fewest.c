#include "scheduler/fewest.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/core.h"
#include "scheduler/perch.h"

/* Some of those that may be taken. */
struct set {
    struct victim **items;
    size_t n;
    struct price price;
};

struct search {
    struct victims *v;
    const struct seeker *by;
    struct victim **all; /* that are on any of its nodes, the cheapest first */
    size_t *most; /* of those from one on: on how many nodes any of them is at most */
    size_t n;
    size_t lacking, n_open; /* nodes: that somebody has to free, that are freed */
    struct set way, best;
    int64_t looks, visits; /* left */
};

static struct price price_with(struct price price, const struct victim *one)
{
    return (struct price){price.count + 1, price.cost + one->cost,
                          price.work + one->work};
}

/* ---- take one, and let it go ---- */

static void look_at(struct search *q, struct perch *p)
{
    bool open;

    if (p == NULL || p->free)
        return;
    open = perch_has_room(q->v, q->by, p, &q->looks);
    q->n_open += open;
    q->n_open -= p->open;
    p->open = open;
}

static void set_taken(struct search *q, struct victim *victim, bool taken)
{
    const struct claim *claim = &victim->rec->claim;

    victim->taken = taken;
    for (size_t i = 0; i < claim->n_positions; i++)
        look_at(q, victims_perch(q->v, claim->positions[i]));
}

static void keep_best(struct search *q, const struct set *set)
{
    memmove(q->best.items, set->items, set->n * sizeof(*set->items));
    q->best.n = set->n;
    q->best.price = set->price;
}

static void clear_way(struct search *q)
{
    while (q->way.n > 0)
        set_taken(q, q->way.items[--q->way.n], false);
    q->way.price = (struct price){0};
}

/* ---- those on most nodes ---- */

static void sum_up(struct set *set)
{
    set->price = (struct price){0};
    for (size_t i = 0; i < set->n; i++)
        set->price = price_with(set->price, set->items[i]);
}

/* The last of them first. */
static void spare_needless(struct search *q)
{
    struct set *way = &q->way;

    for (size_t i = way->n; i-- > 0;) {
        struct victim *victim = way->items[i];

        set_taken(q, victim, false);
        if (q->n_open < q->lacking) {
            set_taken(q, victim, true);
            continue;
        }
        memmove(&way->items[i], &way->items[i + 1],
                (way->n - i - 1) * sizeof(*way->items));
        way->n--;
    }
    sum_up(way);
}

/* On most of the nodes that are still lacking: the first of them; NULL: none is
 * left. */
static struct victim *find_most(const struct search *q)
{
    size_t lacking = q->lacking - q->n_open, most = 0;
    struct victim *best = NULL;

    for (size_t i = 0; i < q->n && most < lacking; i++) {
        if (q->all[i]->taken || q->all[i]->nodes <= most)
            continue;
        best = q->all[i];
        most = best->nodes;
    }
    return best;
}

static void try_most(struct search *q)
{
    struct victim *next;

    while (q->n_open < q->lacking && q->looks > 0 && (next = find_most(q)) != NULL) {
        q->way.items[q->way.n++] = next;
        set_taken(q, next, true);
    }
    if (q->n_open >= q->lacking) {
        spare_needless(q);
        if (price_is_lower(q->way.price, q->best.price))
            keep_best(q, &q->way);
    }
    clear_way(q);
}

/* ---- all sets ---- */

/* With `left` more, from the i-th on: the cheapest, or on most nodes, would they do? */
static bool is_hopeless(const struct search *q, size_t i, size_t left)
{
    struct price least = q->way.price;

    if (q->n_open + left * q->most[i] < q->lacking)
        return true;
    least.count += (int64_t)left;
    least.cost += (int64_t)left * q->all[i]->cost;
    return price_is_lower(q->best.price, least);
}

/* Would it do with the largest of those behind it? */
static bool is_too_small(const struct search *q, size_t i, size_t left)
{
    size_t others = i + 1 < q->n ? (left - 1) * q->most[i + 1] : 0;

    return q->n_open + q->all[i]->nodes + others < q->lacking;
}

static void try_sets(struct search *q, size_t first, size_t left)
{
    for (size_t i = first; i < q->n && q->looks > 0 && q->visits > 0; i++) {
        const struct price before = q->way.price;
        struct victim *victim = q->all[i];

        if (is_hopeless(q, i, left))
            return;
        if (is_too_small(q, i, left)) {
            q->visits--;
            continue;
        }
        q->way.items[q->way.n++] = victim;
        q->way.price = price_with(before, victim);
        set_taken(q, victim, true);
        if (left > 1)
            try_sets(q, i + 1, left - 1);
        else if (q->n_open >= q->lacking && price_is_lower(q->way.price, q->best.price))
            keep_best(q, &q->way);
        set_taken(q, victim, false);
        q->way.n--;
        q->way.price = before;
    }
}

/* ---- the search ---- */

/* Gone as early as those that were chosen, and on any of its nodes: of many all are
 * taken to be. */
static bool is_of_use(const struct victims *v, const struct victim *victim)
{
    bool few = v->herd->n <= FEWEST_FEW, any = !few;
    const struct claim *claim;

    if (victim->out || victim->from > v->from)
        return false;
    claim = &victim->rec->claim;
    for (size_t i = 0; i < claim->n_positions && !any; i++)
        any = victims_perch(v, claim->positions[i]) != NULL;
    return any;
}

static void list(struct search *q)
{
    struct herd *herd = q->v->herd;

    for (size_t i = 0; i < herd->n; i++) {
        struct victim *victim = &herd->victims[i];

        if (victim->taken)
            q->best.items[q->best.n++] = victim;
        if (is_of_use(q->v, victim))
            q->all[q->n++] = victim;
    }
    sum_up(&q->best);
    for (size_t i = q->n; i-- > 0;)
        q->most[i] = MAX(q->all[i]->nodes, i + 1 < q->n ? q->most[i + 1] : 0);
}

/* Nobody is taken: what is free by itself was among what was chosen. */
static void begin(struct search *q)
{
    size_t n_free = 0;

    for (size_t i = 0; i < q->best.n; i++)
        q->best.items[i]->taken = false;
    for (size_t i = 0; i < q->v->n_perches; i++) {
        struct perch *p = &q->v->perches[i];

        p->open = false;
        p->free = p->items[0] > 0 && perch_has_room(q->v, q->by, p, &q->looks);
        n_free += p->free;
    }
    q->lacking = (size_t)q->by->need - MIN(n_free, (size_t)q->by->need);
}

/* Of many no others of as many are looked for. */
static void look(struct search *q)
{
    size_t least = (q->lacking + q->most[0] - 1) / q->most[0];
    size_t more = q->n <= FEWEST_FEW ? 0 : 1;

    try_most(q);
    for (size_t k = MAX(least, 1);
         k + more <= q->best.n && q->looks > 0 && q->visits > 0; k++)
        try_sets(q, 0, k);
}

/* They are taken; nodes are used as they are found, no more than it needs. */
static void settle(struct search *q)
{
    int64_t left = q->by->need;

    for (size_t i = 0; i < q->best.n; i++)
        set_taken(q, q->best.items[i], true);
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < q->v->n_perches; i++) {
            struct perch *p = &q->v->perches[i];

            if (pass == 0)
                p->items[0] = 0;
            if (left > 0 && (pass == 0 ? p->free : p->open)) {
                p->items[0] = 1;
                left--;
            }
        }
    }
}

/* One alone is as few as can be; and where each is on one node each pod has its own. */
static bool is_suited(const struct victims *v, const struct seeker *by)
{
    size_t n = 0, most = 0;

    for (size_t i = 0; i < v->herd->n; i++) {
        n += v->herd->victims[i].taken;
        most = MAX(most, v->herd->victims[i].nodes);
    }
    return n > 1 && most > 1 && by->shape->like->n_node_list == 0;
}

static void take_again(const struct set *chosen)
{
    for (size_t i = 0; i < chosen->n; i++)
        chosen->items[i]->taken = true;
}

bool fewest_choose(struct victims *v, const struct seeker *by)
{
    size_t n = v->herd->n;
    struct search q = {.v = v, .by = by, .visits = FEWEST_VISITS};
    struct price chosen;
    bool better;

    if (!is_suited(v, by))
        return false;
    q.all = xcalloc(n, sizeof(*q.all));
    q.most = xcalloc(n, sizeof(*q.most));
    q.way.items = xcalloc(n, sizeof(*q.way.items));
    q.best.items = xcalloc(n, sizeof(*q.best.items));
    list(&q);
    q.looks = q.n <= FEWEST_FEW ? FEWEST_LOOKS : FEWEST_LOOKS_OF_MANY;
    chosen = q.best.price;
    begin(&q);
    look(&q);
    better = price_is_lower(q.best.price, chosen);
    if (better)
        settle(&q);
    else
        take_again(&q.best);
    free(q.all);
    free(q.most);
    free(q.way.items);
    free(q.best.items);
    return better;
}
