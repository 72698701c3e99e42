#include "scheduler/lane.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/util.h"
#include "scheduler/rowtable.h"
#include "tests/support/suite.h"

#define SLOTS 40
#define COLUMNS 2

/* What each slot should have, and a lane that is told the same. */
struct pair {
    struct lane lane;
    struct rowtable rows;
    int64_t plain[SLOTS][COLUMNS];
};

static void shift(struct pair *p, size_t first, size_t last, int column, int64_t by)
{
    size_t from = lane_cut(&p->lane, first), to;

    to = last < SLOTS ? lane_cut(&p->lane, last) : p->lane.n;
    for (size_t i = from; i < to; i++) {
        int64_t row[COLUMNS];

        memcpy(row, rowtable_at(&p->rows, p->lane.rows[i]), sizeof(row));
        row[column] += by;
        p->lane.rows[i] = rowtable_get(&p->rows, row);
    }
    lane_join(&p->lane, to);
    lane_join(&p->lane, from);
    for (size_t slot = first; slot < last; slot++)
        p->plain[slot][column] += by;
}

static void compare(const struct pair *p)
{
    for (size_t slot = 0; slot < SLOTS; slot++) {
        size_t i = lane_find(&p->lane, slot);
        const int64_t *row = rowtable_at(&p->rows, p->lane.rows[i]);

        ck_assert(lane_first(&p->lane, i) <= slot);
        ck_assert(slot < lane_last(&p->lane, i, SLOTS));
        for (int column = 0; column < COLUMNS; column++)
            ck_assert_int_eq(row[column], p->plain[slot][column]);
    }
}

/* What is left are the rows that the lane has, each of them once. */
static void sweep(struct pair *p)
{
    AUTO_FREE uint32_t *marks = rowtable_marks(&p->rows);
    AUTO_FREE bool *seen = NULL;
    size_t n = 0;

    lane_mark(&p->lane, marks);
    rowtable_sweep(&p->rows, marks);
    lane_relabel(&p->lane, marks);
    seen = xcalloc(p->rows.n + 1, sizeof(*seen));
    for (size_t i = 0; i < p->lane.n; i++) {
        ck_assert_uint_lt(p->lane.rows[i], p->rows.n);
        n += !seen[p->lane.rows[i]];
        seen[p->lane.rows[i]] = true;
    }
    ck_assert_uint_eq(n, p->rows.n);
}

/* Takes and gives in any order; after the last give one piece is left. */
START_TEST(test_shifts)
{
    struct pair p = {0};
    struct rng rng;
    size_t first[30], last[30];
    const int64_t nothing[COLUMNS] = {0};

    rng_seed(&rng, (uint64_t)_i + 1);
    rowtable_reset(&p.rows, COLUMNS);
    lane_reset(&p.lane, rowtable_get(&p.rows, nothing));
    for (size_t i = 0; i < ARRAY_LEN(first); i++) {
        first[i] = rng_below(&rng, SLOTS);
        last[i] = first[i] + 1 + rng_below(&rng, SLOTS - first[i]);
        shift(&p, first[i], last[i], (int)(i % COLUMNS), -(int64_t)(1 + i % 3));
        compare(&p);
        sweep(&p);
        compare(&p);
    }
    for (size_t i = 0; i < ARRAY_LEN(first); i++) {
        shift(&p, first[i], last[i], (int)(i % COLUMNS), (int64_t)(1 + i % 3));
        compare(&p);
    }
    ck_assert_uint_eq(p.lane.n, 1);
    lane_fini(&p.lane);
    rowtable_fini(&p.rows);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/lane",
                      (struct suite_row[]){{test_shifts, 50}, {NULL, 0}});
}
