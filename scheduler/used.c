#include "scheduler/used.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/decay.h"

/* Where an item is, or would be; there are few. */
static size_t place_of(const struct used *u, enum tres tres, const char *type)
{
    size_t i = 0;

    while (i < u->n && tres_compare(u->items[i].tres, u->items[i].type, tres, type) < 0)
        i++;
    return i;
}

static bool is_at(const struct used *u, size_t i, enum tres tres, const char *type)
{
    return i < u->n &&
           tres_compare(u->items[i].tres, u->items[i].type, tres, type) == 0;
}

void used_fini(struct used *u)
{
    for (size_t i = 0; i < u->n; i++)
        free(u->items[i].type);
    free(u->items);
    *u = (struct used){0};
}

struct used used_copy(const struct used *u)
{
    struct used copy = {.n = u->n};

    if (u->n == 0)
        return copy;
    copy.items = xmalloc(u->n * sizeof(*copy.items));
    for (size_t i = 0; i < u->n; i++) {
        copy.items[i] = u->items[i];
        copy.items[i].type = xstrdup_null(u->items[i].type);
    }
    return copy;
}

bool used_equal(const struct used *a, const struct used *b)
{
    for (size_t i = 0; i < a->n && a->n == b->n; i++) {
        if (!is_at(a, i, b->items[i].tres, b->items[i].type) ||
            a->items[i].amount != b->items[i].amount)
            return false;
    }
    return a->n == b->n;
}

int64_t used_of(const struct used *u, enum tres tres, const char *type)
{
    size_t i = place_of(u, tres, type);

    return is_at(u, i, tres, type) ? u->items[i].amount : 0;
}

void used_add(struct used *u, enum tres tres, const char *type, int64_t amount)
{
    size_t i = place_of(u, tres, type);

    if (amount <= 0)
        return;
    if (!is_at(u, i, tres, type)) {
        u->items = xrealloc(u->items, (u->n + 1) * sizeof(*u->items));
        memmove(&u->items[i + 1], &u->items[i], (u->n++ - i) * sizeof(*u->items));
        u->items[i] = (struct used_item){tres, xstrdup_null(type), 0};
    }
    u->items[i].amount = add_capped(u->items[i].amount, amount);
}

void used_add_all(struct used *u, const struct used *more)
{
    for (size_t i = 0; i < more->n; i++)
        used_add(u, more->items[i].tres, more->items[i].type, more->items[i].amount);
}

void used_fade(struct used *u, int64_t dt_sec, int64_t half_life_sec)
{
    const struct fading fading = fading_after(dt_sec, half_life_sec);
    size_t n = 0;

    for (size_t i = 0; i < u->n; i++) {
        struct used_item item = u->items[i];

        item.amount = fading_left(fading, item.amount);
        if (item.amount > 0)
            u->items[n++] = item;
        else
            free(item.type);
    }
    u->n = n;
}
