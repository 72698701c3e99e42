#include "scheduler/lane.h"

#include "base/rng.h"
#include "base/util.h"
#include "tests/support/suite.h"

#define SLOTS 40
#define COLUMNS 2

/* What each slot should have, and a lane that is told the same. */
struct pair {
    struct lane lane;
    int64_t plain[SLOTS][COLUMNS];
};

static void shift(struct pair *p, size_t first, size_t last, int column, int64_t by)
{
    size_t from = lane_cut(&p->lane, COLUMNS, first), to;

    to = last < SLOTS ? lane_cut(&p->lane, COLUMNS, last) : p->lane.n;
    for (size_t i = from; i < to; i++)
        lane_row(&p->lane, COLUMNS, i)[column] += by;
    lane_join(&p->lane, COLUMNS, to);
    lane_join(&p->lane, COLUMNS, from);
    for (size_t slot = first; slot < last; slot++)
        p->plain[slot][column] += by;
}

static void compare(const struct pair *p)
{
    for (size_t slot = 0; slot < SLOTS; slot++) {
        size_t i = lane_find(&p->lane, slot);
        const int64_t *row = lane_row(&p->lane, COLUMNS, i);

        ck_assert(lane_first(&p->lane, i) <= slot);
        ck_assert(slot < lane_last(&p->lane, i, SLOTS));
        for (int column = 0; column < COLUMNS; column++)
            ck_assert_int_eq(row[column], p->plain[slot][column]);
    }
}

/* Takes and gives in any order; after the last give one piece is left. */
START_TEST(test_shifts)
{
    struct pair p = {0};
    struct rng rng;
    size_t first[30], last[30];

    rng_seed(&rng, (uint64_t)_i + 1);
    lane_reset(&p.lane, COLUMNS);
    for (size_t i = 0; i < ARRAY_LEN(first); i++) {
        first[i] = rng_below(&rng, SLOTS);
        last[i] = first[i] + 1 + rng_below(&rng, SLOTS - first[i]);
        shift(&p, first[i], last[i], (int)(i % COLUMNS), -(int64_t)(1 + i % 3));
        compare(&p);
    }
    for (size_t i = 0; i < ARRAY_LEN(first); i++) {
        shift(&p, first[i], last[i], (int)(i % COLUMNS), (int64_t)(1 + i % 3));
        compare(&p);
    }
    ck_assert_uint_eq(p.lane.n, 1);
    lane_fini(&p.lane);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/lane",
                      (struct suite_row[]){{test_shifts, 50}, {NULL, 0}});
}
