/* What comes of usage in a queue is in tests/scheduler/scenarios/usage-*.txt. */
#include "scheduler/usage.h"

#include <stdlib.h>

#include "base/rng.h"
#include "base/util.h"
#include "tests/support/suite.h"

#define WEEK (7 * 86400)

static const struct {
    int64_t period_sec, now_sec, before, after;
} periods[] = {
    {300, 0, 0, 0},       {300, 1, 0, 300},     {300, 299, 0, 300},
    {300, 300, 300, 300}, {300, -1, -300, 0},   {300, -300, -300, -300},
    {1, 17, 17, 17},      {86400, 1, 0, 86400},
};

START_TEST(test_periods)
{
    const struct usage_rules rules = {.period_sec = periods[_i].period_sec};

    ck_assert_int_eq(usage_period_before(&rules, periods[_i].now_sec),
                     periods[_i].before);
    ck_assert_int_eq(usage_period_after(&rules, periods[_i].now_sec),
                     periods[_i].after);
}
END_TEST

static struct account *account_of_ann(void)
{
    struct account *a = account_new();

    account_add(a, "ann", NULL, NULL);
    return a;
}

static void charge_at(const struct usage_rules *rules, struct account *a,
                      const struct usage_charge *charge, int64_t at_sec)
{
    int64_t since = usage_advance(rules, a, at_sec);

    usage_add(rules, a, &a->members[0], charge, since);
}

/* Whenever it is charged, and whether it ends within a period or at its end. */
START_TEST(test_pieces)
{
    const struct usage_rules rules = {.half_life_sec = 4 * 86400, .period_sec = 300};
    struct rng rng;

    rng_seed(&rng, (uint64_t)_i);
    for (int n = 0; n < 100; n++) {
        int64_t from = (int64_t)rng_below(&rng, 5000), at = 0;
        int64_t to = from + (int64_t)rng_below(&rng, WEEK);
        int64_t end = usage_period_after(&rules, to) + 300;
        struct usage_charge charge = {.rate = 8000, .from_sec = from, .to_sec = to};
        struct account *whole = account_of_ann(), *pieces = account_of_ann();

        charge_at(&rules, whole, &charge, end);
        for (; at < to; at += 300 * (int64_t)(1 + rng_below(&rng, 50)))
            charge_at(&rules, pieces, &charge, at);
        if (rng_below(&rng, 2) == 0) {
            usage_end(&rules, pieces, &pieces->members[0], &charge);
            charge.rate = 0;
        }
        charge_at(&rules, pieces, &charge, end);
        ck_assert_msg(llabs(whole->members[0].usage - pieces->members[0].usage) <= 3000,
                      "%lld to %lld: %lld, in pieces %lld", (long long)from,
                      (long long)to, (long long)whole->members[0].usage,
                      (long long)pieces->members[0].usage);
        account_free(whole);
        account_free(pieces);
    }
}
END_TEST

/* Not for what it has been charged for already, nor when the clock goes back. */
START_TEST(test_again)
{
    const struct usage_rules rules = {.half_life_sec = 0, .period_sec = 100};
    const struct usage_charge charge = {.rate = 1000, .from_sec = 50, .to_sec = 1000};
    struct account *a = account_of_ann();

    for (int i = 0; i < 3; i++)
        charge_at(&rules, a, &charge, 200);
    ck_assert_int_eq(a->members[0].usage, 150000);
    charge_at(&rules, a, &charge, 100);
    ck_assert_int_eq(a->usage_sec, 200);
    ck_assert_int_eq(a->members[0].usage, 150000);
    usage_end(&rules, a, &a->members[0],
              &(struct usage_charge){.rate = 1000, .from_sec = 0, .to_sec = 200});
    ck_assert_int_eq(a->recent_sec, TIME_UNSET);
    usage_end(&rules, a, &a->members[0],
              &(struct usage_charge){.rate = 1000, .from_sec = 0, .to_sec = 250});
    ck_assert_int_eq(a->recent_sec, 300);
    usage_end(&rules, a, &a->members[0],
              &(struct usage_charge){.rate = 1000, .from_sec = 0, .to_sec = 730});
    ck_assert_int_eq(a->recent_sec, 800);
    ck_assert_int_eq(a->members[0].recent, 50000 + 530000);
    usage_advance(&rules, a, 700); /* what is recent is not yet due */
    ck_assert_int_eq(a->members[0].usage, 150000);
    usage_advance(&rules, a, 800);
    ck_assert_int_eq(a->members[0].usage, 730000);
    ck_assert_int_eq(a->recent_sec, TIME_UNSET);
    account_free(a);
}
END_TEST

/* Sums end at the largest number there is. */
START_TEST(test_much)
{
    const struct usage_rules rules = {.half_life_sec = 0, .period_sec = 100};
    const struct usage_charge charge = {
        .rate = INT64_MAX, .from_sec = 0, .to_sec = INT64_MAX};
    struct account *a = account_of_ann();

    charge_at(&rules, a, &charge, 100);
    charge_at(&rules, a, &charge, 200);
    ck_assert_int_eq(a->members[0].usage, INT64_MAX);
    usage_end(&rules, a, &a->members[0],
              &(struct usage_charge){.rate = INT64_MAX, .to_sec = 1000});
    usage_advance(&rules, a, 1000);
    ck_assert_int_eq(a->members[0].usage, INT64_MAX);
    account_free(a);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/usage", (struct suite_row[]){
                                             {test_periods, ARRAY_LEN(periods)},
                                             {test_pieces, 10},
                                             {test_again, 1},
                                             {test_much, 1},
                                             {NULL, 0},
                                         });
}
