/* Slurm's text for few switches. */
#include "crds/switches.h"

#include <string.h>

#include "base/duration.h"
#include "scheduler/model.h"
#include "tests/support/suite.h"

static const struct {
    const char *text;
    int64_t most, wait_sec;
    const char *why; /* NULL: it is read */
} cases[] = {
    {"1", 1, LIMIT_UNSET, NULL},
    {"100000", 100000, LIMIT_UNSET, NULL},
    {"2@10:00", 2, 600, NULL},
    {"2@5", 2, 300, NULL},
    {"1@1-0", 1, 86400, NULL},
    {"1@30s", 1, 30, NULL},
    {"1@0", 1, 0, NULL},
    {"1@UNLIMITED", 1, DURATION_UNLIMITED, NULL},

    {"0", 0, 0, "\"0\" is no number of switches: use COUNT[@TIME]"},
    {"", 0, 0, "\"\" is no number of switches"},
    {"-1", 0, 0, "is no number of switches"},
    {" 1", 0, 0, "is no number of switches"},
    {"100001", 0, 0, "is no number of switches"},
    {"99999999999999999999", 0, 0, "is no number of switches"},
    {"1 @5", 0, 0, "is no number of switches"},
    {"@5", 0, 0, "is no number of switches"},
    {"1@", 0, 0, "\"\""},
    {"1@x", 0, 0, "\"x\""},
};

START_TEST(test_cases)
{
    int64_t most = 77, wait_sec = 77;
    struct err err = ERR_INIT;
    int rc = switches_parse(cases[_i].text, &most, &wait_sec, &err);

    if (cases[_i].why != NULL) {
        ck_assert_msg(rc < 0, "%s: taken", cases[_i].text);
        ck_assert_msg(strstr(err.msg, cases[_i].why) != NULL, "%s: %s", cases[_i].text,
                      err.msg);
        ck_assert(most == 77 && wait_sec == 77);
        return;
    }
    ck_assert_msg(rc == 0, "%s: %s", cases[_i].text, err.msg);
    ck_assert_int_eq(most, cases[_i].most);
    ck_assert_int_eq(wait_sec, cases[_i].wait_sec);
}
END_TEST

int main(void)
{
    return suite_main("crds/switches",
                      (struct suite_row[]){
                          {test_cases, sizeof(cases) / sizeof(cases[0])}, {NULL, 0}});
}
