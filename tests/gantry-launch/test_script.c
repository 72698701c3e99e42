#include "cmd/gantry-launch/script.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

static const struct {
    const char *text, *interpreter, *argument;
} good[] = {
    {"#!/bin/sh", "/bin/sh", NULL},
    {"#!/bin/sh\necho", "/bin/sh", NULL},
    {"#! \t/bin/sh  \n", "/bin/sh", NULL},
    {"#!/bin/bash -l\n", "/bin/bash", "-l"},
    {"#!/usr/bin/env python3 -u \n", "/usr/bin/env", "python3 -u"}, /* one, as Linux */
    {"#!relative\n", "relative", NULL},
};

START_TEST(test_good)
{
    struct script s = {0};
    struct err err = ERR_INIT;
    ck_assert_msg(script_first_line(&s, good[_i].text, &err) == 0, "%s", err.msg);
    ck_assert_str_eq(s.interpreter, good[_i].interpreter);
    ck_assert(str_eq(s.argument, good[_i].argument));
    script_close(&s);
}
END_TEST

static const struct {
    const char *text, *message;
} bad[] = {
    {"", "must begin with #!"},           {"echo hello\n", "must begin with #!"},
    {" #!/bin/sh", "must begin with #!"}, {"#!\n/bin/sh", "names no interpreter"},
    {"#!   \n", "names no interpreter"},  {"#!/bin/sh\r\necho\r\n", "DOS"},
};

START_TEST(test_bad)
{
    struct script s = {0};
    struct err err = ERR_INIT;
    ck_assert_int_eq(script_first_line(&s, bad[_i].text, &err), -1);
    ck_assert_msg(strstr(err.msg, bad[_i].message) != NULL, "%s", err.msg);
    ck_assert_ptr_null(s.interpreter);
}
END_TEST

START_TEST(test_long_line)
{
    AUTO_FREE char *text = xmalloc(SCRIPT_LINE_MAX + 3);
    struct script s = {0};
    struct err err = ERR_INIT;
    memset(text, 'a', SCRIPT_LINE_MAX + 2);
    memcpy(text, "#!", 2);
    text[SCRIPT_LINE_MAX + 2] = '\0';
    ck_assert_int_eq(script_first_line(&s, text, &err), -1);
    ck_assert_ptr_nonnull(strstr(err.msg, "too long"));
}
END_TEST

int main(void)
{
    return suite_main("gantry-launch/script",
                      (struct suite_row[]){{test_good, ARRAY_LEN(good)},
                                           {test_bad, ARRAY_LEN(bad)},
                                           {test_long_line, 1},
                                           {NULL, 0}});
}
