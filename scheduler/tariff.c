#include "scheduler/tariff.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/heap.h"
#include "base/util.h"
#include "scheduler/perch.h"

/* Where a node stands, or stood: what it has been looked at for since is another one.
 */
struct stand {
    struct price price; /* if `known`; else at least that */
    size_t perch;
    uint32_t looks; /* perch.looks, then */
    bool known;
};

void tariff_fini(struct tariff *t)
{
    free(t->heap);
    free(t->moved);
}

void tariff_begin(struct victims *v)
{
    v->tariff.n = v->tariff.n_seen = v->tariff.n_moved = 0;
}

void tariff_move(struct victims *v, const struct perch *p)
{
    struct tariff *t = &v->tariff;
    size_t i = (size_t)(p - v->perches);

    if (i >= t->n_seen)
        return;
    GROW(t->moved, t->n_moved, t->moved_cap);
    t->moved[t->n_moved++] = i;
}

/* ---- the heap ---- */

static int stand_compare(const void *left, const void *right, void *arg)
{
    const struct stand *a = left, *b = right;

    (void)arg;
    if (price_is_lower(a->price, b->price))
        return -1;
    if (price_is_lower(b->price, a->price))
        return 1;
    return a->perch < b->perch ? -1 : a->perch > b->perch;
}

static void push(struct tariff *t, const struct stand *stand)
{
    GROW(t->heap, t->n, t->cap);
    t->heap[t->n++] = *stand;
    heap_push(t->heap, t->n, sizeof(*t->heap), stand_compare, NULL);
}

static struct stand pop(struct tariff *t)
{
    heap_pop(t->heap, t->n, sizeof(*t->heap), stand_compare, NULL);
    return t->heap[--t->n];
}

/* ---- what they cost at least ---- */

static bool is_wanted(const struct victims *v, const struct perch *p)
{
    const struct deal *deal = &v->deal;
    int64_t items = p->items[deal->kind];

    return items < deal->per_node && (items > 0 || deal->n_nodes < deal->most);
}

static void look_at(struct victims *v, const struct seeker *by, size_t i)
{
    struct perch *p = &v->perches[i];
    struct stand stand = {.perch = i, .looks = ++p->looks};

    if (is_wanted(v, p) && perch_bound(v, by, p, &stand.price))
        push(&v->tariff, &stand);
}

static void look_at_moved(struct victims *v, const struct seeker *by)
{
    struct tariff *t = &v->tariff;

    while (t->n_moved > 0)
        look_at(v, by, t->moved[--t->n_moved]);
}

/* ---- the lowest ---- */

/* Of those that were looked at: the first one that still stands there. */
static struct stand *first_of(struct victims *v)
{
    struct tariff *t = &v->tariff;

    while (t->n > 0) {
        const struct perch *p = &v->perches[t->heap[0].perch];

        if (t->heap[0].looks == p->looks && is_wanted(v, p))
            return &t->heap[0];
        pop(t);
    }
    return NULL;
}

/* The first one stands by its price from then on, or not at all if nobody there would
 * do. */
static void weigh_first(struct victims *v, const struct seeker *by)
{
    struct stand stand = pop(&v->tariff);
    struct perch *p = &v->perches[stand.perch];

    stand.known = perch_weigh(v, by, p, &stand.price);
    perch_let_go(v, p);
    if (stand.known)
        push(&v->tariff, &stand);
}

/* Those that were not looked at stand behind it. */
static bool is_before_others(const struct victims *v, const struct stand *first)
{
    return v->tariff.n_seen == v->n_perches || first->price.count == 0;
}

struct perch *tariff_lowest(struct victims *v, const struct seeker *by)
{
    struct tariff *t = &v->tariff;

    look_at_moved(v, by);
    for (;;) {
        const struct stand *first = first_of(v);

        if (first != NULL && is_before_others(v, first)) {
            if (first->known)
                return &v->perches[first->perch];
            weigh_first(v, by);
        } else if (t->n_seen < v->n_perches) {
            look_at(v, by, t->n_seen++);
        } else {
            return NULL;
        }
    }
}
