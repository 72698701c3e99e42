#include "scheduler/lane.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

static void make_room(struct lane *lane, size_t n)
{
    if (n <= lane->cap)
        return;
    lane->cap = (uint32_t)(n + n / 2 + 2);
    lane->firsts = xrealloc(lane->firsts, lane->cap * sizeof(*lane->firsts));
    lane->rows = xrealloc(lane->rows, lane->cap * sizeof(*lane->rows));
}

void lane_fini(struct lane *lane)
{
    free(lane->firsts);
    free(lane->rows);
    *lane = (struct lane){0};
}

void lane_reset(struct lane *lane, uint32_t row)
{
    make_room(lane, 1);
    lane->firsts[0] = 0;
    lane->rows[0] = row;
    lane->n = 1;
}

/* Moves the pieces from `from` on to `to`. */
static void move_pieces(struct lane *lane, size_t to, size_t from)
{
    size_t n = lane->n - from;

    memmove(lane->firsts + to, lane->firsts + from, n * sizeof(*lane->firsts));
    memmove(lane->rows + to, lane->rows + from, n * sizeof(*lane->rows));
    lane->n = (uint32_t)(to + n);
}

size_t lane_cut(struct lane *lane, size_t slot)
{
    size_t i = lane_find(lane, slot);

    if (lane_first(lane, i) == slot)
        return i;
    make_room(lane, (size_t)lane->n + 1);
    move_pieces(lane, i + 1, i);
    lane->firsts[i + 1] = (uint16_t)slot;
    return i + 1;
}

void lane_join(struct lane *lane, size_t i)
{
    if (i > 0 && i < lane->n && lane->rows[i - 1] == lane->rows[i])
        move_pieces(lane, i, i + 1);
}

void lane_renumber(struct lane *lane, const uint16_t *places)
{
    size_t over = 0;

    while (over + 1 < lane->n && places[lane->firsts[over + 1]] == 0)
        over++;
    if (over > 0)
        move_pieces(lane, 0, over);
    for (size_t i = 0; i < lane->n; i++)
        lane->firsts[i] = places[lane->firsts[i]];
}

void lane_mark(const struct lane *lane, uint32_t *marks)
{
    for (size_t i = 0; i < lane->n; i++)
        marks[lane->rows[i]] = 1;
}

void lane_relabel(struct lane *lane, const uint32_t *marks)
{
    for (size_t i = 0; i < lane->n; i++)
        lane->rows[i] = marks[lane->rows[i]];
}
