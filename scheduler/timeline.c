#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/nodeset.h"
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
    pledges_reset(&tl->pledges);
    rowtable_fini(&tl->rows);
    free(tl->chains.first);
    free(tl->chains.links);
    free(tl->vacancies);
    free(tl->met);
    free(tl->moved);
    free(tl->places);
    free(tl->stale);
    free(tl->bounds);
}

static void reset_lanes(struct timeline *tl, size_t n_nodes, int columns)
{
    const int64_t nothing[COLUMNS_MAX] = {0};

    if (tl->n_nodes != n_nodes) {
        drop_lanes(tl);
        tl->lanes = xcalloc(n_nodes + 1, sizeof(*tl->lanes));
    }
    rowtable_reset(&tl->rows, columns);
    tl->rows_limit = ROWS_SPARE;
    tl->passages.gen++;
    tl->n_met = 0;
    tl->n_nodes = n_nodes;
    tl->words = tl->n_fresh = (n_nodes + 63) / 64;
    tl->n_res = columns;
    for (size_t i = 0; i < n_nodes; i++)
        lane_reset(&tl->lanes[i], rowtable_get(&tl->rows, nothing));
    free(tl->vacancies);
    tl->vacancies = xcalloc(n_nodes + 1, sizeof(*tl->vacancies));
}

void timeline_reset(struct timeline *tl, int64_t now_sec, int64_t window_sec,
                    size_t n_nodes, int n_res)
{
    timeline_cut_slots(tl, now_sec, window_sec);
    reset_lanes(tl, n_nodes, n_res + 1);
    tl->n_known = 0;
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

static void make_stale(struct timeline *tl)
{
    size_t bytes = tl->words * sizeof(*tl->stale);

    tl->stale = xrealloc(tl->stale, bytes + 1);
    memset(tl->stale, 0xff, bytes);
    tl->n_fresh = 0;
}

void timeline_freshen(struct timeline *tl, size_t position)
{
    if (tl->n_fresh == tl->words || !node_set_has(tl->stale, position))
        return;
    lane_renumber(&tl->lanes[position], tl->places);
    tl->stale[position / 64] &= ~(UINT64_C(1) << position % 64);
}

bool timeline_renumber(struct timeline *tl)
{
    size_t first = tl->n_fresh * 64, last = MIN(first + 64, tl->n_nodes);

    for (size_t position = first; position < last; position++)
        timeline_freshen(tl, position);
    tl->n_fresh += tl->n_fresh < tl->words;
    return tl->n_fresh == tl->words;
}

bool timeline_advance(struct timeline *tl, int64_t now_sec, int64_t window_sec)
{
    AUTO_FREE int64_t *before = tl->bounds;
    int64_t minute = timeline_minute(now_sec);
    size_t n = tl->n_slots;
    bool ready = timeline_is_ready(tl);

    tl->bounds = NULL;
    timeline_cut_slots(tl, now_sec, window_sec);
    tl->n_known = ready ? tl->n_slots : 0;
    if (n == 0 || minute < before[0] || minute >= before[n - 1])
        return false;
    find_places(tl, before, n);
    make_stale(tl);
    stock_renumber(&tl->stock, tl->places);
    pledges_renumber(&tl->pledges, tl->places);
    tl->mutation++;
    tl->now_moved++;
    return openings_advance(tl, n);
}

void timeline_add_node(struct timeline *tl, size_t position,
                       const struct resvec *capacity)
{
    int64_t row[COLUMNS_MAX];

    memcpy(row, timeline_vacancy(tl, position), (size_t)tl->n_res * sizeof(*row));
    for (int i = 0; i < tl->n_res - 1; i++)
        row[i] += capacity->v[i];
    row[tl->n_res - 1] += SEATS;
    tl->vacancies[position] = rowtable_get(&tl->rows, row);
    lane_reset(&tl->lanes[position], tl->vacancies[position]);
}

static bool row_holds(const struct timeline *tl, const int64_t *row,
                      const struct use *use)
{
    for (int i = 0; i < tl->n_res - 1; i++) {
        if (use->amount.v[i] > 0 && row[i] < use->amount.v[i])
            return false;
    }
    return row[tl->n_res - 1] >= seats_needed(use->seats);
}

bool timeline_has(const struct timeline *tl, const struct use *use, size_t first,
                  size_t last)
{
    const struct lane *lane = &tl->lanes[use->position];

    for (size_t i = lane_find(lane, first); i < lane->n && lane_first(lane, i) < last;
         i++) {
        if (!row_holds(tl, rowtable_at(&tl->rows, lane->rows[i]), use))
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
        const int64_t *row = rowtable_at(&tl->rows, lane->rows[k]);

        for (int i = 0; i < tl->n_res - 1; i++)
            ret->v[i] = k == from ? row[i] : MIN(ret->v[i], row[i]);
    }
}
