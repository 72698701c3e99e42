#include "scheduler/decay.h"

#include <math.h>
#include <stdlib.h>

#include "base/util.h"
#include "tests/support/suite.h"

#define WEEK (7 * 86400)

static const struct {
    const char *name;
    int64_t value, dt_sec, half_life_sec, left;
} cases[] = {
    {"at once", 1000, 0, WEEK, 1000},
    {"a half-life", 1000, WEEK, WEEK, 500},
    {"three", 1000, 3 * WEEK, WEEK, 125},
    {"half of one", 1000000, WEEK / 2, WEEK, 707106},
    {"one and a half", 1000000, WEEK + WEEK / 2, WEEK, 353553},
    {"rounded down", 1, 1, WEEK, 0},
    {"nothing is left", INT64_MAX, 64LL * WEEK, WEEK, 0},
    {"nearly nothing", INT64_MAX, 62LL * WEEK, WEEK, 1},
    {"for ever", INT64_MAX, INT64_MAX, 1, 0},
    {"no decay", 1000, 100 * WEEK, 0, 1000},
    {"the future", 1000, -5, WEEK, 1000},
    {"a very long half-life", 1000, 1, INT64_MAX, 999},
    {"the largest", INT64_MAX, WEEK, WEEK, INT64_MAX / 2},
    {"nothing", 0, WEEK, WEEK, 0},
};

START_TEST(test_decay)
{
    int64_t left = decay(cases[_i].value, cases[_i].dt_sec, cases[_i].half_life_sec);

    ck_assert_msg(left == cases[_i].left, "%s: %lld", cases[_i].name, (long long)left);
}
END_TEST

/* Against the C library's, which other machines may round otherwise. */
START_TEST(test_as_exp2)
{
    static const int64_t half_lives[] = {1, 7, 3600, WEEK, 400LL * 86400};
    const int64_t value = INT64_C(1) << 52;

    for (size_t h = 0; h < ARRAY_LEN(half_lives); h++) {
        for (int64_t dt = 1; dt < 40 * half_lives[h]; dt += 1 + dt / 7) {
            double want = (double)value * exp2(-(double)dt / (double)half_lives[h]);
            double got = (double)decay(value, dt, half_lives[h]);

            ck_assert_msg(fabs(got - want) <= 1 + want * 1e-13, "%lld of %lld: %f, %f",
                          (long long)dt, (long long)half_lives[h], got, want);
        }
    }
}
END_TEST

static const struct {
    const char *name;
    int64_t dt_sec, half_life_sec;
    double charge; /* seconds */
} charges[] = {
    {"nothing", 0, WEEK, 0},
    {"the past", -1, WEEK, 0},
    {"no decay", 300, 0, 300},
    {"hardly any", 300, WEEK, 299.94844}, /* 300 - 300^2 ln 2 / (2 week) */
    {"a second", 1, WEEK, 0.9999994},
    {"a half-life", WEEK, WEEK, 436270.98}, /* week / (2 ln 2) */
    {"two", 2 * WEEK, WEEK, 654406.47},     /* 3/4 of week / ln 2 */
    {"for ever", 1000LL * WEEK, WEEK, 872541.96},
    {"longer than numbers go", INT64_MAX, 0, INT64_MAX >> 20},
    {"a half-life that is none", 300, INT64_MAX, 300},
};

START_TEST(test_charge)
{
    double got =
        (double)decay_charge(charges[_i].dt_sec, charges[_i].half_life_sec) / DECAY_ONE;

    ck_assert_msg(fabs(got - charges[_i].charge) <= 1e-5 + charges[_i].charge * 1e-8,
                  "%s: %f", charges[_i].name, got);
}
END_TEST

/* Charged in pieces, each faded until the end, it comes to the same. */
START_TEST(test_pieces)
{
    int64_t sum = 0;

    for (int64_t at = 0; at < WEEK; at += 300)
        sum += decay(decay_charge(300, WEEK), WEEK - at - 300, WEEK);
    ck_assert_int_le(llabs(sum - decay_charge(WEEK, WEEK)), 4000); /* of 4e11 */
}
END_TEST

int main(void)
{
    return suite_main("scheduler/decay", (struct suite_row[]){
                                             {test_decay, ARRAY_LEN(cases)},
                                             {test_as_exp2, 1},
                                             {test_charge, ARRAY_LEN(charges)},
                                             {test_pieces, 1},
                                             {NULL, 0},
                                         });
}
