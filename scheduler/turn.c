#include "scheduler/turn.h"

#include <stdlib.h>

#include "base/heap.h"
#include "base/util.h"
#include "scheduler/shape.h"

void turns_fini(struct turns *t)
{
    free(t->items);
    *t = (struct turns){0};
}

static int turn_compare(const void *left, const void *right, void *arg)
{
    const struct turn *a = left, *b = right;
    const struct turns *t = arg;

    if (a->tier != b->tier)
        return a->tier > b->tier ? -1 : 1;
    if (a->size != b->size)
        return a->size < b->size ? -1 : 1;
    if (t->settle != NULL)
        return t->settle(t->arg, a->entry, b->entry);
    return a->entry < b->entry ? -1 : a->entry > b->entry;
}

void turns_clear(struct turns *t)
{
    t->n = 0;
    t->settle = NULL;
}

void turns_add(struct turns *t, const struct turn *turn)
{
    GROW(t->items, t->n, t->cap);
    t->items[t->n++] = *turn;
}

void turns_begin(struct turns *t, turn_settle_fn *settle, void *arg)
{
    t->settle = settle;
    t->arg = arg;
    heap_make(t->items, t->n, sizeof(*t->items), turn_compare, t);
}

void turns_put(struct turns *t, const struct entry *entry, size_t number)
{
    const struct turn turn = {entry->tier, entry->size, number};

    turns_add(t, &turn);
    heap_push(t->items, t->n, sizeof(*t->items), turn_compare, t);
}

size_t turns_next(struct turns *t)
{
    heap_pop(t->items, t->n, sizeof(*t->items), turn_compare, t);
    return t->items[--t->n].entry;
}

int64_t turn_size(enum backfill_order order, int64_t limit_sec, int64_t share)
{
    switch (order) {
    case BACKFILL_QUEUE:
        return 0;
    case BACKFILL_LIMIT:
        return limit_sec;
    case BACKFILL_AREA:
        break;
    }
    return (int64_t)MIN((__int128)limit_sec * share, (__int128)INT64_MAX);
}
