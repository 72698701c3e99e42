#include "scheduler/demand.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

static void drop_scales(struct demands *d)
{
    for (int column = 0; column < COLUMNS_MAX; column++) {
        free(d->scales[column].needs);
        free(d->scales[column].met);
        d->scales[column] = (struct scale){0};
    }
}

void demands_fini(struct demands *d)
{
    drop_scales(d);
    free(d->items);
    *d = (struct demands){0};
}

void demands_reset(struct demands *d, int n_columns)
{
    size_t kept = 0;

    for (size_t i = 0; i < d->n; i++) {
        if (d->items[i].wanted)
            d->items[kept++] = d->items[i];
    }
    d->n = kept;
    for (size_t i = 0; i < kept; i++)
        d->items[i].wanted = false;
    d->n_columns = n_columns;
    d->stale = true;
}

size_t demands_get(struct demands *d, const struct resvec *each, bool private_)
{
    int64_t seats = seats_needed(private_ ? SEATS_ROW : 1);

    for (size_t i = 0; i < d->n; i++) {
        struct demand *item = &d->items[i];

        if (item->seats == seats && memcmp(&item->each, each, sizeof(*each)) == 0) {
            item->wanted = true;
            return i;
        }
    }
    GROW(d->items, d->n, d->cap);
    d->items[d->n] = (struct demand){.each = *each, .seats = seats, .wanted = true};
    d->stale = true;
    return d->n++;
}

/* ---- scales ---- */

/* INT64_MIN: any amount will do. */
static int64_t need_of(const struct demands *d, size_t i, int column)
{
    int64_t need = d->items[i].seats;

    if (column < d->n_columns - 1)
        need = d->items[i].each.v[column];
    return need > 0 ? need : INT64_MIN;
}

static int need_compare(const void *left, const void *right)
{
    const int64_t *a = left, *b = right;

    return *a < *b ? -1 : *a > *b;
}

static void find_needs(const struct demands *d, int column, struct scale *scale)
{
    size_t kept = 0;

    scale->needs = xcalloc(d->n + 1, sizeof(*scale->needs));
    for (size_t i = 0; i < d->n; i++) {
        if (need_of(d, i, column) != INT64_MIN)
            scale->needs[scale->n++] = need_of(d, i, column);
    }
    if (scale->n > 1)
        qsort(scale->needs, scale->n, sizeof(*scale->needs), need_compare);
    for (size_t i = 0; i < scale->n; i++) {
        if (kept == 0 || scale->needs[kept - 1] != scale->needs[i])
            scale->needs[kept++] = scale->needs[i];
    }
    scale->n = kept;
}

void demands_settle(struct demands *d)
{
    if (!d->stale)
        return;
    drop_scales(d);
    d->words = (d->n + 63) / 64;
    for (int column = 0; column < d->n_columns; column++) {
        struct scale *scale = &d->scales[column];

        find_needs(d, column, scale);
        scale->met = xcalloc((scale->n + 1) * d->words + 1, sizeof(*scale->met));
        for (size_t i = 0; i < d->n; i++) {
            size_t step = demands_step(d, column, need_of(d, i, column));

            for (; step <= scale->n; step++)
                scale->met[step * d->words + i / 64] |= UINT64_C(1) << (i % 64);
        }
    }
    d->stale = false;
}
