#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/timeline_private.h"

void timeline_init(struct timeline *tl)
{
    memset(tl, 0, sizeof(*tl));
}

static void drop_lanes(struct timeline *tl)
{
    for (size_t i = 0; i < tl->n_nodes; i++)
        lane_fini(&tl->lanes[i]);
    free(tl->lanes);
    tl->lanes = NULL;
}

static void flips_fini(struct flips *flips)
{
    for (size_t i = 0; i < flips->cap; i++)
        free(flips->items[i].moved);
    free(flips->items);
}

void timeline_fini(struct timeline *tl)
{
    flips_fini(&tl->flips);
    flips_fini(&tl->flips_before);
    drop_lanes(tl);
    openings_fini(&tl->open);
    demands_fini(&tl->demands);
    stock_fini(&tl->stock);
    free(tl->moved);
    free(tl->places);
    free(tl->bounds);
}

static void reset_lanes(struct timeline *tl, size_t n_nodes, int columns)
{
    if (tl->n_nodes != n_nodes || tl->n_res != columns) {
        drop_lanes(tl);
        tl->lanes = xcalloc(n_nodes + 1, sizeof(*tl->lanes));
    }
    tl->n_nodes = n_nodes;
    tl->words = (n_nodes + 63) / 64;
    tl->n_res = columns;
    for (size_t i = 0; i < n_nodes; i++)
        lane_reset(&tl->lanes[i], columns);
}

void timeline_reset(struct timeline *tl, int64_t now_sec, int64_t window_sec,
                    size_t n_nodes, int n_res)
{
    timeline_cut_slots(tl, now_sec, window_sec);
    reset_lanes(tl, n_nodes, n_res + 1);
    tl->filling = true;
    tl->overcommitted = false;
    tl->mutation++;
    tl->now_moved++;
    demands_reset(&tl->demands, tl->n_res);
    openings_reset(tl);
}

/* `before`: the bounds of n slots. All those to come are bounds still. */
static void find_places(struct timeline *tl, const int64_t *before, size_t n)
{
    size_t slot = 0;

    tl->places = xrealloc(tl->places, (n + 1) * sizeof(*tl->places));
    for (size_t i = 0; i < n; i++) {
        while (tl->bounds[slot] < before[i])
            slot++;
        tl->places[i] = (uint16_t)slot;
    }
    tl->places[n] = (uint16_t)tl->n_slots;
}

bool timeline_advance(struct timeline *tl, int64_t now_sec, int64_t window_sec)
{
    AUTO_FREE int64_t *before = tl->bounds;
    int64_t minute = timeline_minute(now_sec);
    size_t n = tl->n_slots;

    tl->bounds = NULL;
    timeline_cut_slots(tl, now_sec, window_sec);
    if (n == 0 || minute < before[0] || minute >= before[n - 1])
        return false;
    find_places(tl, before, n);
    for (size_t i = 0; i < tl->n_nodes; i++)
        lane_renumber(&tl->lanes[i], tl->n_res, tl->places);
    stock_renumber(&tl->stock, tl->places);
    tl->mutation++;
    tl->now_moved++;
    return openings_advance(tl, n);
}

void timeline_add_node(struct timeline *tl, size_t position,
                       const struct resvec *capacity)
{
    int64_t *row = lane_row(&tl->lanes[position], tl->n_res, 0);

    for (int i = 0; i < tl->n_res - 1; i++)
        row[i] += capacity->v[i];
    row[tl->n_res - 1] += SEATS;
}

/* ---- taking and giving ---- */

/* What a use does to a row: some columns move. */
struct shift {
    int n;
    int column[COLUMNS_MAX];
    int64_t by[COLUMNS_MAX];
};

static struct shift shift_of(const struct timeline *tl, const struct use *use, int sign)
{
    struct shift shift = {.n = 0};

    for (int i = 0; i < tl->n_res; i++) {
        int64_t by = i < tl->n_res - 1 ? use->amount.v[i] : use->seats;

        if (by == 0)
            continue;
        shift.column[shift.n] = i;
        shift.by[shift.n++] = sign * by;
    }
    return shift;
}

/* The demands of a word that all columns but the shifted ones allow. */
static uint64_t met_otherwise(const struct timeline *tl, const struct shift *shift,
                              const int64_t *row, size_t word)
{
    uint64_t met = ~UINT64_C(0);

    for (int column = 0, next = 0; column < tl->n_res; column++) {
        if (next < shift->n && shift->column[next] == column)
            next++;
        else
            met &= demands_met(&tl->demands, column,
                               demands_step(&tl->demands, column, row[column]))[word];
    }
    return met;
}

/* Finds out in `tl->moved` which demands the row, as it is before, begins or ceases to
 * meet; false: none. */
static bool find_moved(struct timeline *tl, const struct shift *shift,
                       const int64_t *row)
{
    const struct demands *d = &tl->demands;
    size_t before[COLUMNS_MAX], after[COLUMNS_MAX];
    bool any = false;

    for (int i = 0; i < shift->n; i++) {
        int column = shift->column[i];

        before[i] = demands_step(d, column, row[column]);
        after[i] = demands_step(d, column, row[column] + shift->by[i]);
        any |= before[i] != after[i];
    }
    for (size_t word = 0; word < d->words && any; word++) {
        uint64_t was = ~UINT64_C(0), is = was;

        for (int i = 0; i < shift->n; i++) {
            was &= demands_met(d, shift->column[i], before[i])[word];
            is &= demands_met(d, shift->column[i], after[i])[word];
        }
        tl->moved[word] = was ^ is;
        if (was != is)
            tl->moved[word] &= met_otherwise(tl, shift, row, word);
    }
    return any;
}

