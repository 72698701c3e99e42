#include "scheduler/tariff.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/util.h"
#include "scheduler/perch.h"

void tariff_fini(struct tariff *t)
{
    free(t->heap);
    free(t->moved);
}

void tariff_begin(struct victims *v)
{
    v->tariff.anew = true;
}

void tariff_move(struct victims *v, struct perch *p)
{
    struct tariff *t = &v->tariff;

    p->known = false;
    if (t->anew)
        return;
    GROW(t->moved, t->n_moved, t->moved_cap);
    t->moved[t->n_moved++] = (size_t)(p - v->perches);
}

/* ---- the heap ---- */

static bool comes_before(const struct victims *v, size_t a, size_t b)
{
    const struct price x = v->perches[a].price, y = v->perches[b].price;

    return price_is_lower(x, y) || (a < b && !price_is_lower(y, x));
}

static void put_at(struct victims *v, size_t at, size_t perch)
{
    v->tariff.heap[at] = perch;
    v->perches[perch].at = at;
}

static void sift_up(struct victims *v, size_t at)
{
    const size_t *heap = v->tariff.heap;
    size_t perch = heap[at];

    while (at > 0 && comes_before(v, perch, heap[(at - 1) / 2])) {
        put_at(v, at, heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    put_at(v, at, perch);
}

static void sift_down(struct victims *v, size_t at)
{
    const struct tariff *t = &v->tariff;
    size_t perch = t->heap[at], child;

    while ((child = 2 * at + 1) < t->n) {
        child +=
            child + 1 < t->n && comes_before(v, t->heap[child + 1], t->heap[child]);
        if (!comes_before(v, t->heap[child], perch))
            break;
        put_at(v, at, t->heap[child]);
        at = child;
    }
    put_at(v, at, perch);
}

static void take_out(struct victims *v, struct perch *p)
{
    struct tariff *t = &v->tariff;
    size_t at = p->at, last = t->heap[--t->n];

    p->at = TARIFF_OUT;
    if (at == t->n)
        return;
    put_at(v, at, last);
    sift_up(v, at);
    sift_down(v, v->perches[last].at);
}

/* ---- what they cost at least ---- */

static bool is_wanted(const struct victims *v, const struct perch *p)
{
    const struct deal *deal = &v->deal;
    int64_t items = p->items[deal->kind];

    return items < deal->per_node && (items > 0 || deal->n_nodes < deal->most);
}

/* False: no more is to be had of it. */
static bool look_at(const struct victims *v, const struct seeker *by, struct perch *p)
{
    p->known = false;
    return is_wanted(v, p) && perch_bound(v, by, p, &p->price);
}

static void look_at_all(struct victims *v, const struct seeker *by)
{
    struct tariff *t = &v->tariff;

    t->n = t->n_moved = 0;
    t->anew = false;
    for (size_t i = 0; i < v->n_perches; i++) {
        v->perches[i].at = TARIFF_OUT;
        if (!look_at(v, by, &v->perches[i]))
            continue;
        GROW(t->heap, t->n, t->cap);
        put_at(v, t->n++, i);
    }
    for (size_t at = t->n / 2; at-- > 0;)
        sift_down(v, at);
}

static void look_at_moved(struct victims *v, const struct seeker *by)
{
    struct tariff *t = &v->tariff;

    while (t->n_moved > 0) {
        size_t i = t->moved[--t->n_moved];
        struct perch *p = &v->perches[i];

        if (p->at != TARIFF_OUT)
            take_out(v, p);
        if (!look_at(v, by, p))
            continue;
        GROW(t->heap, t->n, t->cap);
        put_at(v, t->n++, i);
        sift_up(v, t->n - 1);
    }
}

/* ---- the lowest ---- */

/* False: nobody there would do. */
static bool know_price(struct victims *v, const struct seeker *by, struct perch *p)
{
    p->known = perch_weigh(v, by, p, &p->price);
    perch_let_go(v, p);
    return p->known;
}

struct perch *tariff_lowest(struct victims *v, const struct seeker *by)
{
    struct tariff *t = &v->tariff;

    if (t->anew)
        look_at_all(v, by);
    look_at_moved(v, by);
    while (t->n > 0) {
        struct perch *p = &v->perches[t->heap[0]];

        if (p->known && is_wanted(v, p))
            return p;
        if (is_wanted(v, p) && know_price(v, by, p))
            sift_down(v, 0);
        else
            take_out(v, p);
    }
    return NULL;
}
