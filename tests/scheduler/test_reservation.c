/* What comes of them in a queue is in tests/scheduler/scenarios/reservation-*. */
#include "scheduler/reservation.h"

#include "base/duration.h"
#include "base/util.h"
#include "tests/support/suite.h"

#define HOUR 3600
#define DAY (24 * HOUR)
#define ONCE RESV_ONCE

/* The epoch was a Thursday. */
static const struct {
    const char *name;
    int64_t start, end;
    enum resv_repeat repeat;
    int64_t other_start, other_end;
    enum resv_repeat other_repeat;
    int64_t now;
    bool meets;
} cases[] = {
    {"one behind the other", 0, HOUR, ONCE, HOUR, 2 * HOUR, ONCE, 0, false},
    {"one in the other", 0, 4 * HOUR, ONCE, HOUR, 2 * HOUR, ONCE, 0, true},
    {"a second", 0, HOUR + 1, ONCE, HOUR, 2 * HOUR, ONCE, 0, true},
    {"both are over", 0, 4 * HOUR, ONCE, HOUR, 2 * HOUR, ONCE, 4 * HOUR, false},
    {"one is over", 0, 4 * HOUR, ONCE, HOUR, 2 * HOUR, ONCE, 3 * HOUR, false},
    {"daily, on some other day", 0, HOUR, RESV_DAILY, 50 * DAY, 50 * DAY + 60, ONCE, 0,
     true},
    {"daily, at another hour", 0, HOUR, RESV_DAILY, 50 * DAY + HOUR,
     50 * DAY + 2 * HOUR, ONCE, 0, false},
    {"before the first day", 9 * DAY, 9 * DAY + HOUR, RESV_DAILY, 0, HOUR, ONCE, 0,
     false},
    {"weekdays and a Saturday", 0, HOUR, RESV_WEEKDAY, 2 * DAY, 2 * DAY + HOUR, ONCE, 0,
     false},
    {"weekdays and weekends", 0, HOUR, RESV_WEEKDAY, 0, HOUR, RESV_WEEKEND, 0, false},
    {"weekdays and Mondays", 0, HOUR, RESV_WEEKDAY, 4 * DAY, 4 * DAY + HOUR,
     RESV_WEEKLY, 0, true},
    {"weekends and Mondays", 0, HOUR, RESV_WEEKEND, 4 * DAY, 4 * DAY + HOUR,
     RESV_WEEKLY, 0, false},
    {"Thursdays and Fridays", 0, HOUR, RESV_WEEKLY, DAY, DAY + HOUR, RESV_WEEKLY, 0,
     false},
    {"Thursdays and later Thursdays", 0, HOUR, RESV_WEEKLY, 70 * DAY + 60,
     70 * DAY + HOUR, RESV_WEEKLY, 0, true},
    {"halves of hours", 0, HOUR / 2, RESV_HOURLY, DAY + HOUR / 2, DAY + HOUR,
     RESV_DAILY, 0, false},
    {"for ever", 0, INT64_MAX / 4, ONCE, 70 * DAY, 70 * DAY + 1, ONCE, 0, true},
};

START_TEST(test_meets)
{
    const struct reservation a = {.start_sec = cases[_i].start,
                                  .end_sec = cases[_i].end,
                                  .repeat = cases[_i].repeat,
                                  .float_sec = LIMIT_UNSET};
    const struct reservation b = {.start_sec = cases[_i].other_start,
                                  .end_sec = cases[_i].other_end,
                                  .repeat = cases[_i].other_repeat,
                                  .float_sec = LIMIT_UNSET};

    ck_assert_msg(reservation_meets(&a, &b, cases[_i].now) == cases[_i].meets, "%s",
                  cases[_i].name);
    ck_assert_msg(reservation_meets(&b, &a, cases[_i].now) == cases[_i].meets,
                  "%s, the other way round", cases[_i].name);
}
END_TEST

/* One that floats an hour ahead, up to its end. */
static const struct {
    int64_t end, now, start; /* 0: it is over */
} floats[] = {
    {DAY, 0, HOUR},
    {DAY, 5 * HOUR, 6 * HOUR},
    {DAY, 23 * HOUR - 1, DAY - 1},
    {DAY, 23 * HOUR, 0},
    {DAY, INT64_MAX, 0},
    {INT64_MAX / 4, 900 * DAY, 900 * DAY + HOUR},
};

START_TEST(test_floats)
{
    const struct reservation r = {.end_sec = floats[_i].end, .float_sec = HOUR};
    int64_t start = 0, end = 0;
    bool is = reservation_occurrence(&r, floats[_i].now, &start, &end);

    ck_assert(is == (floats[_i].start != 0));
    if (is) {
        ck_assert_int_eq(start, floats[_i].start);
        ck_assert_int_eq(end, floats[_i].end);
    }
}
END_TEST

