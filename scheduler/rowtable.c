#include "scheduler/rowtable.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define TABLE_MIN 64

void rowtable_fini(struct rowtable *rows)
{
    free(rows->items);
    free(rows->table);
    *rows = (struct rowtable){0};
}

static void size_table(struct rowtable *rows, size_t size)
{
    free(rows->table);
    rows->table = xcalloc(size, sizeof(*rows->table));
    rows->table_size = size;
}

void rowtable_reset(struct rowtable *rows, int columns)
{
    rowtable_fini(rows);
    rows->columns = columns;
    size_table(rows, TABLE_MIN);
}

static uint64_t hash_of(const struct rowtable *rows, const int64_t *row)
{
    uint64_t hash = HASH_NOTHING;

    for (int i = 0; i < rows->columns; i++) {
        hash = (hash ^ (uint64_t)row[i]) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return hash;
}

/* Where the number of a row is in the table, or would be. */
static uint32_t *place_of(const struct rowtable *rows, const int64_t *row)
{
    size_t bytes = (size_t)rows->columns * sizeof(*row);
    size_t mask = rows->table_size - 1, i = hash_of(rows, row) & mask;

    while (rows->table[i] != 0 &&
           memcmp(rowtable_at(rows, rows->table[i] - 1), row, bytes) != 0)
        i = (i + 1) & mask;
    return &rows->table[i];
}

static void fill_table(struct rowtable *rows)
{
    for (size_t i = 0; i < rows->n; i++)
        *place_of(rows, rowtable_at(rows, (uint32_t)i)) = (uint32_t)i + 1;
}

static void make_room(struct rowtable *rows)
{
    if (rows->n == rows->cap) {
        rows->cap = MAX(rows->cap * 2, TABLE_MIN / 2);
        rows->items =
            xrealloc(rows->items, rows->cap * (size_t)rows->columns * sizeof(int64_t));
    }
    if (rows->n * 2 < rows->table_size)
        return;
    size_table(rows, rows->table_size * 2);
    fill_table(rows);
}

uint32_t rowtable_get(struct rowtable *rows, const int64_t *row)
{
    uint32_t *place = place_of(rows, row);

    if (*place != 0)
        return *place - 1;
    make_room(rows);
    memcpy(rows->items + rows->n * (size_t)rows->columns, row,
           (size_t)rows->columns * sizeof(*row));
    rows->n++;
    *place_of(rows, row) = (uint32_t)rows->n;
    return (uint32_t)rows->n - 1;
}

uint32_t *rowtable_marks(const struct rowtable *rows)
{
    return xcalloc(rows->n + 1, sizeof(uint32_t));
}

void rowtable_sweep(struct rowtable *rows, uint32_t *marks)
{
    size_t columns = (size_t)rows->columns, kept = 0;

    for (size_t i = 0; i < rows->n; i++) {
        if (marks[i] == 0)
            continue;
        if (kept < i)
            memcpy(rows->items + kept * columns, rows->items + i * columns,
                   columns * sizeof(*rows->items));
        marks[i] = (uint32_t)kept++;
    }
    rows->n = kept;
    memset(rows->table, 0, rows->table_size * sizeof(*rows->table));
    fill_table(rows);
}
