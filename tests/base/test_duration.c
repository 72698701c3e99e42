#include "base/duration.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/util.h"
#include "tests/support/suite.h"

/* ---- durations ---- */

static const struct {
    const char *text;
    int64_t sec;
    const char *shown;
} good[] = {
    {"0", 0, "00:00:00"},
    {"90", 5400, "01:30:00"},
    {"5:30", 330, "00:05:30"},
    {"1:30:00", 5400, "01:30:00"},
    {"90:90", 5490, "01:31:30"},
    {"1-0", 86400, "1-00:00:00"},
    {"1-12", 129600, "1-12:00:00"},
    {"1-12:30", 131400, "1-12:30:00"},
    {"1-12:30:15", 131415, "1-12:30:15"},
    {"0-25", 90000, "1-01:00:00"},
    {"365000-0", DURATION_MAX, "365000-00:00:00"},
    {"-1", DURATION_UNLIMITED, "UNLIMITED"},
    {"INFINITE", DURATION_UNLIMITED, "UNLIMITED"},
    {"unlimited", DURATION_UNLIMITED, "UNLIMITED"},
    {"90s", 90, "00:01:30"},
    {"4h", 14400, "04:00:00"},
    {"1h30m", 5400, "01:30:00"},
    {"1.5h", 5400, "01:30:00"},
    {".5h", 1800, "00:30:00"},
    {"500ms", 1, "00:00:01"},
    {"1001ms", 2, "00:00:02"},
    {"1ns", 1, "00:00:01"},
    {"3000000us", 3, "00:00:03"},
    {"1\xc2\xb5s", 1, "00:00:01"},
    {"0s", 0, "00:00:00"},
    {"1m1m", 120, "00:02:00"},
};

START_TEST(test_good)
{
    struct err err = ERR_INIT;
    int64_t sec = -7;
    char shown[DURATION_TEXT_MAX];
    int rc = duration_parse(good[_i].text, &sec, &err);
    ck_assert_msg(rc == 0, "%s: %s", good[_i].text, err.msg);
    ck_assert_msg(sec == good[_i].sec, "%s: %ld", good[_i].text, (long)sec);
    duration_format(sec, shown);
    ck_assert_str_eq(shown, good[_i].shown);
}
END_TEST

static const char *const bad[] = {
    "",
    " ",
    "x",
    "-2",
    "-",
    "1-",
    "-1:00",
    "1:",
    ":1",
    "1::2",
    "1:2:3:4",
    "1-2:3:4:5",
    "1 ",
    " 1",
    "1-2-3",
    "1h-2",
    "1d",
    "h",
    "1h2",
    "-1h",
    "1.5",
    "1..5h",
    "1hm",
    "2.",
    "UNLIMITEDx",
    "365000-1",
    "9999999999999999999999",
    "9999999999999h",
    "1e3",
    "0x10",
    "4H",
    "99999999999999-0",
};

START_TEST(test_bad)
{
    struct err err = ERR_INIT;
    int64_t sec = -7;
    ck_assert_msg(duration_parse(bad[_i], &sec, &err) == -1, "\"%s\" is taken",
                  bad[_i]);
    ck_assert_int_eq(err.code, ERR_INVALID);
    ck_assert_int_eq(sec, -7);
    ck_assert_ptr_nonnull(strstr(err.msg, bad[_i]));
    ck_assert_ptr_nonnull(strstr(err.msg, "use "));
}
END_TEST

START_TEST(test_format_below_zero)
{
    char shown[DURATION_TEXT_MAX];
    duration_format(-5, shown);
    ck_assert_str_eq(shown, "00:00:00");
    duration_format(INT64_MAX - 1, shown);
    ck_assert_str_eq(shown, "106751991167300-15:30:06");
}
END_TEST

/* ---- points in time: now is Tuesday, 2026-11-24 19:06:11 in UTC ---- */

#define NOW INT64_C(1795547171)

static const struct {
    const char *text;
    const char *utc; /* NULL: refused */
} times[] = {
    {"20:00", "2026-11-24T20:00:00Z"},
    {"8:00 pm", "2026-11-24T20:00:00Z"},
    {"8:00PM", "2026-11-24T20:00:00Z"},
    {"12:30 AM", "2026-11-25T00:30:00Z"},
    {"16:00", "2026-11-25T16:00:00Z"},
    {"19:06:11", "2026-11-24T19:06:11Z"},
    {"19:06:10", "2026-11-25T19:06:10Z"},
    {"now", "2026-11-24T19:06:11Z"},
    {"now+1", "2026-11-24T19:06:12Z"},
    {"now+2hours", "2026-11-24T21:06:11Z"},
    {"now+1minute", "2026-11-24T19:07:11Z"},
    {"NOW+3days", "2026-11-27T19:06:11Z"},
    {"now+1week", "2026-12-01T19:06:11Z"},
    {"today", "2026-11-24T00:00:00Z"},
    {"tomorrow", "2026-11-25T00:00:00Z"},
    {"midnight", "2026-11-25T00:00:00Z"},
    {"noon", "2026-11-25T12:00:00Z"},
    {"elevenses", "2026-11-25T11:00:00Z"},
    {"fika", "2026-11-25T15:00:00Z"},
    {"Teatime", "2026-11-25T16:00:00Z"},
    {"1224", "2026-12-24T00:00:00Z"},
    {"122427", "2027-12-24T00:00:00Z"},
    {"11/24", "2026-11-24T00:00:00Z"},
    {"11/23", "2027-11-23T00:00:00Z"},
    {"1/2/28", "2028-01-02T00:00:00Z"},
    {"01.02.28", "2028-01-02T00:00:00Z"},
    {"12/24-08:30", "2026-12-24T08:30:00Z"},
    {"2027-01-05", "2027-01-05T00:00:00Z"},
    {"2027-01-05T10:11", "2027-01-05T10:11:00Z"},
    {"2027-01-05T10:11:12", "2027-01-05T10:11:12Z"},
    {"2027-01-05T10:11:12+02:00", "2027-01-05T08:11:12Z"},
    {"2027-01-05T10:11:12.5Z", "2027-01-05T10:11:12Z"},
    {"2028-02-29", "2028-02-29T00:00:00Z"},
    {"", NULL},
    {"2027-02-29", NULL},
    {"02/29", NULL}, /* the coming February has none */
    {"2/30/28", NULL},
    {"13/1", NULL},
    {"24:00", NULL},
    {"13:00 PM", NULL},
    {"10:60", NULL},
    {"10", NULL},
    {"10:00x", NULL},
    {"now+", NULL},
    {"now-1", NULL},
    {"now+1year", NULL},
    {"now+999999999weeks", NULL},
    {"now 1", NULL},
    {"0000-01-01", NULL},
    {"yesterday", NULL},
    {"12345", NULL},
    {"1/2/2028", NULL},
};

