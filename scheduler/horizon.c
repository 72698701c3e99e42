#include "scheduler/horizon.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

static void drop_kinds(struct horizon *h)
{
    for (size_t i = 0; i < h->n; i++) {
        free(h->kinds[i]->nodes);
        free(h->kinds[i]);
    }
    h->n = 0;
}

void horizon_fini(struct horizon *h)
{
    drop_kinds(h);
    free(h->kinds);
    *h = (struct horizon){0};
}

void horizon_reset(struct horizon *h, size_t words)
{
    drop_kinds(h);
    h->words = words;
    h->gen++;
}

/* ---- kinds ---- */

static bool is_kind(const struct horizon *h, const struct horizon_kind *kind,
                    const struct seeker *by)
{
    if (kind->demand != by->demand || kind->fence != by->fence)
        return false;
    for (size_t i = 0; i < h->words; i++) {
        if (kind->nodes[i] != (by->part->nodes[i] & by->shape->ready[i]))
            return false;
    }
    return true;
}

static struct horizon_kind *kind_new(struct horizon *h, const struct seeker *by)
{
    struct horizon_kind *kind = xcalloc(1, sizeof(*kind));

    kind->demand = by->demand;
    kind->fence = by->fence;
    kind->nodes = xcalloc(h->words + 1, sizeof(*kind->nodes));
    for (size_t i = 0; i < h->words; i++)
        kind->nodes[i] = by->part->nodes[i] & by->shape->ready[i];
    GROW(h->kinds, h->n, h->cap);
    h->kinds[h->n++] = kind;
    return kind;
}

struct horizon_kind *horizon_kind(struct horizon *h, const struct seeker *by,
                                  struct fit *fit)
{
    if (by->shape->like->n_node_list > 0)
        return NULL;
    if (fit->kind_gen == h->gen && h->kinds[fit->kind]->fence == by->fence)
        return h->kinds[fit->kind];
    fit->kind_gen = h->gen;
    for (fit->kind = 0; fit->kind < h->n; fit->kind++) {
        if (is_kind(h, h->kinds[fit->kind], by))
            return h->kinds[fit->kind];
    }
    return kind_new(h, by);
}

/* ---- nodes and lengths ---- */

/* The largest power of two that is not above a positive value. */
static int log2_of(int64_t value)
{
    return 63 - __builtin_clzll((uint64_t)value);
}

/* The last row of those that begin at or below `nodes`; `ret_exact`: at it. */
static size_t row_of(int64_t nodes, bool *ret_exact)
{
    int row = log2_of(MAX(nodes, 1));

    *ret_exact = nodes == INT64_C(1) << row && row < HORIZON_NODES;
    return (size_t)MIN(row, HORIZON_NODES - 1);
}

/* Columns begin at (4 + k) quarters of a power of two minutes. */
static size_t column_of(int64_t length_sec, bool *ret_exact)
{
    int64_t quarters = MAX(length_sec / 15, 4);
    int power = log2_of(quarters) - 2;
    int64_t column = power * INT64_C(4) + (quarters >> power) - 4;

    *ret_exact =
        length_sec == ((quarters >> power) << power) * 15 && column < HORIZON_LENGTHS;
    return (size_t)MIN(column, HORIZON_LENGTHS - 1);
}

size_t horizon_look(const struct horizon_kind *kind, const struct seeker *by)
{
    bool exact;

    if (by->limit_sec < TIMELINE_MINUTE_SEC)
        return 0;
    return kind->slot[row_of(by->need, &exact)][column_of(by->limit_sec, &exact)];
}

/* Rows and columns rise, so that what is high enough already ends each. */
void horizon_raise(struct horizon_kind *kind, const struct seeker *by, size_t slot)
{
    bool exact;
    size_t row = row_of(by->need, &exact), from;

    row += !exact;
    from = column_of(by->limit_sec, &exact);
    from += !exact;
    for (; row < HORIZON_NODES && from < HORIZON_LENGTHS; row++) {
        if (kind->slot[row][from] >= slot)
            return;
        for (size_t i = from; i < HORIZON_LENGTHS && kind->slot[row][i] < slot; i++)
            kind->slot[row][i] = (uint32_t)slot;
    }
}
