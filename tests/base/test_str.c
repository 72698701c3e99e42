#include "base/str.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "tests/support/suite.h"

START_TEST(test_add)
{
    STR_AUTO struct str s;

    str_init(&s, 1000);
    ck_assert_str_eq(s.s, "");
    str_add(&s, "ab");
    str_addn(&s, "cdef", 2);
    str_addc(&s, '!');
    str_addf(&s, "%d-%s", 7, "x");
    str_addf(&s, "%s", "");
    str_addn(&s, NULL, 0);
    ck_assert_str_eq(s.s, "abcd!7-x");
    ck_assert_uint_eq(s.len, 8);
    str_addn(&s, "\0z", 2);
    ck_assert_uint_eq(s.len, 10);
    ck_assert_int_eq(s.s[9], 'z');
}
END_TEST

START_TEST(test_growth)
{
    STR_AUTO struct str s;
    int i;

    str_init(&s, SIZE_MAX);
    for (i = 0; i < 100000; i++)
        str_addf(&s, "%d", i % 10);
    ck_assert_uint_eq(s.len, 100000);
    ck_assert_int_eq(s.s[54321], '1');
    ck_assert(!s.overflow);
}
END_TEST

static const struct {
    const char *name, *add;
    bool overflow;
    const char *want;
} ceilings[] = {
    {"below", "1234", false, "abc1234"},
    {"exactly", "1234567", false, "abc1234567"},
    {"past: nothing of it is added", "12345678", true, "abc"},
};

START_TEST(test_ceiling)
{
    STR_AUTO struct str s, f;

    str_init(&s, 10);
    str_init(&f, 10);
    str_add(&s, "abc");
    str_add(&f, "abc");
    str_add(&s, ceilings[_i].add);
    str_addf(&f, "%s", ceilings[_i].add);
    ck_assert_msg(s.overflow == ceilings[_i].overflow, "%s", ceilings[_i].name);
    ck_assert_str_eq(s.s, ceilings[_i].want);
    ck_assert_str_eq(f.s, ceilings[_i].want);
    ck_assert(f.overflow == s.overflow);
}
END_TEST

START_TEST(test_overflow_stays)
{
    STR_AUTO struct str s;

    str_init(&s, 3);
    str_add(&s, "abcd");
    str_add(&s, "a");
    ck_assert(s.overflow);
    ck_assert_str_eq(s.s, "");
    str_reset(&s);
    str_add(&s, "abc");
    ck_assert(!s.overflow);
    ck_assert_str_eq(s.s, "abc");
}
END_TEST

START_TEST(test_drop)
{
    STR_AUTO struct str s;

    str_init(&s, 100);
    str_add(&s, "abcdef");
    str_drop(&s, 2);
    ck_assert_str_eq(s.s, "cdef");
    str_drop(&s, 0);
    str_drop(&s, 99);
    ck_assert_str_eq(s.s, "");
    ck_assert_uint_eq(s.len, 0);
}
END_TEST

START_TEST(test_take)
{
    STR_AUTO struct str s;
    AUTO_FREE char *taken = NULL;

    str_init(&s, 4);
    str_add(&s, "abcd");
    str_add(&s, "e");
    taken = str_take(&s);
    ck_assert_str_eq(taken, "abcd");
    ck_assert_str_eq(s.s, "");
    ck_assert(!s.overflow);
    ck_assert_uint_eq(s.max, 4);
}
END_TEST

START_TEST(test_fini_of_nothing)
{
    struct str s = {.s = NULL};

    str_reset(&s);
    str_add(&s, "x");
    ck_assert(s.overflow);
    str_fini(&s);
    str_fini(&s);
}
END_TEST

/* A file of `len` bytes; its path goes to `path`. */
static void make_file(char path[32], size_t len)
{
    AUTO_FREE char *bytes = xcalloc(len + 1, 1);
    int fd;

    snprintf(path, 32, "/tmp/test_str.XXXXXX");
    fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    memset(bytes, 'x', len);
    ck_assert_int_eq(write(fd, bytes, len), (ssize_t)len);
    close(fd);
}

static const size_t sizes[] = {0, 1, 16384, 40000, 50000};

START_TEST(test_read_file)
{
    STR_AUTO struct str s;
    struct err err = ERR_INIT;
    char path[32];

    make_file(path, sizes[_i]);
    str_init(&s, 50000);
    str_add(&s, "what was there before");
    ck_assert_msg(str_read_file(&s, path, &err) == 0, "%s", err.msg);
    ck_assert_uint_eq(s.len, sizes[_i]);
    ck_assert_uint_eq(strspn(s.s, "x"), sizes[_i]);
    unlink(path);
}
END_TEST

START_TEST(test_read_stream)
{
    STR_AUTO struct str s;
    struct err err = ERR_INIT;
    char path[32];
    FILE *in;

    make_file(path, sizes[_i]);
    str_init(&s, 40000);
    in = fopen(path, "r");
    if (sizes[_i] <= 40000) {
        ck_assert_msg(str_read_stream(&s, in, "it", &err) == 0, "%s", err.msg);
        ck_assert_uint_eq(s.len, sizes[_i]);
    } else {
        ck_assert_int_eq(str_read_stream(&s, in, "it", &err), -1);
        ck_assert_int_eq(err.code, ERR_TOO_LARGE);
        ck_assert_str_eq(err.msg, "it: larger than 40000 bytes");
        ck_assert_uint_eq(s.len, 0);
    }
    fclose(in);
    unlink(path);
}
END_TEST

START_TEST(test_read_file_errors)
{
    STR_AUTO struct str s;
    struct err err = ERR_INIT;
    char path[32], want[64];

    str_init(&s, 100);
    ck_assert_int_eq(str_read_file(&s, "/no/such", &err), -1);
    ck_assert_int_eq(err.code, ERR_NOT_FOUND);
    ck_assert_str_eq(err.msg, "/no/such: no such file");
    ck_assert_int_eq(str_read_file(&s, "/tmp", &err), -1);
    ck_assert_int_eq(err.code, ERR_IO);
    ck_assert_str_eq(err.msg, "/tmp: Is a directory");
    make_file(path, 101);
    ck_assert_int_eq(str_read_file(&s, path, &err), -1);
    unlink(path);
    ck_assert_int_eq(err.code, ERR_TOO_LARGE);
    snprintf(want, sizeof(want), "%s: larger than 100 bytes", path);
    ck_assert_str_eq(err.msg, want);
    ck_assert_uint_eq(s.len, 0);
}
END_TEST

int main(void)
{
    return suite_main("base/str", (struct suite_row[]){
                                      {test_add, 1},
                                      {test_growth, 1},
                                      {test_ceiling, ARRAY_LEN(ceilings)},
                                      {test_overflow_stays, 1},
                                      {test_drop, 1},
                                      {test_take, 1},
                                      {test_fini_of_nothing, 1},
                                      {test_read_file, ARRAY_LEN(sizes)},
                                      {test_read_stream, ARRAY_LEN(sizes)},
                                      {test_read_file_errors, 1},
                                      {NULL, 0},
                                  });
}
