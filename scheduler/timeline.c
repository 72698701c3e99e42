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

void timeline_fini(struct timeline *tl)
{
    for (size_t i = 0; i < tl->n_demands; i++)
        free(tl->demands[i].open);
    free(tl->demands);
    free(tl->bounds);
    free(tl->free);
    free(tl->edges);
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

/* ---- amounts ---- */

static int64_t *row_at(const struct timeline *tl, size_t slot, size_t position)
{
    return tl->free + (slot * tl->n_nodes + position) * (size_t)tl->n_res;
}

static bool row_holds(const struct timeline *tl, const int64_t *row,
                      const struct resvec *need, int64_t seats)
{
    for (int i = 0; i < tl->n_res - 1; i++) {
        if (need->v[i] > 0 && row[i] < need->v[i])
            return false;
    }
    return row[tl->n_res - 1] >= seats;
}

static void drop_unwanted(struct timeline *tl)
{
    size_t kept = 0;

    for (size_t i = 0; i < tl->n_demands; i++) {
        if (tl->demands[i].wanted)
            tl->demands[kept++] = tl->demands[i];
        else
            free(tl->demands[i].open);
    }
    tl->n_demands = kept;
    for (size_t i = 0; i < kept; i++)
        tl->demands[i].wanted = false;
}

void timeline_reset(struct timeline *tl, int64_t now_sec, int64_t window_sec,
                    size_t n_nodes, int n_res)
{
    cut(tl, now_sec, window_sec);
    tl->n_nodes = n_nodes;
    tl->words = (n_nodes + 63) / 64;
    tl->n_res = n_res + 1;
    free(tl->free);
    tl->free =
        xcalloc(tl->n_slots * n_nodes * (size_t)tl->n_res + 1, sizeof(*tl->free));
    free(tl->edges);
    tl->edges = xcalloc(tl->n_slots + 1, sizeof(*tl->edges));
    tl->filling = true;
    tl->overcommitted = false;
    tl->mutation++;
    drop_unwanted(tl);
}

void timeline_add_node(struct timeline *tl, size_t position,
                       const struct resvec *capacity)
{
    for (size_t slot = 0; slot < tl->n_slots; slot++) {
        int64_t *row = row_at(tl, slot, position);

        for (int i = 0; i < tl->n_res - 1; i++)
            row[i] += capacity->v[i];
        row[tl->n_res - 1] += SEATS;
    }
}

/* ---- demands ---- */

static void set_open(struct timeline *tl, struct demand *d, size_t slot,
                     size_t position)
{
    uint64_t bit = UINT64_C(1) << (position % 64);
    uint64_t *word = d->open + slot * tl->words + position / 64;

    if (row_holds(tl, row_at(tl, slot, position), &d->each, d->seats))
        *word |= bit;
    else
        *word &= ~bit;
}

static void work_out(struct timeline *tl, struct demand *d)
{
    size_t n = tl->n_slots * tl->words;

    d->open = xrealloc(d->open, (n + 1) * sizeof(*d->open));
    memset(d->open, 0, n * sizeof(*d->open));
    for (size_t slot = 0; slot < tl->n_slots; slot++) {
        uint64_t *row = d->open + slot * tl->words;

        if (slot > 0 && !timeline_has_edge(tl, slot)) {
            memcpy(row, row - tl->words, tl->words * sizeof(*row));
            continue;
        }
        for (size_t position = 0; position < tl->n_nodes; position++)
            set_open(tl, d, slot, position);
    }
}

void timeline_ready(struct timeline *tl)
{
    tl->filling = false;
    tl->overcommitted = false;
    for (size_t i = 0; i < tl->n_demands; i++)
        work_out(tl, &tl->demands[i]);
}

size_t timeline_demand(struct timeline *tl, const struct resvec *each, bool exclusive)
{
    int64_t seats = exclusive ? SEATS : 1;
    struct demand *d;

    for (size_t i = 0; i < tl->n_demands; i++) {
        d = &tl->demands[i];
        if (d->seats == seats && memcmp(&d->each, each, sizeof(*each)) == 0) {
            d->wanted = true;
            return i;
        }
    }
    GROW(tl->demands, tl->n_demands, tl->cap_demands);
    d = &tl->demands[tl->n_demands];
    *d = (struct demand){.each = *each, .seats = seats, .wanted = true};
    if (!tl->filling)
        work_out(tl, d);
    return tl->n_demands++;
}

/* ---- taking and giving ---- */

static void change_row(struct timeline *tl, const struct use *use, size_t slot,
                       int sign)
{
    int64_t *row = row_at(tl, slot, use->position);

    for (int i = 0; i < tl->n_res - 1; i++) {
        row[i] += sign * use->amount.v[i];
        tl->overcommitted |= row[i] < 0 && use->amount.v[i] > 0;
    }
    row[tl->n_res - 1] += sign * use->seats;
    tl->overcommitted |= row[tl->n_res - 1] < 0;
    for (size_t i = 0; i < tl->n_demands && !tl->filling; i++)
        set_open(tl, &tl->demands[i], slot, use->position);
}

void timeline_take(struct timeline *tl, const struct use *use, size_t first,
                   size_t last)
{
    for (size_t slot = first; slot < last; slot++)
        change_row(tl, use, slot, -1);
    tl->edges[first]++;
    tl->edges[last]++;
    tl->mutation++;
}

void timeline_give(struct timeline *tl, const struct use *use, size_t first,
                   size_t last)
{
    for (size_t slot = first; slot < last; slot++)
        change_row(tl, use, slot, 1);
    tl->edges[first]--;
    tl->edges[last]--;
    tl->mutation++;
}

bool timeline_has(const struct timeline *tl, const struct use *use, size_t first,
                  size_t last)
{
    for (size_t slot = first; slot < last; slot++) {
        if (!row_holds(tl, row_at(tl, slot, use->position), &use->amount, use->seats))
            return false;
    }
    return true;
}

void timeline_least(const struct timeline *tl, size_t position, size_t first,
                    size_t last, struct resvec *ret)
{
    *ret = (struct resvec){{0}};
    for (size_t slot = first; slot < last; slot++) {
        const int64_t *row = row_at(tl, slot, position);

        for (int i = 0; i < tl->n_res - 1; i++)
            ret->v[i] = slot == first ? row[i] : MIN(ret->v[i], row[i]);
    }
}
