#include <stdlib.h>

#include "base/util.h"
#include "cmd/gantry-local/kind_check.h"
#include "tests/support/suite.h"

/* `why` NULL: a good schedule. */
static const struct {
    const char *schedule, *why;
} rows[] = {
    {"* * * * *", NULL},
    {"0 0 1 1 0", NULL},
    {"59 23 31 12 6", NULL},
    {"*/15 0-6/2 1,15 JAN-dec mon-FRI", NULL},
    {"5/10 * ? * *", NULL},
    {"1,,2 * * * *", NULL},
    {"  0\t0 * *  * ", NULL},
    {"@daily", NULL},
    {"@every 1h30m", NULL},
    {"@every soon",
     "failed to parse duration @every soon: time: invalid duration \"soon\""},
    {"@often", "unrecognized descriptor: @often"},
    {"", "expected exactly 5 fields, found 0: []"},
    {"* * * *", "expected exactly 5 fields, found 4: [* * * *]"},
    {"0 * * * * *", "expected exactly 5 fields, found 6: [0 * * * * *]"},
    {"TZ=UTC * * * * *",
     "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"},
    {"60 * * * *", "end of range (60) above maximum (59): 60"},
    {"* 24 * * *", "end of range (24) above maximum (23): 24"},
    {"* * 0 * *", "beginning of range (0) below minimum (1): 0"},
    {"* * * 13 *", "end of range (13) above maximum (12): 13"},
    {"* * * * 7", "end of range (7) above maximum (6): 7"},
    {"9-3 * * * *", "beginning of range (9) beyond end of range (3): 9-3"},
    {"*/0 * * * *", "step of range should be a positive number: */0"},
    {"1-2-3 * * * *", "too many hyphens: 1-2-3"},
    {"1/2/3 * * * *", "too many slashes: 1/2/3"},
    {"x * * * *",
     "failed to parse int from x: strconv.Atoi: parsing \"x\": invalid syntax"},
    {"*/x * * * *",
     "failed to parse int from x: strconv.Atoi: parsing \"x\": invalid syntax"},
    {"99999999999999999999 * * * *",
     "failed to parse int from 99999999999999999999: strconv.Atoi: parsing "
     "\"99999999999999999999\": value out of range"},
    {"* * * jan-monday *",
     "failed to parse int from monday: strconv.Atoi: parsing \"monday\": invalid "
     "syntax"},
};

START_TEST(test_row)
{
    AUTO_FREE char *why = cron_refuse(rows[_i].schedule);

    if (rows[_i].why)
        ck_assert_msg(str_eq(why, rows[_i].why), "%s: %s", rows[_i].schedule, why);
    else
        ck_assert_msg(!why, "%s: %s", rows[_i].schedule, why);
}
END_TEST

/* All are counted, and none is kept past the five. */
START_TEST(test_many_words)
{
    char text[1001];

    for (size_t i = 0; i < 1000; i++)
        text[i] = i % 2 ? ' ' : '*';
    text[1000] = '\0';
    AUTO_FREE char *why = cron_refuse(text);
    ck_assert(why && str_starts(why, "expected exactly 5 fields, found 500: [* *"));
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/cron",
                      (struct suite_row[]){{test_row, ARRAY_LEN(rows)},
                                           {test_many_words, 1},
                                           {NULL, 0}});
}
