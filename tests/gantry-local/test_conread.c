#include "cmd/gantry-local/conread.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

/* 2027-01-15T08:00:00Z */
#define START_MS INT64_C(1800000000000)
#define AT "2027-01-15T08:00:0"

struct rig {
    char dir[32];
    struct conlog *log;
    struct conread *read;
    int changes;
    struct str text;
};

static void rig_init(struct rig *r, int64_t max_bytes)
{
    *r = (struct rig){.dir = "/tmp/gantry-test-XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(r->dir));
    r->log = conlog_new(r->dir, "c", max_bytes, NULL);
    ck_assert_ptr_nonnull(r->log);
    str_init(&r->text, 64 << 20);
}

static void rig_fini(struct rig *r)
{
    AUTO_FREE char *command = xasprintf("rm -rf %s", r->dir);

    conread_free(r->read);
    conlog_free(r->log);
    str_fini(&r->text);
    ck_assert_int_eq(system(command), 0);
}

static void append(struct rig *r, const char *text, int64_t ms)
{
    conlog_append(r->log, text, strlen(text), START_MS + ms);
}

static void changed(void *arg)
{
    ((struct rig *)arg)->changes++;
}

static void start(struct rig *r, const struct conread_options *o)
{
    struct err err = ERR_INIT;

    conread_free(r->read);
    r->read = conread_new(r->dir, "c", false, o, &err);
    ck_assert_msg(r->read != NULL, "%s", err.msg);
    if (o->follow)
        conread_follow(r->read, r->log, changed, r);
}

/* All that there is; how it stands then. */
static enum conread_result pull(struct rig *r)
{
    enum conread_result result;

    str_reset(&r->text);
    do
        result = conread_next(r->read, &r->text);
    while (result == CONREAD_MORE);
    return result;
}

static void expect(const struct rig *r, const char *name, const char *text)
{
    ck_assert_msg(strcmp(r->text.s, text) == 0, "%s: \"%s\"", name, r->text.s);
}

#define ALL .tail_lines = -1, .limit_bytes = -1

/* Five lines over two files; the fourth began to be written at 3 s. */
static const struct {
    const char *name;
    struct conread_options o;
    const char *text;
} reads[] = {
    {"all", {ALL}, "one\ntwo\nthree\nfour\nfive"},
    {"tail 2", {.tail_lines = 2, .limit_bytes = -1}, "four\nfive"},
    {"tail over files", {.tail_lines = 4, .limit_bytes = -1}, "two\nthree\nfour\nfive"},
    {"tail of all",
     {.tail_lines = 5, .limit_bytes = -1},
     "one\ntwo\nthree\nfour\nfive"},
    {"tail of more",
     {.tail_lines = 50, .limit_bytes = -1},
     "one\ntwo\nthree\nfour\nfive"},
    {"tail 0", {.limit_bytes = -1}, ""},
    {"since the first",
     {ALL, .since_ms = START_MS + 1000},
     "one\ntwo\nthree\nfour\nfive"},
    {"since the second", {ALL, .since_ms = START_MS + 1001}, "two\nthree\nfour\nfive"},
    {"since the last", {ALL, .since_ms = START_MS + 3500}, "five"},
    {"since ever after", {ALL, .since_ms = START_MS + 9000}, ""},
    {"since and tail",
     {.tail_lines = 3, .limit_bytes = -1, .since_ms = START_MS + 2500},
     "three\nfour\nfive"},
    {"tail and since",
     {.tail_lines = 1, .limit_bytes = -1, .since_ms = START_MS + 2000},
     "five"},
    {"limit", {.tail_lines = -1, .limit_bytes = 6}, "one\ntw"},
    {"limit and tail", {.tail_lines = 2, .limit_bytes = 3}, "fou"},
    {"limit 0", {.tail_lines = -1}, ""},
    {"times",
     {ALL, .timestamps = true},
     AT "1.000000000Z one\n" AT "2.000000000Z two\n" AT "3.000000000Z three\n" AT
        "3.000000000Z four\n" AT "4.250000000Z five"},
    {"times of a tail",
     {.tail_lines = 2, .limit_bytes = -1, .timestamps = true},
     AT "3.000000000Z four\n" AT "4.250000000Z five"},
    {"times within the limit",
     {.tail_lines = 1, .limit_bytes = 32, .timestamps = true},
     AT "4.250000000Z f"},
};

START_TEST(test_read)
{
    struct rig r;

    rig_init(&r, 10);
    append(&r, "one\n", 1000);
    append(&r, "two\n", 2000);
    append(&r, "three\nfo", 3000); /* "three" fills the file */
    append(&r, "ur\n", 4000);
    append(&r, "five", 4250);
    ck_assert_uint_eq(conlog_part(r.log), 1);
    start(&r, &reads[_i].o);
    ck_assert_int_eq(pull(&r), CONREAD_END);
    expect(&r, reads[_i].name, reads[_i].text);
    rig_fini(&r);
}
END_TEST

/* A follower gets every byte once, in pieces as they come, also over full files. */
START_TEST(test_follow)
{
    struct rig r;

    rig_init(&r, 8);
    append(&r, "one\n", 0);
    start(&r, &(struct conread_options){ALL, .follow = true});
    ck_assert_int_eq(pull(&r), CONREAD_WAIT);
    expect(&r, "what was there", "one\n");
    append(&r, "tw", 1);
    ck_assert_int_eq(r.changes, 1);
    ck_assert_int_eq(pull(&r), CONREAD_WAIT);
    expect(&r, "half a line", "tw");
    append(&r, "o more\nthree\n", 2);
    ck_assert_int_eq(pull(&r), CONREAD_WAIT);
    expect(&r, "the rest of it", "o more\nthree\n");
    append(&r, "four\n", 3);
    ck_assert_uint_eq(conlog_part(r.log), 1);
    ck_assert_int_eq(pull(&r), CONREAD_WAIT);
    expect(&r, "the next file", "four\n");
    append(&r, "fivefive\n", 4);
    append(&r, "six\n", 5);
    append(&r, "seven\n", 5);
    append(&r, "eight", 5);
    ck_assert_uint_eq(conlog_part(r.log), 3);
    ck_assert_int_eq(pull(&r), CONREAD_WAIT);
    expect(&r, "two files on", "fivefive\nsix\nseven\neight");
    conlog_free(TAKE(r.log));
    ck_assert_int_eq(r.changes, 8);
    ck_assert_int_eq(pull(&r), CONREAD_END);
    rig_fini(&r);
}
END_TEST

/* The run has ended, and another one begun, before the follower came to its end. */
START_TEST(test_slow_follower)
{
    struct rig r;

    rig_init(&r, 4);
    append(&r, "one\n", 0);
    start(&r, &(struct conread_options){ALL, .follow = true});
    append(&r, "two\n", 0);
    append(&r, "three\n", 0);
    conlog_free(r.log);
    r.log = conlog_new(r.dir, "c", 4, NULL);
    append(&r, "another run\n", 1);
    ck_assert_int_eq(pull(&r), CONREAD_END);
    expect(&r, "its own run", "one\ntwo\nthree\n");
    rig_fini(&r);
}
END_TEST

/* One that is too slow for two files misses what was between. */
START_TEST(test_too_slow)
{
    struct rig r;

    rig_init(&r, 4);
    append(&r, "one\n", 0);
    start(&r, &(struct conread_options){ALL, .follow = true});
    append(&r, "two\n", 0);
    append(&r, "three\n", 0);
    append(&r, "four\n", 0);
    append(&r, "five\n", 0);
    ck_assert_int_eq(pull(&r), CONREAD_WAIT);
    expect(&r, "the newest", "one\nfour\nfive\n");
    append(&r, "six\n", 0);
    ck_assert_int_eq(pull(&r), CONREAD_WAIT);
    expect(&r, "then nothing is missed", "six\n");
    rig_fini(&r);
}
END_TEST

/* Without follow: what was there when it began. */
START_TEST(test_not_followed)
{
    struct rig r;

    rig_init(&r, 0);
    append(&r, "one\n", 0);
    start(&r, &CONREAD_ALL);
    append(&r, "two\n", 0);
    ck_assert_int_eq(pull(&r), CONREAD_END);
    expect(&r, "one", "one\n");
    rig_fini(&r);
}
END_TEST

START_TEST(test_previous)
{
    struct rig r;
    struct err err = ERR_INIT;

    rig_init(&r, 0);
    append(&r, "one\n", 0);
    ck_assert_ptr_null(conread_new(r.dir, "c", true, &CONREAD_ALL, &err));
    ck_assert_int_eq(err.code, ERR_NOT_FOUND);
    ck_assert_ptr_null(conread_new(r.dir, "other", false, &CONREAD_ALL, &err));
    ck_assert_int_eq(err.code, ERR_NOT_FOUND);
    conlog_free(r.log);
    r.log = conlog_new(r.dir, "c", 0, NULL);
    r.read = conread_new(r.dir, "c", true, &CONREAD_ALL, &err);
    ck_assert_int_eq(pull(&r), CONREAD_END);
    expect(&r, "previous", "one\n");
    rig_fini(&r);
}
END_TEST

/* Longer than what is read at once. */
START_TEST(test_long)
{
    struct rig r;
    const size_t lines = 60000;

    rig_init(&r, 0);
    for (size_t i = 0; i < lines; i++) {
        AUTO_FREE char *line = xasprintf("line %zu\n", i);

        append(&r, line, (int64_t)i);
    }
    start(&r, &(struct conread_options){
                  .tail_lines = 50000, .limit_bytes = -1, .timestamps = true});
    ck_assert_int_eq(pull(&r), CONREAD_END);
    ck_assert(str_starts(r.text.s, "2027-01-15T08:00:10.000000000Z line 10000\n"));
    ck_assert(str_ends(r.text.s, "\n2027-01-15T08:00:59.999000000Z line 59999\n"));
    rig_fini(&r);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/conread", (struct suite_row[]){
                                                  {test_read, ARRAY_LEN(reads)},
                                                  {test_follow, 1},
                                                  {test_slow_follower, 1},
                                                  {test_too_slow, 1},
                                                  {test_not_followed, 1},
                                                  {test_previous, 1},
                                                  {test_long, 1},
                                                  {NULL, 0},
                                              });
}