/* It clashes with what is longer than it is away, and so would be in its way. */
START_TEST(test_floating_meets)
{
    const struct reservation floating = {.end_sec = INT64_MAX / 4, .float_sec = HOUR};
    struct reservation other = {.start_sec = 5 * HOUR, .float_sec = LIMIT_UNSET};

    for (int i = 0; i < 2; i++) {
        other.end_sec = other.start_sec + HOUR + i;
        ck_assert(reservation_meets(&floating, &other, 0) == (i == 1));
        ck_assert(reservation_meets(&other, &floating, 0) == (i == 1));
    }
}
END_TEST

/* From Saturday, 2027-03-27 on, 09:00 in Berlin or what is said; clocks are put forward
 * on the next morning, and back on 2027-10-31. */
static const struct {
    const char *name, *start;
    enum resv_repeat repeat;
    const char *at, *next; /* the first that is not over then begins */
} dated[] = {
    {"the first", "2027-03-27T08:00:00Z", RESV_DAILY, "2027-03-27T08:59:59Z",
     "2027-03-27T08:00:00Z"},
    {"clocks are put forward", "2027-03-27T08:00:00Z", RESV_DAILY,
     "2027-03-27T09:00:00Z", "2027-03-28T07:00:00Z"},
    {"in summer it is not over", "2027-03-27T08:00:00Z", RESV_DAILY,
     "2027-07-01T07:59:59Z", "2027-07-01T07:00:00Z"},
    {"in summer it is", "2027-03-27T08:00:00Z", RESV_DAILY, "2027-07-01T08:00:00Z",
     "2027-07-02T07:00:00Z"},
    {"clocks are put back", "2027-03-27T08:00:00Z", RESV_DAILY, "2027-10-30T08:00:00Z",
     "2027-10-31T08:00:00Z"},
    {"a week later", "2027-03-27T08:00:00Z", RESV_WEEKLY, "2027-03-28T00:00:00Z",
     "2027-04-03T07:00:00Z"},
    {"the next Monday", "2027-03-27T08:00:00Z", RESV_WEEKDAY, "2027-03-27T00:00:00Z",
     "2027-03-29T07:00:00Z"},
    {"a Monday in Berlin", "2027-03-28T22:30:00Z", RESV_WEEKDAY, "2027-03-28T00:00:00Z",
     "2027-03-28T22:30:00Z"},
    {"no Sunday in Berlin", "2027-03-28T22:30:00Z", RESV_WEEKEND,
     "2027-03-28T00:00:00Z", "2027-04-02T22:30:00Z"},
    {"hours are hours", "2027-03-27T08:30:00Z", RESV_HOURLY, "2027-03-28T01:45:00Z",
     "2027-03-28T01:30:00Z"},
    {"at a time that no clock shows", "2027-03-27T01:30:00Z", RESV_DAILY,
     "2027-03-28T00:00:00Z", "2027-03-28T01:30:00Z"},
    {"the first of two times", "2027-10-30T00:30:00Z", RESV_DAILY,
     "2027-10-30T12:00:00Z", "2027-10-31T00:30:00Z"},
};

static int64_t sec_of(const char *text)
{
    int64_t sec = 0;

    ck_assert_int_eq(time_parse_rfc3339(text, &sec, NULL), 0);
    return sec;
}

START_TEST(test_zone)
{
    ZONE_AUTO struct zone zone = {0};
    int64_t first = sec_of(dated[_i].start), start, end;

    ck_assert_int_eq(zone_load("Europe/Berlin", &zone, NULL), 0);
    const struct reservation r = {.start_sec = first,
                                  .end_sec = first + HOUR,
                                  .repeat = dated[_i].repeat,
                                  .shifts = zone.shifts,
                                  .n_shifts = zone.n,
                                  .float_sec = LIMIT_UNSET};
    ck_assert(reservation_occurrence(&r, sec_of(dated[_i].at), &start, &end));
    ck_assert_msg(start == sec_of(dated[_i].next), "%s: at %lld", dated[_i].name,
                  (long long)start);
    ck_assert_int_eq(end, start + HOUR);
}
END_TEST

/* From one to the next there is none that is left out, over some years. */
START_TEST(test_zone_steps)
{
    ZONE_AUTO struct zone zone = {0};
    int64_t first = sec_of("2027-01-01T01:30:00Z"), start, end, before = 0;

    ck_assert_int_eq(zone_load("Europe/Berlin", &zone, NULL), 0);
    const struct reservation r = {.start_sec = first,
                                  .end_sec = first + HOUR / 2,
                                  .repeat = RESV_DAILY,
                                  .shifts = zone.shifts,
                                  .n_shifts = zone.n,
                                  .float_sec = LIMIT_UNSET};
    for (int64_t at = first, i = 0; i < 1500; at = end, i++) {
        ck_assert(reservation_occurrence(&r, at, &start, &end));
        ck_assert(i == 0 ||
                  (start - before >= DAY - HOUR && start - before <= DAY + HOUR));
        before = start;
    }
}
END_TEST

int main(void)
{
    return suite_main("scheduler/reservation",
                      (struct suite_row[]){{test_meets, ARRAY_LEN(cases)},
                                           {test_floats, ARRAY_LEN(floats)},
                                           {test_floating_meets, 1},
                                           {test_zone, ARRAY_LEN(dated)},
                                           {test_zone_steps, 1},
                                           {NULL, 0}});
}