static void add_flip(struct timeline *tl, struct flips *flips, size_t first,
                     size_t last)
{
    size_t bytes = tl->demands.words * sizeof(uint64_t);
    struct flip *flip;

    if (flips->n == flips->cap) {
        GROW(flips->items, flips->n, flips->cap);
        for (size_t i = flips->n; i < flips->cap; i++)
            flips->items[i].moved = NULL;
    }
    flip = &flips->items[flips->n++];
    flip->first = first;
    flip->last = last;
    flip->moved = xrealloc(flip->moved, bytes);
    memcpy(flip->moved, tl->moved, bytes);
}

static bool flips_are_equal(const struct timeline *tl, const struct flips *a,
                            const struct flips *b)
{
    if (a->n != b->n || a->word != b->word)
        return false;
    for (size_t i = 0; i < a->n; i++) {
        const struct flip *x = &a->items[i], *y = &b->items[i];

        if (x->first != y->first || x->last != y->last ||
            memcmp(x->moved, y->moved, tl->demands.words * sizeof(*x->moved)) != 0)
            return false;
    }
    return true;
}

static void swap_flips(struct timeline *tl)
{
    struct flips flips = tl->flips;

    tl->flips = tl->flips_before;
    tl->flips_before = flips;
}

static void carry_out(struct timeline *tl, struct flips *flips)
{
    for (size_t i = 0; i < flips->n; i++)
        openings_flip(tl, &flips->items[i], flips->word, flips->nodes);
    flips->n = 0;
}

static void shift_piece(struct timeline *tl, const struct shift *shift, size_t position,
                        size_t i)
{
    const struct lane *lane = &tl->lanes[position];
    int64_t *row = lane_row(lane, tl->n_res, i);

    if (!tl->filling && find_moved(tl, shift, row))
        add_flip(tl, &tl->flips, lane_first(lane, i), lane_last(lane, i, tl->n_slots));
    for (int k = 0; k < shift->n; k++) {
        row[shift->column[k]] += shift->by[k];
        tl->overcommitted |= row[shift->column[k]] < 0 && shift->by[k] < 0;
    }
}

static void shift_lane(struct timeline *tl, const struct use *use, size_t first,
                       size_t last, int sign)
{
    const struct shift shift = shift_of(tl, use, sign);
    struct lane *lane = &tl->lanes[use->position];
    size_t from, to;

    if (shift.n == 0)
        return;
    from = lane_cut(lane, tl->n_res, first);
    to = last < tl->n_slots ? lane_cut(lane, tl->n_res, last) : lane->n;
    for (size_t i = from; i < to; i++)
        shift_piece(tl, &shift, use->position, i);
    lane_join(lane, tl->n_res, to);
    lane_join(lane, tl->n_res, from);
}

/* The nodes of a gang are mostly alike and lie side by side: what happens to several of
 * them is carried out at once. */
static void shift_lanes(struct timeline *tl, const struct use *uses, size_t n,
                        size_t first, size_t last, int sign)
{
    struct flips *now = &tl->flips, *before = &tl->flips_before;

    if (first >= last)
        return;
    for (size_t i = 0; i < n; i++) {
        now->n = 0;
        now->word = uses[i].position / 64;
        now->nodes = UINT64_C(1) << (uses[i].position % 64);
        shift_lane(tl, &uses[i], first, last, sign);
        if (flips_are_equal(tl, now, before) && (now->nodes & before->nodes) == 0) {
            before->nodes |= now->nodes;
            continue;
        }
        carry_out(tl, before);
        swap_flips(tl);
    }
    carry_out(tl, before);
    tl->mutation++;
    tl->now_moved += first == 0;
}

void timeline_take(struct timeline *tl, const struct use *uses, size_t n, size_t first,
                   size_t last)
{
    shift_lanes(tl, uses, n, first, last, -1);
}

void timeline_give(struct timeline *tl, const struct use *uses, size_t n, size_t first,
                   size_t last)
{
    shift_lanes(tl, uses, n, first, last, 1);
}

void timeline_license(struct timeline *tl, const struct job *job, size_t first,
                      size_t last, int sign)
{
    tl->overcommitted |=
        !stock_change(&tl->stock, job, first, last, tl->n_slots, sign) && sign < 0;
}

static bool row_holds(const struct timeline *tl, const int64_t *row,
                      const struct use *use)
{
    for (int i = 0; i < tl->n_res - 1; i++) {
        if (use->amount.v[i] > 0 && row[i] < use->amount.v[i])
            return false;
    }
    return row[tl->n_res - 1] >= use->seats;
}

bool timeline_has(const struct timeline *tl, const struct use *use, size_t first,
                  size_t last)
{
    const struct lane *lane = &tl->lanes[use->position];

    for (size_t i = lane_find(lane, first); i < lane->n && lane_first(lane, i) < last;
         i++) {
        if (!row_holds(tl, lane_row(lane, tl->n_res, i), use))
            return false;
    }
    return true;
}

void timeline_least(const struct timeline *tl, size_t position, size_t first,
                    size_t last, struct resvec *ret)
{
    const struct lane *lane = &tl->lanes[position];
    size_t from = lane_find(lane, first);

    *ret = (struct resvec){{0}};
    for (size_t k = from; k < lane->n && lane_first(lane, k) < last; k++) {
        const int64_t *row = lane_row(lane, tl->n_res, k);

        for (int i = 0; i < tl->n_res - 1; i++)
            ret->v[i] = k == from ? row[i] : MIN(ret->v[i], row[i]);
    }
}
