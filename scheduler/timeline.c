#include "scheduler/timeline.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* Slots are as wide as a 32nd of their distance, in powers of two minutes, up to
 * 128. */
#define DISTANCE_PER_WIDTH 32
#define WIDTH_MAX_SEC (128 * TIMELINE_MINUTE_SEC)
/* Of a window of three years. */
#define SLOTS_MAX 12500
/* Clocks and windows beyond this count as this, so that sums do not overflow. */
#define TIME_SANE (INT64_MAX / 8)

void timeline_init(struct timeline *tl)
{
    memset(tl, 0, sizeof(*tl));
}

static void stretch_free(struct stretch *stretch)
{
    free(stretch->open);
    free(stretch->n_open);
    free(stretch);
}

static void drop_spares(struct timeline *tl)
{
    struct stretch *stretch;

    while ((stretch = tl->spare) != NULL) {
        tl->spare = stretch->next_spare;
        stretch_free(stretch);
    }
}

/* Those in use become spare ones. */
static void drop_stretches(struct timeline *tl)
{
    for (size_t slot = 0; tl->of != NULL && slot < tl->n_slots;) {
        struct stretch *stretch = tl->of[slot];

        slot = stretch->last;
        stretch->next_spare = tl->spare;
        tl->spare = stretch;
    }
    free(tl->of);
    tl->of = NULL;
}

static void drop_lanes(struct timeline *tl)
{
    for (size_t i = 0; i < tl->n_nodes; i++)
        lane_fini(&tl->lanes[i]);
    free(tl->lanes);
    tl->lanes = NULL;
}

void timeline_fini(struct timeline *tl)
{
    drop_lanes(tl);
    drop_stretches(tl);
    drop_spares(tl);
    demands_fini(&tl->demands);
    free(tl->moved);
    free(tl->bounds);
}

/* ---- slots ---- */

static int64_t width_at(int64_t distance_sec)
{
    int64_t width = TIMELINE_MINUTE_SEC;

    while (width < WIDTH_MAX_SEC && width * 2 * DISTANCE_PER_WIDTH <= distance_sec)
        width *= 2;
    return width;
}

/* The boundary behind `bound`, seen from the start of the present minute. */
static int64_t bound_after(int64_t bound, int64_t minute_sec)
{
    int64_t width = width_at(bound - minute_sec);

    return bound - bound % width + width;
}

int64_t timeline_minute(int64_t sec)
{
    sec = MAX(MIN(sec, TIME_SANE), -TIME_SANE);
    return sec -
           (sec % TIMELINE_MINUTE_SEC + TIMELINE_MINUTE_SEC) % TIMELINE_MINUTE_SEC;
}

static void cut(struct timeline *tl, int64_t now_sec, int64_t window_sec)
{
    int64_t minute = timeline_minute(now_sec), bound = minute + TIMELINE_MINUTE_SEC,
            end;
    size_t cap = 0;

    free(tl->bounds);
    tl->bounds = NULL;
    tl->n_slots = 0;
    end = minute + MIN(window_sec, SLOTS_MAX * (int64_t)WIDTH_MAX_SEC);
    GROW(tl->bounds, tl->n_slots, cap);
    tl->bounds[tl->n_slots++] = minute;
    for (; bound <= end; bound = bound_after(bound, minute)) {
        GROW(tl->bounds, tl->n_slots, cap);
        tl->bounds[tl->n_slots++] = bound;
    }
}

bool timeline_is_outdated(const struct timeline *tl, int64_t now_sec)
{
    return tl->n_slots == 0 || timeline_minute(now_sec) != tl->bounds[0];
}

/* The slot that a time lies in. */
static size_t slot_of(const struct timeline *tl, int64_t sec)
{
    size_t low = 0, high = tl->n_slots;

    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;

        if (tl->bounds[mid] <= sec)
            low = mid;
        else
            high = mid;
    }
    return low;
}

void timeline_span(const struct timeline *tl, int64_t start_sec, int64_t end_sec,
                   size_t *ret_first, size_t *ret_last)
{
    *ret_first = slot_of(tl, start_sec);
    *ret_last = end_sec > tl->bounds[0] ? slot_of(tl, end_sec - 1) + 1 : 1;
}

/* ---- stretches ---- */

static size_t open_bytes(const struct timeline *tl)
{
    return (tl->demands_cap * tl->words + 1) * sizeof(uint64_t);
}

static struct stretch *stretch_new(struct timeline *tl)
{
    struct stretch *stretch = tl->spare;

    if (stretch != NULL) {
        tl->spare = stretch->next_spare;
        return stretch;
    }
    stretch = xcalloc(1, sizeof(*stretch));
    stretch->open = xmalloc(open_bytes(tl));
    stretch->n_open = xcalloc(tl->demands_cap + 1, sizeof(*stretch->n_open));
    return stretch;
}

