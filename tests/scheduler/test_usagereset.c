#include "scheduler/usagereset.h"

#include <time.h>

#include "base/rng.h"
#include "base/util.h"
#include "scheduler/model.h"
#include "tests/support/suite.h"

#define DAY 86400
#define MOMENTS 20000

/* The same by the C library: the start of what `t` is in, `next` of what follows. */
static int64_t plain(enum usage_reset every, struct tm t, bool next)
{
    const int months = every == USAGE_RESET_MONTHLY     ? 1
                       : every == USAGE_RESET_QUARTERLY ? 3
                                                        : 12;

    t.tm_hour = t.tm_min = t.tm_sec = 0;
    if (every == USAGE_RESET_DAILY) {
        t.tm_mday += next;
    } else if (every == USAGE_RESET_WEEKLY) {
        t.tm_mday += (next ? 7 : 0) - t.tm_wday;
    } else {
        t.tm_mday = 1;
        t.tm_mon = t.tm_mon / months * months + (next ? months : 0);
    }
    return timegm(&t);
}

/* Over some centuries, also before the epoch. */
START_TEST(test_calendar)
{
    const struct usage_reset_rule rule = {
        .every = (enum usage_reset)(USAGE_RESET_DAILY + _i)};
    struct rng rng;

    rng_seed(&rng, (uint64_t)_i);
    for (int n = 0; n < MOMENTS; n++) {
        time_t at = (time_t)rng_below(&rng, INT64_C(20000000000)) - 5000000000;
        struct tm t;

        if (n % 3 == 0) /* at the very moment, and a second before */
            at = at / DAY * DAY - n % 2;
        gmtime_r(&at, &t);
        ck_assert_int_eq(usage_reset_before(&rule, at), plain(rule.every, t, false));
        ck_assert_int_eq(usage_reset_after(&rule, at), plain(rule.every, t, true));
    }
    ck_assert_int_eq(usage_reset_before(&rule, INT64_MIN + 1), TIME_UNSET);
    ck_assert_int_eq(usage_reset_after(&rule, INT64_MAX), TIME_UNSET);
}
END_TEST

START_TEST(test_once)
{
    const struct usage_reset_rule now = {USAGE_RESET_NOW, 100}, none = {0};
    const struct usage_reset_rule unset = {USAGE_RESET_NOW, TIME_UNSET};

    ck_assert_int_eq(usage_reset_before(&now, 99), TIME_UNSET);
    ck_assert_int_eq(usage_reset_after(&now, 99), 100);
    ck_assert_int_eq(usage_reset_before(&now, 100), 100);
    ck_assert_int_eq(usage_reset_after(&now, 100), TIME_UNSET);
    ck_assert_int_eq(usage_reset_before(&none, 1000), TIME_UNSET);
    ck_assert_int_eq(usage_reset_after(&none, 1000), TIME_UNSET);
    ck_assert_int_eq(usage_reset_before(&unset, 1000), TIME_UNSET);
    ck_assert_int_eq(usage_reset_after(&unset, 1000), TIME_UNSET);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/usagereset",
                      (struct suite_row[]){
                          {test_calendar, USAGE_RESET_YEARLY - USAGE_RESET_NOW},
                          {test_once, 1},
                          {NULL, 0},
                      });
}
