#include "scheduler/lane.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

static void make_room(struct lane *lane, int columns, size_t n)
{
    if (n <= lane->cap)
        return;
    lane->cap = n + n / 2 + 2;
    lane->firsts = xrealloc(lane->firsts, lane->cap * sizeof(*lane->firsts));
    lane->rows =
        xrealloc(lane->rows, lane->cap * (size_t)columns * sizeof(*lane->rows));
}

void lane_fini(struct lane *lane)
{
    free(lane->firsts);
    free(lane->rows);
    *lane = (struct lane){0};
}

void lane_reset(struct lane *lane, int columns)
{
    make_room(lane, columns, 1);
    lane->firsts[0] = 0;
    memset(lane->rows, 0, (size_t)columns * sizeof(*lane->rows));
    lane->n = 1;
}

/* Moves the pieces from `from` on to `to`. */
static void move_pieces(struct lane *lane, int columns, size_t to, size_t from)
{
    size_t n = lane->n - from;

    memmove(lane->firsts + to, lane->firsts + from, n * sizeof(*lane->firsts));
    memmove(lane_row(lane, columns, to), lane_row(lane, columns, from),
            n * (size_t)columns * sizeof(*lane->rows));
    lane->n = to + n;
}

size_t lane_cut(struct lane *lane, int columns, size_t slot)
{
    size_t i = lane_find(lane, slot);

    if (lane_first(lane, i) == slot)
        return i;
    make_room(lane, columns, lane->n + 1);
    move_pieces(lane, columns, i + 1, i);
    lane->firsts[i + 1] = (uint16_t)slot;
    return i + 1;
}

void lane_join(struct lane *lane, int columns, size_t i)
{
    if (i > 0 && i < lane->n &&
        memcmp(lane_row(lane, columns, i - 1), lane_row(lane, columns, i),
               (size_t)columns * sizeof(*lane->rows)) == 0)
        move_pieces(lane, columns, i, i + 1);
}

void lane_renumber(struct lane *lane, int columns, const uint16_t *places)
{
    size_t over = 0;

    while (over + 1 < lane->n && places[lane->firsts[over + 1]] == 0)
        over++;
    if (over > 0)
        move_pieces(lane, columns, 0, over);
    for (size_t i = 0; i < lane->n; i++)
        lane->firsts[i] = places[lane->firsts[i]];
}
