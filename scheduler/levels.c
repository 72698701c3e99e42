#include "scheduler/levels.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

void levels_fini(struct levels *l)
{
    free(l->items);
    *l = (struct levels){0};
}

struct levels levels_copy(const struct levels *l)
{
    struct levels copy = {.n = l->n, .cap = l->n};

    if (l->n == 0)
        return copy;
    copy.items = xmalloc(l->n * sizeof(*copy.items));
    memcpy(copy.items, l->items, l->n * sizeof(*copy.items));
    return copy;
}

size_t levels_find(const struct levels *l, size_t slot)
{
    return BISECT(l->n - 1, i, l->items[i + 1].first <= slot);
}

/* Moves the pieces from `from` on to `to`. */
static void move_pieces(struct levels *l, size_t to, size_t from)
{
    size_t n = l->n - from;

    memmove(l->items + to, l->items + from, n * sizeof(*l->items));
    l->n = to + n;
}

/* The piece that begins with a slot; cuts the one that covers it. */
static size_t cut(struct levels *l, size_t slot)
{
    size_t i = levels_find(l, slot);

    if (l->items[i].first == slot)
        return i;
    GROW(l->items, l->n, l->cap);
    move_pieces(l, i + 1, i);
    l->items[i + 1].first = (uint16_t)slot;
    return i + 1;
}

static bool are_equal(const struct amounts *a, const struct amounts *b)
{
    return a->planned == b->planned && a->held == b->held && a->fading == b->fading;
}

/* Makes one of a piece and the one before where they are equal. */
static void join(struct levels *l, size_t i)
{
    if (i > 0 && i < l->n && are_equal(&l->items[i - 1].of, &l->items[i].of))
        move_pieces(l, i, i + 1);
}

void levels_add(struct levels *l, const struct amounts *more, size_t first, size_t last,
                size_t n_slots)
{
    size_t from, to;

    if (first >= last)
        return;
    if (l->n == 0) {
        GROW(l->items, l->n, l->cap);
        l->items[l->n++] = (struct level){0};
    }
    from = cut(l, first);
    to = last < n_slots ? cut(l, last) : l->n;
    for (size_t i = from; i < to; i++) {
        l->items[i].of.planned += more->planned;
        l->items[i].of.held += more->held;
        l->items[i].of.fading += more->fading;
    }
    join(l, to);
    join(l, from);
}

void levels_renumber(struct levels *l, const uint16_t *places)
{
    size_t over = 0;

    while (over + 1 < l->n && places[l->items[over + 1].first] == 0)
        over++;
    if (over > 0)
        move_pieces(l, 0, over);
    for (size_t i = 0; i < l->n; i++)
        l->items[i].first = places[l->items[i].first];
}
