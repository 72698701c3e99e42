#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/timeline_private.h"

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

/* ---- rows ---- */

/* Takes that do the same come one after the other: what becomes of a row is known from
 * the one before. */
static void begin_shift(struct timeline *tl, const struct use *use, int sign)
{
    struct passages *p = &tl->passages;
    struct shift shift = shift_of(tl, use, sign);

    if (memcmp(&shift, &p->shift, sizeof(shift)) == 0)
        return;
    p->shift = shift;
    p->gen++;
}

static struct passage find_passage(struct timeline *tl, uint32_t from)
{
    const struct shift *shift = &tl->passages.shift;
    struct passage ret = {.gen = tl->passages.gen, .from = from};
    int64_t row[COLUMNS_MAX];

    memcpy(row, rowtable_at(&tl->rows, from), (size_t)tl->n_res * sizeof(*row));
    for (int k = 0; k < shift->n; k++) {
        row[shift->column[k]] += shift->by[k];
        ret.over |= row[shift->column[k]] < 0 && shift->by[k] < 0;
    }
    ret.clash = shift->n > 0 && shift->column[shift->n - 1] == tl->n_res - 1 &&
                shift->by[shift->n - 1] < 0 && seats_clash(SEATS - row[tl->n_res - 1]);
    ret.to = rowtable_get(&tl->rows, row);
    return ret;
}

/* The row that the shift makes of one; `mates` as in a use. */
static uint32_t shift_row(struct timeline *tl, uint32_t from, bool mates)
{
    struct passages *p = &tl->passages;
    struct passage *passage = &p->items[from % PASSAGES];

    if (passage->gen != p->gen || passage->from != from)
        *passage = find_passage(tl, from);
    tl->overcommitted |= passage->over || (passage->clash && !mates);
    return passage->to;
}

/* Rows that are on no lane any more are dropped once they are many beside those that
 * are: so that this costs no more than to make them. */
static void sweep_rows(struct timeline *tl)
{
    AUTO_FREE uint32_t *marks = NULL;
    size_t pieces = 0;

    if (tl->rows.n <= tl->rows_limit)
        return;
    marks = rowtable_marks(&tl->rows);
    for (size_t i = 0; i < tl->n_nodes; i++) {
        lane_mark(&tl->lanes[i], marks);
        marks[tl->vacancies[i]] = 1;
        pieces += tl->lanes[i].n;
    }
    rowtable_sweep(&tl->rows, marks);
    for (size_t i = 0; i < tl->n_nodes; i++) {
        lane_relabel(&tl->lanes[i], marks);
        tl->vacancies[i] = marks[tl->vacancies[i]];
    }
    tl->rows_limit = 2 * tl->rows.n + pieces / 8 + ROWS_SPARE;
    tl->n_met = 0;
    tl->passages.gen++;
}

/* ---- flips ---- */

/* A node's row becomes another; so may that of its vacancy. */
struct change {
    uint32_t was, is;
    uint32_t vacancy_was, vacancy_is;
};

static size_t moved_bytes(const struct timeline *tl)
{
    return MOVES * tl->demands.words * sizeof(uint64_t);
}

/* Finds out in `tl->moved` to which demands the node is another; false: to none. */
static bool find_moved(struct timeline *tl, const struct standing *was,
                       const struct standing *is)
{
    size_t words = tl->demands.words;
    uint64_t any = 0;

    for (size_t i = 0; i < words; i++) {
        uint64_t shown = openings_shown(tl, was, i) ^ openings_shown(tl, is, i);

        tl->moved[MOVE_CLOSED * words + i] = was->met[i] & ~is->met[i];
        tl->moved[MOVE_OPENED * words + i] = is->met[i] & ~was->met[i];
        tl->moved[MOVE_SHOWN * words + i] = shown;
        any |= (was->met[i] ^ is->met[i]) | shown;
    }
    return any != 0;
}

static struct flip *add_flip(struct timeline *tl, struct flips *flips)
{
    struct flip *flip;

    if (flips->n == flips->cap) {
        GROW(flips->items, flips->n, flips->cap);
        for (size_t i = flips->n; i < flips->cap; i++)
            flips->items[i].moved = NULL;
    }
    flip = &flips->items[flips->n++];
    flip->moved = xrealloc(flip->moved, moved_bytes(tl));
    memcpy(flip->moved, tl->moved, moved_bytes(tl));
    return flip;
}

static bool flips_are_equal(const struct timeline *tl, const struct flips *a,
                            const struct flips *b)
{
    if (a->n != b->n || a->word != b->word)
        return false;
    for (size_t i = 0; i < a->n; i++) {
        const struct flip *x = &a->items[i], *y = &b->items[i];

        if (x->first != y->first || x->last != y->last || x->vacant != y->vacant ||
            x->full != y->full || memcmp(x->moved, y->moved, moved_bytes(tl)) != 0)
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

/* The flip of a piece whose row has become another, in the slots that are known. */
static void flip_piece(struct timeline *tl, const struct lane *lane, size_t i,
                       const struct change *by)
{
    bool vacant = (by->was == by->vacancy_was) != (by->is == by->vacancy_is);
    size_t first = lane_first(lane, i);
    size_t last = MIN(lane_last(lane, i, tl->n_slots), tl->n_known);
    struct standing was, is;
    struct flip *flip;

    if (first >= last)
        return;
    was = openings_standing(tl, by->was, by->vacancy_was);
    is = openings_standing(tl, by->is, by->vacancy_is);
    if (!find_moved(tl, &was, &is) && !vacant)
        return;
    flip = add_flip(tl, &tl->flips);
    flip->first = first;
    flip->last = last;
    flip->vacant = vacant;
    flip->full = was.full != is.full;
}

/* What is taken for ever, by no job, is not there without jobs either. */
static bool is_lasting(const struct timeline *tl, const struct use *use, size_t first,
                       size_t last)
{
    return first == 0 && last == tl->n_slots && use->seats == 0;
}

static void shift_lane(struct timeline *tl, const struct use *use, size_t first,
                       size_t last, int sign)
{
    struct lane *lane = &tl->lanes[use->position];
    struct change by;
    size_t from, to;

    timeline_freshen(tl, use->position);
    begin_shift(tl, use, sign);
    if (tl->passages.shift.n == 0)
        return;
    from = lane_cut(lane, first);
    to = last < tl->n_slots ? lane_cut(lane, last) : lane->n;
    by.vacancy_was = tl->vacancies[use->position];
    by.vacancy_is = is_lasting(tl, use, first, last)
                        ? shift_row(tl, by.vacancy_was, false)
                        : by.vacancy_was;
    for (size_t i = from; i < to; i++) {
        by.was = lane->rows[i];
        by.is = lane->rows[i] = shift_row(tl, by.was, use->mates);
        flip_piece(tl, lane, i, &by);
    }
    tl->vacancies[use->position] = by.vacancy_is;
    lane_join(lane, to);
    lane_join(lane, from);
    timeline_rechain(tl, use->position);
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
    sweep_rows(tl);
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
