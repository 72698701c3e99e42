#include "base/ready.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "tests/support/suite.h"

START_TEST(test_tell)
{
    int ends[2];
    char bytes[8];

    ck_assert_int_eq(pipe(ends), 0);
    int64_t fd = ends[1];
    ck_assert_int_eq(ready_check(fd, NULL), 0);
    ready_tell(&fd);
    ck_assert_int_eq(fd, READY_NONE);
    ck_assert_int_eq(read(ends[0], bytes, sizeof(bytes)), 1);
    ck_assert_int_eq(bytes[0], '\n');
    ck_assert_int_eq(read(ends[0], bytes, sizeof(bytes)), 0); /* it is closed */
    ready_tell(&fd);                                          /* once only */
    close(ends[0]);
}
END_TEST

/* Who started the program has gone: nobody is told, nothing breaks. */
START_TEST(test_nobody)
{
    int ends[2];

    signal(SIGPIPE, SIG_IGN);
    ck_assert_int_eq(pipe(ends), 0);
    close(ends[0]);
    int64_t fd = ends[1];
    ready_tell(&fd);
    ck_assert_int_eq(fd, READY_NONE);
}
END_TEST

static const struct {
    int64_t fd;
    int want;
} checks[] = {{READY_NONE, 0}, {0, -1},       {2, -1},
              {-2, -1},        {1000000, -1}, {INT64_MAX, -1}};

START_TEST(test_check)
{
    struct err err = ERR_INIT;

    ck_assert_int_eq(ready_check(checks[_i].fd, &err), checks[_i].want);
    ck_assert(checks[_i].want == 0 || strstr(err.msg, "--ready-fd"));
}
END_TEST

int main(void)
{
    return suite_main("base/ready", (struct suite_row[]){
                                        {test_tell, 1},
                                        {test_nobody, 1},
                                        {test_check, ARRAY_LEN(checks)},
                                        {NULL, 0},
                                    });
}
