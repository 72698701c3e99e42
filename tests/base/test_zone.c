/* Time zones of the system, and what their clocks show. */
#include "base/zone.h"

#include <stdlib.h>
#include <time.h>

#include "base/duration.h"
#include "base/util.h"
#include "tests/support/suite.h"

/* A moment, and what a clock shows then, as if it were UTC. */
static const struct {
    const char *zone, *utc, *local;
    bool later; /* the clock shows that a second time */
} cases[] = {
    {"UTC", "2027-07-01T07:00:00Z", "2027-07-01T07:00:00Z", false},
    {"Europe/Berlin", "2027-01-15T08:00:00Z", "2027-01-15T09:00:00Z", false},
    {"Europe/Berlin", "2027-07-01T07:00:00Z", "2027-07-01T09:00:00Z", false},
    {"Europe/Berlin", "2027-03-28T00:59:59Z", "2027-03-28T01:59:59Z", false},
    {"Europe/Berlin", "2027-03-28T01:00:00Z", "2027-03-28T03:00:00Z", false},
    {"Europe/Berlin", "2027-10-31T00:59:59Z", "2027-10-31T02:59:59Z", false},
    {"Europe/Berlin", "2027-10-31T01:00:00Z", "2027-10-31T02:00:00Z", true},
    {"Europe/Berlin", "2027-10-31T02:00:00Z", "2027-10-31T03:00:00Z", false},
    {"Europe/Berlin", "2090-07-01T07:00:00Z", "2090-07-01T09:00:00Z", false},
    {"America/St_Johns", "2027-07-01T07:00:00Z", "2027-07-01T04:30:00Z", false},
    {"Australia/Lord_Howe", "2027-01-15T00:00:00Z", "2027-01-15T11:00:00Z", false},
    {"Asia/Tokyo", "2027-07-01T07:00:00Z", "2027-07-01T16:00:00Z", false},
};

static int64_t sec_of(const char *text)
{
    int64_t sec = 0;

    ck_assert_int_eq(time_parse_rfc3339(text, &sec, NULL), 0);
    return sec;
}

START_TEST(test_clocks)
{
    int64_t utc = sec_of(cases[_i].utc), local = sec_of(cases[_i].local);
    ZONE_AUTO struct zone zone = {0};

    ck_assert_int_eq(zone_load(cases[_i].zone, &zone, NULL), 0);
    ck_assert_int_eq(zone_local(zone.shifts, zone.n, utc), local);
    ck_assert_int_eq(zone_utc(zone.shifts, zone.n, local),
                     utc - (cases[_i].later ? 3600 : 0));
}
END_TEST

/* 02:30 is not shown on that day. */
START_TEST(test_gap)
{
    ZONE_AUTO struct zone zone = {0};

    ck_assert_int_eq(zone_load("Europe/Berlin", &zone, NULL), 0);
    ck_assert_int_eq(zone_utc(zone.shifts, zone.n, sec_of("2027-03-28T02:30:00Z")),
                     sec_of("2027-03-28T01:30:00Z"));
}
END_TEST

static const char *const unknown[] = {"Europe/Berln",  "",           "/etc/passwd",
                                      "../../../etc/", "Europe\n",   "Europe/Ber lin",
                                      "Europe",        "leapseconds"};

START_TEST(test_unknown)
{
    struct err err = ERR_INIT;
    struct zone zone;

    ck_assert_int_eq(zone_load(unknown[_i], &zone, &err), -1);
    ck_assert_ptr_nonnull(strstr(err.msg, "is no time zone that this machine knows"));
    ck_assert_uint_eq(zone.n, 0);
}
END_TEST

/* The zone of the program stays as it was. */
START_TEST(test_own)
{
    static const char *const own[] = {NULL, "Asia/Tokyo"};
    time_t t = 0;
    struct tm tm;

    for (size_t i = 0; i < ARRAY_LEN(own); i++) {
        ZONE_AUTO struct zone zone = {0};

        if (own[i] != NULL)
            setenv("TZ", own[i], 1);
        else
            unsetenv("TZ");
        tzset();
        localtime_r(&t, &tm);
        long before = tm.tm_gmtoff;
        ck_assert_int_eq(zone_load("America/New_York", &zone, NULL), 0);
        localtime_r(&t, &tm);
        ck_assert_int_eq(tm.tm_gmtoff, before);
    }
    unsetenv("TZ");
    tzset();
}
END_TEST

int main(void)
{
    return suite_main("base/zone",
                      (struct suite_row[]){{test_clocks, ARRAY_LEN(cases)},
                                           {test_gap, 1},
                                           {test_unknown, ARRAY_LEN(unknown)},
                                           {test_own, 1},
                                           {NULL, 0}});
}