START_TEST(test_time)
{
    struct err err = ERR_INIT;
    int64_t sec = -7;
    char shown[TIME_TEXT_MAX];
    setenv("TZ", "UTC", 1);
    int rc = time_parse(times[_i].text, NOW, &sec, &err);
    ck_assert_msg(rc == (times[_i].utc ? 0 : -1), "\"%s\"", times[_i].text);
    if (rc < 0) {
        ck_assert_int_eq(err.code, ERR_INVALID);
        return;
    }
    time_format_rfc3339(sec, shown);
    ck_assert_msg(strcmp(shown, times[_i].utc) == 0, "%s: %s", times[_i].text, shown);
}
END_TEST

/* Berlin's rule spelt out, so that no zone files are needed: +1, in summer +2. */
static const struct {
    const char *text;
    const char *utc;
} local_times[] = {
    {"2026-07-01T12:00", "2026-07-01T10:00:00Z"},
    {"2026-12-01T12:00", "2026-12-01T11:00:00Z"},
    {"tomorrow", "2026-11-24T23:00:00Z"},
    {"20:06:10", "2026-11-25T19:06:10Z"},
    {"2026-07-01T12:00:00Z", "2026-07-01T12:00:00Z"},
};

START_TEST(test_local_time)
{
    struct err err = ERR_INIT;
    int64_t sec;
    char shown[TIME_TEXT_MAX];
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    ck_assert_int_eq(time_parse(local_times[_i].text, NOW, &sec, &err), 0);
    time_format_rfc3339(sec, shown);
    ck_assert_str_eq(shown, local_times[_i].utc);
    setenv("TZ", "UTC", 1);
    tzset();
}
END_TEST

static const struct {
    const char *text;
    int64_t sec; /* -7: refused */
} rfc3339[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"2026-11-24T19:06:11Z", NOW},
    {"2026-11-24T19:06:11.123456Z", NOW},
    {"2026-11-24T20:06:11+01:00", NOW},
    {"2026-11-24T13:36:11-05:30", NOW},
    {"1969-12-31T23:59:59Z", -1},
    {"", -7},
    {"2026-11-24", -7},
    {"2026-11-24T19:06:11", -7},
    {"2026-11-24T19:06Z", -7},
    {"2026-11-24 19:06:11Z", -7},
    {"2026-11-24T19:06:11.Z", -7},
    {"2026-11-24T19:06:11Zx", -7},
    {"2026-11-24T19:06:60Z", -7},
    {"2026-13-24T19:06:11Z", -7},
    {"2026-11-31T19:06:11Z", -7},
    {"2026-11-24T19:06:11+1:00", -7},
    {"2026-11-24T19:06:11+24:00", -7},
    {"2026-11-24T19:06:11.000000000000000000000000000000000000000000000000000Z", -7},
};

START_TEST(test_rfc3339)
{
    struct err err = ERR_INIT;
    int64_t sec = -7;
    int rc = time_parse_rfc3339(rfc3339[_i].text, &sec, &err);
    ck_assert_msg(sec == rfc3339[_i].sec, "%s: %ld", rfc3339[_i].text, (long)sec);
    ck_assert_int_eq(rc, sec == -7 ? -1 : 0);
}
END_TEST

static const struct {
    int64_t ms;
    const char *micro;
} micros[] = {
    {0, "1970-01-01T00:00:00.000000Z"},
    {NOW * 1000 + 7, "2026-11-24T19:06:11.007000Z"},
    {-1, "1969-12-31T23:59:59.999000Z"},
    {INT64_MAX, "9999-12-31T23:59:59.807000Z"},
    {INT64_MIN, "0001-01-01T00:00:00.192000Z"},
};

START_TEST(test_micro)
{
    char shown[TIME_TEXT_MAX];
    time_format_micro(micros[_i].ms, shown);
    ck_assert_str_eq(shown, micros[_i].micro);
}
END_TEST

int main(void)
{
    return suite_main("base/duration", (struct suite_row[]){
                                           {test_good, ARRAY_LEN(good)},
                                           {test_bad, ARRAY_LEN(bad)},
                                           {test_format_below_zero, 1},
                                           {test_time, ARRAY_LEN(times)},
                                           {test_local_time, ARRAY_LEN(local_times)},
                                           {test_rfc3339, ARRAY_LEN(rfc3339)},
                                           {test_micro, ARRAY_LEN(micros)},
                                           {NULL, 0},
                                       });
}