static void set_stretch(struct timeline *tl, struct stretch *stretch, size_t first,
                        size_t last)
{
    stretch->first = first;
    stretch->last = last;
    for (size_t slot = first; slot < last; slot++)
        tl->of[slot] = stretch;
}

/* From now on a stretch begins with the slot. */
static void cut_before(struct timeline *tl, size_t slot)
{
    struct stretch *before, *behind;

    if (slot == tl->n_slots || tl->of[slot]->first == slot)
        return;
    before = tl->of[slot];
    behind = stretch_new(tl);
    if (!tl->filling) {
        memcpy(behind->open, before->open,
               tl->demands.n * tl->words * sizeof(*behind->open));
        memcpy(behind->n_open, before->n_open, tl->demands.n * sizeof(*behind->n_open));
    }
    set_stretch(tl, behind, slot, before->last);
    before->last = slot;
}

/* With room for at least so many demands: a few more than there are now. */
static void make_room(struct timeline *tl, size_t n_demands)
{
    if (n_demands <= tl->demands_cap)
        return;
    drop_spares(tl);
    tl->demands_cap = n_demands + n_demands / 2 + 8;
    for (size_t slot = 0; slot < tl->n_slots; slot = tl->of[slot]->last) {
        struct stretch *stretch = tl->of[slot];

        stretch->open = xrealloc(stretch->open, open_bytes(tl));
        stretch->n_open =
            xrealloc(stretch->n_open, (tl->demands_cap + 1) * sizeof(*stretch->n_open));
    }
}

