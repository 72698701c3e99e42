#include "scheduler/demand.h"

#include "base/rng.h"
#include "base/util.h"
#include "tests/support/suite.h"

#define COLUMNS (RES_FIXED + 1)

static bool is_met(const struct demand *d, const int64_t *row)
{
    for (int i = 0; i < RES_FIXED; i++) {
        if (d->each.v[i] > 0 && row[i] < d->each.v[i])
            return false;
    }
    return row[COLUMNS - 1] >= d->seats;
}

static bool table_has(const struct demands *d, size_t i, const int64_t *row)
{
    bool met = true;

    for (int column = 0; column < COLUMNS; column++)
        met &= demands_met(d, column, demands_step(d, column, row[column]))[i / 64] >>
                   (i % 64) &
               1;
    return met;
}

static void draw_demand(struct demands *d, struct rng *rng)
{
    struct resvec each = {{0}};

    for (int i = 0; i < RES_FIXED; i++)
        each.v[i] = (int64_t)rng_below(rng, 6);
    demands_get(d, &each, rng_below(rng, 5) == 0);
}

/* Whatever a row has, the table says what looking at each demand says. */
START_TEST(test_met)
{
    static const int64_t seats[] = {SEATS, SEATS - 1, 1, 0, -1};
    struct demands d = {0};
    struct rng rng;
    int64_t row[COLUMNS];

    rng_seed(&rng, (uint64_t)_i + 1);
    demands_reset(&d, COLUMNS);
    for (int i = 0; i < 1 + 50 * _i; i++)
        draw_demand(&d, &rng);
    demands_settle(&d);
    for (int round = 0; round < 100; round++) {
        for (int column = 0; column < RES_FIXED; column++)
            row[column] = (int64_t)rng_below(&rng, 8) - 2;
        row[COLUMNS - 1] = seats[rng_below(&rng, ARRAY_LEN(seats))];
        for (size_t i = 0; i < d.n; i++)
            ck_assert(table_has(&d, i, row) == is_met(&d.items[i], row));
    }
    demands_fini(&d);
}
END_TEST

/* Equal needs are one demand; who is not asked for twice is dropped. */
START_TEST(test_get)
{
    struct demands d = {0};
    struct resvec one = {{1}}, two = {{2}};

    demands_reset(&d, COLUMNS);
    ck_assert_uint_eq(demands_get(&d, &one, false), 0);
    ck_assert_uint_eq(demands_get(&d, &one, true), 1);
    ck_assert_uint_eq(demands_get(&d, &two, false), 2);
    ck_assert_uint_eq(demands_get(&d, &one, false), 0);
    demands_reset(&d, COLUMNS);
    ck_assert_uint_eq(d.n, 3);
    ck_assert_uint_eq(demands_get(&d, &two, false), 2);
    demands_reset(&d, COLUMNS);
    ck_assert_uint_eq(d.n, 1);
    ck_assert_uint_eq(demands_get(&d, &two, false), 0);
    demands_fini(&d);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/demand",
                      (struct suite_row[]){{test_met, 4}, {test_get, 1}, {NULL, 0}});
}
