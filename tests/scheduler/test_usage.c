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
    {300, 0, 0, 0},
    {300, 1, 0, 300},
    {300, 299, 0, 300},
    {300, 300, 300, 300},
    {300, -1, -300, 0},
    {300, -300, -300, -300},
    {1, 17, 17, 17},
    {86400, 1, 0, 86400},
    {300, TIME_UNSET, TIME_UNSET, TIME_UNSET},
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

static int64_t past_of(const struct account *a)
{
    return used_of(&a->members[0].usage.past, TRES_BILLING, NULL);
}

static struct usage_charge charge_of(int64_t rate, int64_t from_sec, int64_t to_sec)
{
    struct usage_charge ret = {.from_sec = from_sec, .to_sec = to_sec};

    usage_charge_add(&ret, TRES_BILLING, NULL, rate);
    return ret;
}

static void end_one(const struct usage_rules *rules, struct account *a, int64_t rate,
                    int64_t from_sec, int64_t to_sec)
{
    const struct usage_charge charge = charge_of(rate, from_sec, to_sec);

    usage_end(rules, usage_book_of_account(a), &a->members[0].usage, &charge);
}

static void advance(const struct usage_rules *rules, struct account *a, int64_t at_sec)
{
    usage_advance(rules, usage_book_of_account(a), at_sec);
}

static void charge_at(const struct usage_rules *rules, struct account *a,
                      const struct usage_charge *charge, int64_t at_sec)
{
    struct usage_book book = usage_book_of_account(a);
    int64_t since = usage_advance(rules, book, at_sec);

    usage_add(rules, book, &a->members[0].usage, charge, since);
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
        struct usage_charge charge = charge_of(8000, from, to);
        struct account *whole = account_of_ann(), *pieces = account_of_ann();

        charge_at(&rules, whole, &charge, end);
        for (; at < to; at += 300 * (int64_t)(1 + rng_below(&rng, 50)))
            charge_at(&rules, pieces, &charge, at);
        if (rng_below(&rng, 2) == 0) {
            end_one(&rules, pieces, 8000, from, to);
            charge.n = 0;
        }
        charge_at(&rules, pieces, &charge, end);
        ck_assert_msg(llabs(past_of(whole) - past_of(pieces)) <= 3000,
                      "%lld to %lld: %lld, in pieces %lld", (long long)from,
                      (long long)to, (long long)past_of(whole),
                      (long long)past_of(pieces));
        account_free(whole);
        account_free(pieces);
    }
}
END_TEST

/* Not for what it has been charged for already, nor when the clock goes back. */
START_TEST(test_again)
{
    const struct usage_rules rules = {.half_life_sec = 0, .period_sec = 100};
    const struct usage_charge charge = charge_of(1000, 50, 1000);
    struct account *a = account_of_ann();

    for (int i = 0; i < 3; i++)
        charge_at(&rules, a, &charge, 200);
    ck_assert_int_eq(past_of(a), 150000);
    charge_at(&rules, a, &charge, 100);
    ck_assert_int_eq(a->as_of.usage_sec, 200);
    ck_assert_int_eq(past_of(a), 150000);
    end_one(&rules, a, 1000, 0, 200);
    ck_assert_int_eq(a->as_of.recent_sec, TIME_UNSET);
    end_one(&rules, a, 1000, 0, 250);
    ck_assert_int_eq(a->as_of.recent_sec, 300);
    end_one(&rules, a, 1000, 0, 730);
    ck_assert_int_eq(a->as_of.recent_sec, 800);
    ck_assert_int_eq(used_of(&a->members[0].usage.recent, TRES_BILLING, NULL),
                     50000 + 530000);
    advance(&rules, a, 700); /* what is recent is not yet due */
    ck_assert_int_eq(past_of(a), 150000);
    advance(&rules, a, 800);
    ck_assert_int_eq(past_of(a), 730000);
    ck_assert_int_eq(a->as_of.recent_sec, TIME_UNSET);
    account_free(a);
}
END_TEST

/* What lies before a reset is forgotten, at the end of the period that it is in; the
 * job goes on. */
START_TEST(test_reset)
{
    const struct usage_rules rules = {.period_sec = 700,
                                      .reset = {.every = USAGE_RESET_DAILY}};
    const int64_t reset = 86800; /* 124 periods */
    const struct usage_charge charge = charge_of(1000, 1000, 90000);
    struct account *a = account_of_ann();

    ck_assert_int_eq(usage_reset_at(&rules, reset), reset);
    ck_assert_int_eq(usage_reset_at(&rules, reset - 1), 0);
    charge_at(&rules, a, &charge, reset - 700);
    ck_assert_int_eq(past_of(a), (reset - 700 - 1000) * 1000);
    ck_assert(!usage_is_reset(&rules, usage_book_of_account(a), reset - 700));
    ck_assert(usage_is_reset(&rules, usage_book_of_account(a), reset));
    charge_at(&rules, a, &charge, reset);
    ck_assert_int_eq(past_of(a), 0);
    ck_assert(!usage_is_reset(&rules, usage_book_of_account(a), reset + 1400));
    charge_at(&rules, a, &charge, reset + 1400);
    ck_assert_int_eq(past_of(a), 1400 * 1000);
    account_free(a);
}
END_TEST

