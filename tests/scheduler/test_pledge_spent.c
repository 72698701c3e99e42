/* What plans may be charged for: beside whom may a job start, and for how much? */
#include "base/util.h"
#include "scheduler/pledge.h"
#include "tests/support/suite.h"

#define SLOTS 10
#define NONE SIZE_MAX
#define EVER (SIZE_MAX - 1) /* whenever it begins */

static const int64_t times[SLOTS] = {0, 10, 20, 30, 40, 50, 60, 70, 80, 90};

/* Of 100: each of the plans takes so much from its slot on, and may start with so much
 * in all. The job takes `need` beside them, and has `room` to start itself. */
static const struct {
    const char *name;
    struct {
        int64_t takes;
        size_t first;
        __int128 most;
    } plans[3];
    int64_t need, room;
    bool beside_planned;
    size_t first;
    size_t over; /* the last slot in which it may not start */
    __int128 spare;
} cases[] = {
    {"nobody is planned", {{0}}, 200, -100, false, 5, NONE, PLEDGE_ANY},
    {"as much as is left", {{60, 3, 100}}, 40, 60, false, 0, NONE, 40},
    {"more than is left", {{60, 3, 100}}, 41, 59, false, 0, 3, 40},
    {"behind the start of who is planned", {{60, 3, 100}}, 41, 60, false, 4, NONE, 40},
    {"too much to start itself", {{60, 3, 100}}, 41, 59, false, 4, EVER, 40},
    {"now it starts by what has been charged",
     {{60, 0, 160}},
     41,
     59,
     false,
     0,
     NONE,
     100},
    {"another limit stands for it", {{60, 3, 100}}, 0, -1, true, 4, NONE, 40},
    {"and yet it takes too much", {{60, 3, 100}}, 41, -1, true, 2, 3, 40},
    {"another limit stands for who is planned",
     {{60, 3, PLEDGE_ANY}},
     200,
     -100,
     false,
     0,
     NONE,
     PLEDGE_ANY},
    {"who needs less to start than he takes",
     {{120, 3, 160}},
     40,
     0,
     false,
     0,
     NONE,
     40},
    {"and not even that is left", {{120, 3, 160}}, 41, 0, false, 0, 3, 40},
    {"the last of several",
     {{20, 3, 100}, {20, 5, 100}, {20, 7, PLEDGE_ANY}},
     61,
     0,
     false,
     0,
     5,
     60},
    {"one who needs less behind them",
     {{20, 3, 100}, {20, 5, 100}, {40, 7, 120}},
     41,
     0,
     false,
     0,
     7,
     40},
};

START_TEST(test_cases)
{
    struct pledges pledges = {0};
    struct pledge *pledge = pledges_get(&pledges, &cases[_i], "ann", PLEDGE_SPENT);
    const struct pledge_bound bound = {.pledge = pledge,
                                       .room = cases[_i].room,
                                       .need = cases[_i].need,
                                       .beside_planned = cases[_i].beside_planned};
    const size_t first = cases[_i].first;

    for (size_t i = 0; i < ARRAY_LEN(cases[_i].plans); i++) {
        const struct amounts amounts = {.planned = cases[_i].plans[i].takes};

        if (amounts.planned == 0)
            continue;
        pledge_take(pledge, &amounts, cases[_i].plans[i].first, SLOTS, SLOTS);
        pledge_start(pledge, cases[_i].plans[i].most, cases[_i].plans[i].first, SLOTS,
                     1);
    }
    ck_assert_msg(pledge_short(&bound, times, first, SLOTS) == cases[_i].over, "%s",
                  cases[_i].name);
    ck_assert_msg(pledge_short(&bound, times, first, first + 1) == cases[_i].over,
                  "%s, however short it is", cases[_i].name);
    ck_assert_msg(pledge_spare(pledge) == cases[_i].spare, "%s", cases[_i].name);
    pledges_reset(&pledges);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/pledge_spent",
                      (struct suite_row[]){{test_cases, ARRAY_LEN(cases)}, {NULL, 0}});
}
