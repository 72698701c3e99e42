#include "scheduler/usagereset.h"

#include <stdbool.h>

#include "scheduler/model.h"

#define DAY_SEC INT64_C(86400)
#define WEEK_DAYS 7
#define MONTHS 12
/* Days from 0000-03-01 to the epoch, and of 400 years. */
#define EPOCH_DAYS INT64_C(719468)
#define ERA_DAYS INT64_C(146097)

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Years begin in March here, so that leap days are their last. `month`: months since
 * the year 0, January being 0. */
static int64_t day_of_month(int64_t month)
{
    int64_t year = floor_div(month - 2, MONTHS), m = month - 2 - year * MONTHS;

    return year * 365 + floor_div(year, 4) - floor_div(year, 100) +
           floor_div(year, 400) + (153 * m + 2) / 5 - EPOCH_DAYS;
}

/* The month that a day is in. */
static int64_t month_of_day(int64_t day)
{
    int64_t month = floor_div((day + EPOCH_DAYS) * 400 * MONTHS, ERA_DAYS) + 2;

    while (day_of_month(month) > day)
        month--;
    while (day_of_month(month + 1) <= day)
        month++;
    return month;
}

static int64_t months_of(enum usage_reset every)
{
    return every == USAGE_RESET_MONTHLY ? 1 : every == USAGE_RESET_QUARTERLY ? 3 : 12;
}

/* The first day, at or before `day`, of so many months. */
static int64_t month_before(enum usage_reset every, int64_t day, int64_t months_on)
{
    int64_t n = months_of(every), month = month_of_day(day);

    return day_of_month(floor_div(month, n) * n + months_on * n) * DAY_SEC;
}

/* The epoch was a Thursday: 3 days after it a Sunday. */
static int64_t week_before(int64_t day)
{
    return (floor_div(day - 3, WEEK_DAYS) * WEEK_DAYS + 3) * DAY_SEC;
}

/* Beyond that no calendar is of use, and numbers would not hold it. */
#define FAR_SEC (INT64_C(1) << 50)

/* Of those that come again: at or before a time, or `next` the one behind that. */
static int64_t moment_of(enum usage_reset every, int64_t sec, bool next)
{
    int64_t day = floor_div(sec, DAY_SEC);

    if (sec < -FAR_SEC || sec > FAR_SEC)
        return TIME_UNSET;
    switch (every) {
    case USAGE_RESET_NONE:
    case USAGE_RESET_NOW:
        break;
    case USAGE_RESET_DAILY:
        return (day + next) * DAY_SEC;
    case USAGE_RESET_WEEKLY:
        return week_before(day) + next * WEEK_DAYS * DAY_SEC;
    case USAGE_RESET_MONTHLY:
    case USAGE_RESET_QUARTERLY:
    case USAGE_RESET_YEARLY:
        return month_before(every, day, next);
    }
    return TIME_UNSET;
}

int64_t usage_reset_before(const struct usage_reset_rule *rule, int64_t sec)
{
    if (rule->every == USAGE_RESET_NOW)
        return rule->now_sec <= sec ? rule->now_sec : TIME_UNSET;
    return moment_of(rule->every, sec, false);
}

int64_t usage_reset_after(const struct usage_reset_rule *rule, int64_t sec)
{
    if (rule->every == USAGE_RESET_NOW)
        return rule->now_sec > sec ? rule->now_sec : TIME_UNSET;
    return moment_of(rule->every, sec, true);
}