/* Of what ends before it nothing is left, of what ends behind it what lies behind. */
START_TEST(test_reset_recent)
{
    const struct usage_rules rules = {.period_sec = 700,
                                      .reset = {.every = USAGE_RESET_DAILY}};
    const int64_t reset = 86800;
    struct account *a = account_of_ann();

    advance(&rules, a, reset - 1400);
    end_one(&rules, a, 1000, 0, reset - 100);
    ck_assert_int_eq(a->as_of.recent_sec, reset);
    end_one(&rules, a, 1000, 0, reset + 50);
    advance(&rules, a, reset + 700);
    ck_assert_int_eq(past_of(a), 50 * 1000);
    end_one(&rules, a, 1000, 0, reset + 750);
    ck_assert_int_eq(a->as_of.recent_sec, reset + 1400);
    advance(&rules, a, reset + 86800);
    ck_assert_int_eq(past_of(a), 0);
    ck_assert_int_eq(a->as_of.recent_sec, TIME_UNSET);
    account_free(a);
}
END_TEST

/* Of what ended when nobody knows when, before there was any time: nothing. */
START_TEST(test_no_time)
{
    const struct usage_rules rules = {.period_sec = 100,
                                      .reset = {.every = USAGE_RESET_MONTHLY}};
    struct account *a = account_of_ann();

    end_one(&rules, a, 1000, 0, TIME_UNSET);
    ck_assert_int_eq(a->as_of.recent_sec, TIME_UNSET);
    account_free(a);
}
END_TEST

/* Sums end at the largest number there is. */
START_TEST(test_much)
{
    const struct usage_rules rules = {.half_life_sec = 0, .period_sec = 100};
    const struct usage_charge charge = charge_of(INT64_MAX, 0, INT64_MAX);
    struct account *a = account_of_ann();

    charge_at(&rules, a, &charge, 100);
    charge_at(&rules, a, &charge, 200);
    ck_assert_int_eq(past_of(a), INT64_MAX);
    end_one(&rules, a, INT64_MAX, 0, 1000);
    advance(&rules, a, 1000);
    ck_assert_int_eq(past_of(a), INT64_MAX);
    account_free(a);
}
END_TEST

/* Each TRES by itself, GPUs of a type apart; and what fades away is gone. */
START_TEST(test_used)
{
    struct used u = {0}, more;

    used_add(&u, TRES_GPU, "h100", 4);
    used_add(&u, TRES_CPU, NULL, 64);
    used_add(&u, TRES_GPU, NULL, 6);
    used_add(&u, TRES_GPU, "a100", 2);
    used_add(&u, TRES_GPU, "h100", 1);
    used_add(&u, TRES_MEM, NULL, 0);
    ck_assert_uint_eq(u.n, 4);
    ck_assert_int_eq(used_of(&u, TRES_GPU, "h100"), 5);
    ck_assert_int_eq(used_of(&u, TRES_GPU, NULL), 6);
    ck_assert_int_eq(used_of(&u, TRES_GPU, "l4"), 0);
    more = used_copy(&u);
    ck_assert(used_equal(&u, &more));
    used_add_all(&more, &u);
    ck_assert(!used_equal(&u, &more));
    ck_assert_int_eq(used_of(&more, TRES_GPU, "a100"), 4);
    used_add(&more, TRES_CPU, NULL, INT64_MAX);
    ck_assert_int_eq(used_of(&more, TRES_CPU, NULL), INT64_MAX);
    used_fade(&u, 300, 100);
    ck_assert_int_eq(used_of(&u, TRES_CPU, NULL), 8);
    ck_assert_uint_eq(u.n, 1);
    used_fini(&u);
    used_fini(&more);
}
END_TEST

/* A charge has room for so many TRES; the same one is added to. */
START_TEST(test_rates)
{
    struct usage_charge charge = charge_of(1, 0, 1);
    char type[] = "a";

    for (; charge.n < USAGE_RATES_MAX; type[0]++)
        usage_charge_add(&charge, TRES_GPU, xstrdup(type), 1);
    usage_charge_add(&charge, TRES_CPU, NULL, 1);
    ck_assert_uint_eq(charge.n, USAGE_RATES_MAX);
    usage_charge_add(&charge, TRES_BILLING, NULL, INT64_MAX);
    ck_assert_int_eq(charge.rates[0].rate, INT64_MAX);
    for (size_t i = 1; i < charge.n; i++)
        free((char *)charge.rates[i].type);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/usage", (struct suite_row[]){
                                             {test_periods, ARRAY_LEN(periods)},
                                             {test_pieces, 10},
                                             {test_again, 1},
                                             {test_reset, 1},
                                             {test_reset_recent, 1},
                                             {test_much, 1},
                                             {test_no_time, 1},
                                             {test_used, 1},
                                             {test_rates, 1},
                                             {NULL, 0},
                                         });
}
