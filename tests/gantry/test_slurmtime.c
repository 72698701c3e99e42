#include "cmd/gantry/slurmtime.h"

#include <stdlib.h>
#include <time.h>

#include "base/duration.h"
#include "base/util.h"
#include "tests/support/suite.h"

static const struct {
    int64_t sec;
    const char *text;
} elapsed[] = {
    {0, "0:00"},
    {5, "0:05"},
    {600, "10:00"},
    {3599, "59:59"},
    {3600, "1:00:00"},
    {86399, "23:59:59"},
    {86400, "1-00:00:00"},
    {216000, "2-12:00:00"},
    {100 * 86400 + 1, "100-00:00:01"},
    {-1, "INVALID"},
    {DURATION_UNLIMITED, "UNLIMITED"},
};

START_TEST(test_elapsed)
{
    char text[SLURMTIME_MAX];

    slurmtime_elapsed(elapsed[_i].sec, text);
    ck_assert_str_eq(text, elapsed[_i].text);
}
END_TEST

/* 1800000000 is Friday 2027-01-15 08:00:00 UTC. */
#define NOW 1800000000
#define DAY 86400

static const struct {
    const char *format;
    int64_t sec;
    const char *text;
} moments[] = {
    {NULL, NOW, "2027-01-15T08:00:00"},
    {"", NOW, "2027-01-15T08:00:00"},
    {"standard", NOW + 61, "2027-01-15T08:01:01"},
    {"relative", NOW + 61, "08:01:01"},
    {"relative", NOW - 8 * 3600, "00:00:00"},
    {"relative", NOW - 8 * 3600 - 1, "Ystday 23:59"},
    {"relative", NOW + DAY, "Tomorr 08:00"},
    {"relative", NOW + 2 * DAY, "Sun 08:00"},
    {"relative", NOW + 6 * DAY, "Thu 08:00"},
    {"relative", NOW + 7 * DAY, "22 Jan 08:00"},
    {"relative", NOW - 5 * DAY, "10 Jan 08:00"},
    {"relative", NOW - 15 * DAY, "31 Dec 2026"},
    {"RELATIVE", NOW + 400 * DAY, "19 Feb 2028"},
    {"%a %T", NOW, "Fri 08:00:00"},
    {"%s", NOW, "1800000000"},
    {"%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z%z"
     "%z%z%z%z%z%z%z%z%z%z%z%z%z%z",
     NOW, "Invalid time"},
};

START_TEST(test_moment)
{
    const struct slurmtime_style style = {moments[_i].format, NOW};
    char text[SLURMTIME_MAX];

    slurmtime_moment(&style, moments[_i].sec, text);
    ck_assert_str_eq(text, moments[_i].text);
}
END_TEST

/* Days are counted across the turn of a year, too. */
START_TEST(test_new_year)
{
    const struct slurmtime_style style = {"relative", 1798758000}; /* 31 Dec 23:00 */
    char text[SLURMTIME_MAX];

    slurmtime_moment(&style, 1798758000 + 7200, text);
    ck_assert_str_eq(text, "Tomorr 01:00");
    slurmtime_moment(&style, 1798758000 + 3 * DAY, text);
    ck_assert_str_eq(text, "Sun 23:00");
}
END_TEST

int main(void)
{
    setenv("TZ", "UTC", 1);
    setenv("LC_ALL", "C", 1);
    tzset();
    return suite_main("gantry/slurmtime", (struct suite_row[]){
                                              {test_elapsed, ARRAY_LEN(elapsed)},
                                              {test_moment, ARRAY_LEN(moments)},
                                              {test_new_year, 1},
                                              {NULL, 0},
                                          });
}
