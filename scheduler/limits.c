/* Lists of limits that are set. */
#include "scheduler/limits.h"

#include <stdlib.h>

#include "base/util.h"

static int compare(const struct limit *a, const struct limit *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return tres_compare(a->tres, a->type, b->tres, b->type);
}

/* Where one is, or would be. */
static size_t place_of(const struct limits *l, const struct limit *key)
{
    return BISECT(l->n, i, compare(&l->items[i], key) < 0);
}

void limits_fini(struct limits *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->items[i].type);
    free(l->items);
    *l = (struct limits){0};
}

static struct limit *add(struct limits *l, enum limit_kind kind, enum tres tres,
                         const char *type)
{
    const struct limit key = {.kind = kind, .tres = tres, .type = (char *)type};
    size_t i = place_of(l, &key);

    if (i == l->n || compare(&l->items[i], &key) != 0) {
        l->items = xrealloc(l->items, (l->n + 1) * sizeof(*l->items));
        memmove(&l->items[i + 1], &l->items[i], (l->n++ - i) * sizeof(*l->items));
        l->items[i] = key;
        l->items[i].type = xstrdup_null(type);
    }
    return &l->items[i];
}

void limits_set(struct limits *l, enum limit_kind kind, enum tres tres,
                const char *type, int64_t amount)
{
    add(l, kind, tres, type)->amount = amount;
}

void limits_set_percent(struct limits *l, enum limit_kind kind, enum tres tres,
                        const char *type, int64_t percent)
{
    add(l, kind, tres, type)->percent = percent;
}

const struct limit *limits_find(const struct limits *l, enum limit_kind kind,
                                enum tres tres, const char *type)
{
    const struct limit key = {.kind = kind, .tres = tres, .type = (char *)type};
    size_t i = place_of(l, &key);

    return i < l->n && compare(&l->items[i], &key) == 0 ? &l->items[i] : NULL;
}

struct limits limits_copy(const struct limits *l)
{
    struct limits copy = {.n = l->n};

    if (l->n == 0)
        return copy;
    copy.items = xmalloc(l->n * sizeof(*copy.items));
    for (size_t i = 0; i < l->n; i++) {
        copy.items[i] = l->items[i];
        copy.items[i].type = xstrdup_null(l->items[i].type);
    }
    return copy;
}

bool limits_equal(const struct limits *a, const struct limits *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++) {
        const struct limit *x = &a->items[i], *y = &b->items[i];

        if (compare(x, y) != 0 || x->percent != y->percent ||
            (x->percent == 0 && x->amount != y->amount))
            return false;
    }
    return true;
}
