#include "base/err.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

/* ---- err ---- */

START_TEST(test_set)
{
    struct err err = {.http_status = 404};

    ck_assert_int_eq(err_set(&err, ERR_CONFLICT, "job %d changed", 42), -1);
    ck_assert_int_eq(err.code, ERR_CONFLICT);
    ck_assert_int_eq(err.http_status, 0);
    ck_assert_str_eq(err.msg, "job 42 changed");
    /* The old message may be an argument of the new one. */
    err_set(&err, ERR_IO, "again: %s", err.msg);
    ck_assert_str_eq(err.msg, "again: job 42 changed");
}
END_TEST

START_TEST(test_flatten)
{
    struct err err = ERR_INIT;

    err_set(&err, ERR_INVALID, "got \"%s\"", "a\nb\x1b[1m\x7f\xc3\xa9");
    err.http_status = 404;
    err_flatten(&err);
    ck_assert_str_eq(err.msg, "got \"a b [1m \xc3\xa9\"");
    ck_assert_int_eq(err.code, ERR_INVALID);
    ck_assert_int_eq(err.http_status, 404);
    err_flatten(NULL);
}
END_TEST

START_TEST(test_prefix)
{
    struct err err = ERR_INIT;

    err_set(&err, ERR_FORBIDDEN, "403 Forbidden");
    err.http_status = 403;
    ck_assert_int_eq(err_prefix(&err, "create %s", "pod"), -1);
    err_prefix(&err, "start job %d", 42);
    ck_assert_str_eq(err.msg, "start job 42: create pod: 403 Forbidden");
    ck_assert_int_eq(err.code, ERR_FORBIDDEN);
    ck_assert_int_eq(err.http_status, 403);
}
END_TEST

START_TEST(test_errno)
{
    struct err err = ERR_INIT;

    ck_assert_int_eq(err_errno(&err, ENOENT, "open %s", "/x"), -1);
    ck_assert_int_eq(err.code, ERR_IO);
    ck_assert_str_eq(err.msg, "open /x: No such file or directory");
}
END_TEST

START_TEST(test_null_err)
{
    ck_assert_int_eq(err_set(NULL, ERR_IO, "x"), -1);
    ck_assert_int_eq(err_errno(NULL, EIO, "x"), -1);
    ck_assert_int_eq(err_prefix(NULL, "x"), -1);
}
END_TEST

/* Around the ceiling: how long the prefix is, and then the message. A separator that
 * has no room is left out whole. */
static const struct {
    int prefix;
    size_t want;
} cuts[] = {{1, 7},     {505, 511}, {506, 511}, {509, 511},
            {510, 510}, {511, 511}, {5000, 511}};

START_TEST(test_cut)
{
    struct err err = ERR_INIT;
    const int len = cuts[_i].prefix;

    err_set(&err, ERR_INVALID, "tail");
    err_prefix(&err, "%0*d", len, 7);
    ck_assert_uint_eq(strlen(err.msg), cuts[_i].want);
    err_errno(&err, ENOENT, "%0*d", len, 7);
    ck_assert_uint_lt(strlen(err.msg), ERR_MSG_MAX);
    err_set(&err, ERR_INVALID, "%0*d", len, 7);
    ck_assert_uint_eq(strlen(err.msg), MIN((size_t)len, ERR_MSG_MAX - 1));
}
END_TEST

START_TEST(test_code_names)
{
    ck_assert_str_eq(err_code_name(ERR_NONE), "none");
    ck_assert_str_eq(err_code_name(ERR_NOT_FOUND), "not found");
    ck_assert_str_eq(err_code_name(ERR_IO), "io");
}
END_TEST

/* ---- util ---- */

START_TEST(test_grow)
{
    size_t *items = NULL, cap = 0, i;

    for (i = 0; i < 1000; i++) {
        GROW(items, i, cap);
        items[i] = i;
        ck_assert_uint_gt(cap, i);
        if (i == 0)
            ck_assert_uint_eq(cap, 8);
    }
    ck_assert_uint_eq(cap, 1024);
    GROW(items, 5000, cap);
    ck_assert_uint_eq(cap, 8192);
    for (i = 0; i < 1000; i++)
        ck_assert_uint_eq(items[i], i);
    free(items);
}
END_TEST

START_TEST(test_take_and_auto)
{
    AUTO_FREE char *mine = xstrdup("x");
    AUTO_FREE char *yours = TAKE(mine);
    AUTO_FREE char *made = xasprintf("%s-%d", yours, 3);
    AUTO_FREE char *part = xstrndup("abcdef", 3);

    ck_assert_ptr_null(mine);
    ck_assert_str_eq(yours, "x");
    ck_assert_str_eq(made, "x-3");
    ck_assert_str_eq(part, "abc");
    ck_assert_ptr_null(xstrdup_null(NULL));
}
END_TEST

START_TEST(test_empty_allocations)
{
    AUTO_FREE void *a = xmalloc(0);
    AUTO_FREE void *b = xcalloc(0, 8);
    AUTO_FREE char *c = xcalloc(3, 1);

    a = xrealloc(a, 0);
    ck_assert_ptr_nonnull(a);
    ck_assert_ptr_nonnull(b);
    ck_assert(c[0] == 0 && c[2] == 0);
}
END_TEST

static const struct {
    const char *s, *part;
    bool equal, starts, ends;
} strings[] = {
    {"abc", "abc", true, true, true},  {"abc", "ab", false, true, false},
    {"abc", "bc", false, false, true}, {"abc", "", false, true, true},
    {"", "a", false, false, false},    {"a", "aa", false, false, false},
    {NULL, "a", false, false, false},  {"a", NULL, false, false, false},
    {NULL, NULL, true, false, false},
};

START_TEST(test_strings)
{
    ck_assert(str_eq(strings[_i].s, strings[_i].part) == strings[_i].equal);
    ck_assert(str_starts(strings[_i].s, strings[_i].part) == strings[_i].starts);
    ck_assert(str_ends(strings[_i].s, strings[_i].part) == strings[_i].ends);
}
END_TEST

int main(void)
{
    return suite_main("base/err", (struct suite_row[]){
                                      {test_set, 1},
                                      {test_flatten, 1},
                                      {test_prefix, 1},
                                      {test_errno, 1},
                                      {test_null_err, 1},
                                      {test_cut, ARRAY_LEN(cuts)},
                                      {test_code_names, 1},
                                      {test_grow, 1},
                                      {test_take_and_auto, 1},
                                      {test_empty_allocations, 1},
                                      {test_strings, ARRAY_LEN(strings)},
                                      {NULL, 0},
                                  });
}
