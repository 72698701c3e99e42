#include "scheduler/lane.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

static size_t stride(int columns)
{
    return 1 + (size_t)columns;
}

static void make_room(struct lane *lane, int columns, size_t n)
{
    if (n <= lane->cap)
        return;
    lane->cap = n + n / 2 + 2;
    lane->pieces =
        xrealloc(lane->pieces, lane->cap * stride(columns) * sizeof(*lane->pieces));
}

void lane_fini(struct lane *lane)
{
    free(lane->pieces);
    *lane = (struct lane){0};
}

void lane_reset(struct lane *lane, int columns)
{
    make_room(lane, columns, 1);
    memset(lane->pieces, 0, stride(columns) * sizeof(*lane->pieces));
    lane->n = 1;
}

size_t lane_find(const struct lane *lane, int columns, size_t slot)
{
    size_t low = 0, high = lane->n;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (lane_first(lane, columns, middle) <= slot)
            low = middle;
        else
            high = middle;
    }
    return low;
}

size_t lane_cut(struct lane *lane, int columns, size_t slot)
{
    size_t i = lane_find(lane, columns, slot), size = stride(columns);
    int64_t *piece;

    if (lane_first(lane, columns, i) == slot)
        return i;
    make_room(lane, columns, lane->n + 1);
    piece = lane->pieces + i * size;
    memmove(piece + size, piece, (lane->n - i) * size * sizeof(*piece));
    lane->n++;
    piece[size] = (int64_t)slot;
    return i + 1;
}

void lane_join(struct lane *lane, int columns, size_t i)
{
    size_t size = stride(columns);

    if (i == 0 || i >= lane->n ||
        memcmp(lane_row(lane, columns, i - 1), lane_row(lane, columns, i),
               (size_t)columns * sizeof(int64_t)) != 0)
        return;
    memmove(lane->pieces + i * size, lane->pieces + (i + 1) * size,
            (lane->n - i - 1) * size * sizeof(*lane->pieces));
    lane->n--;
}