static void reset_lanes(struct timeline *tl, size_t n_nodes, int columns)
{
    if (tl->n_nodes != n_nodes || tl->n_res != columns) {
        drop_lanes(tl);
        drop_spares(tl);
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
    drop_stretches(tl);
    cut(tl, now_sec, window_sec);
    reset_lanes(tl, n_nodes, n_res + 1);
    tl->of = xcalloc(tl->n_slots, sizeof(struct stretch *));
    tl->filling = true;
    tl->overcommitted = false;
    tl->mutation++;
    demands_reset(&tl->demands, tl->n_res);
    set_stretch(tl, stretch_new(tl), 0, tl->n_slots);
}

void timeline_add_node(struct timeline *tl, size_t position,
                       const struct resvec *capacity)
{
    int64_t *row = lane_row(&tl->lanes[position], tl->n_res, 0);

    for (int i = 0; i < tl->n_res - 1; i++)
        row[i] += capacity->v[i];
    row[tl->n_res - 1] += SEATS;
}

/* ---- what is open to whom ---- */

static void toggle(const struct timeline *tl, struct stretch *stretch, size_t demand,
                   size_t position)
{
    uint64_t bit = UINT64_C(1) << (position % 64);
    uint64_t *word = &stretch->open[demand * tl->words + position / 64];

    *word ^= bit;
    if ((*word & bit) != 0)
        stretch->n_open[demand]++;
    else
        stretch->n_open[demand]--;
}

/* A set of demands, in the scratch `tl->moved`: those of `from` and behind that the
 * row meets. */
static void find_met(struct timeline *tl, const int64_t *row, size_t from)
{
    const struct demands *d = &tl->demands;
    size_t steps[COLUMNS_MAX];

    for (int column = 0; column < tl->n_res; column++)
        steps[column] = demands_step(d, column, row[column]);
    for (size_t word = 0; word < d->words; word++) {
        uint64_t met = word < from / 64 ? 0 : ~UINT64_C(0);

        for (int column = 0; column < tl->n_res; column++)
            met &= demands_met(d, column, steps[column])[word];
        tl->moved[word] = word == from / 64 ? met & ~UINT64_C(0) << (from % 64) : met;
    }
}

static void toggle_moved(const struct timeline *tl, struct stretch *stretch,
                         size_t position)
{
    for (size_t word = 0; word < tl->demands.words; word++) {
        for (uint64_t set = tl->moved[word]; set != 0; set &= set - 1)
            toggle(tl, stretch, word * 64 + (size_t)__builtin_ctzll(set), position);
    }
}

/* A lane's piece that begins with the slot: what the one before met is taken out. */
static void enter_piece(struct timeline *tl, size_t from, size_t position, size_t i,
                        size_t slot)
{
    const struct lane *lane = &tl->lanes[position];

    if (i > 0) {
        find_met(tl, lane_row(lane, tl->n_res, i - 1), from);
        toggle_moved(tl, tl->of[slot], position);
    }
    find_met(tl, lane_row(lane, tl->n_res, i), from);
    toggle_moved(tl, tl->of[slot], position);
}

/* The pieces of all lanes by their first slots: chains of positions, one a slot. */
struct chains {
    size_t *first; /* by slot */
    size_t *next;  /* by position */
    size_t *piece; /* of the lane, that is next */
};

static void chain_next(const struct timeline *tl, struct chains *c, size_t position)
{
    const struct lane *lane = &tl->lanes[position];
    size_t slot;

    if (c->piece[position] == lane->n)
        return;
    slot = lane_first(lane, tl->n_res, c->piece[position]);
    c->next[position] = c->first[slot];
    c->first[slot] = position;
}

/* A stretch is as the one before, but for the lanes that have a piece begin with it. */
static void work_out_stretch(struct timeline *tl, struct chains *c, size_t from,
                             size_t slot)
{
    size_t n = tl->demands.n - from;
    struct stretch *stretch = tl->of[slot];
    uint64_t *open = stretch->open + from * tl->words;

    if (slot == 0) {
        memset(open, 0, n * tl->words * sizeof(*open));
        memset(stretch->n_open + from, 0, n * sizeof(*stretch->n_open));
    } else {
        memcpy(open, tl->of[slot - 1]->open + from * tl->words,
               n * tl->words * sizeof(*open));
        memcpy(stretch->n_open + from, tl->of[slot - 1]->n_open + from,
               n * sizeof(*stretch->n_open));
    }
    for (size_t position = c->first[slot]; position != SIZE_MAX;) {
        size_t next = c->next[position];

        enter_piece(tl, from, position, c->piece[position]++, slot);
        chain_next(tl, c, position);
        position = next;
    }
}

/* For demands from `from` on. */
static void work_out(struct timeline *tl, size_t from)
{
    struct chains c;

    demands_settle(&tl->demands);
    make_room(tl, tl->demands.n);
    tl->moved = xrealloc(tl->moved, (tl->demands.words + 1) * sizeof(*tl->moved));
    c.first = xmalloc(tl->n_slots * sizeof(*c.first));
    memset(c.first, 0xff, tl->n_slots * sizeof(*c.first));
    c.next = xcalloc(tl->n_nodes + 1, sizeof(*c.next));
    c.piece = xcalloc(tl->n_nodes + 1, sizeof(*c.piece));
    for (size_t position = 0; position < tl->n_nodes; position++)
        chain_next(tl, &c, position);
    for (size_t slot = 0; slot < tl->n_slots; slot = tl->of[slot]->last)
        work_out_stretch(tl, &c, from, slot);
    free(c.first);
    free(c.next);
    free(c.piece);
}

void timeline_ready(struct timeline *tl)
{
    tl->filling = false;
    tl->overcommitted = false;
    work_out(tl, 0);
}

size_t timeline_demand(struct timeline *tl, const struct resvec *each, bool exclusive)
{
    size_t n = tl->demands.n, demand = demands_get(&tl->demands, each, exclusive);

    if (demand == n && !tl->filling)
        work_out(tl, n);
    return demand;
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

static void shift_piece(struct timeline *tl, const struct shift *shift, size_t position,
                        size_t i)
{
    const struct lane *lane = &tl->lanes[position];
    int64_t *row = lane_row(lane, tl->n_res, i);
    size_t last = lane_last(lane, tl->n_res, i, tl->n_slots);

    if (!tl->filling && find_moved(tl, shift, row)) {
        for (size_t slot = lane_first(lane, tl->n_res, i); slot < last;
             slot = tl->of[slot]->last)
            toggle_moved(tl, tl->of[slot], position);
    }
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

static void shift_lanes(struct timeline *tl, const struct use *uses, size_t n,
                        size_t first, size_t last, int sign)
{
    if (first >= last)
        return;
    cut_before(tl, first);
    cut_before(tl, last);
    for (size_t i = 0; i < n; i++)
        shift_lane(tl, &uses[i], first, last, sign);
    tl->mutation++;
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

    for (size_t i = lane_find(lane, tl->n_res, first);
         i < lane->n && lane_first(lane, tl->n_res, i) < last; i++) {
        if (!row_holds(tl, lane_row(lane, tl->n_res, i), use))
            return false;
    }
    return true;
}

void timeline_least(const struct timeline *tl, size_t position, size_t first,
                    size_t last, struct resvec *ret)
{
    const struct lane *lane = &tl->lanes[position];
    size_t from = lane_find(lane, tl->n_res, first);

    *ret = (struct resvec){{0}};
    for (size_t k = from; k < lane->n && lane_first(lane, tl->n_res, k) < last; k++) {
        const int64_t *row = lane_row(lane, tl->n_res, k);

        for (int i = 0; i < tl->n_res - 1; i++)
            ret->v[i] = k == from ? row[i] : MIN(ret->v[i], row[i]);
    }
}
