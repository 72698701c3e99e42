#include "base/log.h"

#include <fcntl.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/util.h"
#include "tests/support/suite.h"

#define NOW_MS INT64_C(1795547045123) /* 2026-11-24T19:04:05.123Z */

/* A logger on a pipe, or on a terminal. */
struct fixture {
    FILE *out;
    int in;
    struct loop *loop;
    struct log *log;
    char text[16384]; /* what fixture_read found */
};

static struct fixture *fixture_new(bool terminal)
{
    struct fixture *f = xcalloc(1, sizeof(*f));
    int fds[2];

    setenv("TZ", "UTC", 1);
    if (terminal)
        ck_assert_int_eq(openpty(&fds[0], &fds[1], NULL, NULL, NULL), 0);
    else
        ck_assert_int_eq(pipe(fds), 0);
    f->in = fds[0];
    ck_assert_int_eq(fcntl(f->in, F_SETFL, O_NONBLOCK), 0);
    f->out = fdopen(fds[1], "w");
    f->loop = loop_new_virtual(NOW_MS);
    f->log = log_new(f->out, f->loop, LOG_INFO);
    return f;
}

static void fixture_free(struct fixture *f)
{
    log_free(f->log);
    loop_free(f->loop);
    fclose(f->out);
    close(f->in);
    free(f);
}

/* One read: on a pipe it gets all that was written. */
static const char *fixture_read(struct fixture *f)
{
    ssize_t n = read(f->in, f->text, sizeof(f->text) - 1);

    f->text[MAX(n, 0)] = '\0';
    return f->text;
}

START_TEST(test_json)
{
    struct fixture *f = fixture_new(false);

    log_warn(f->log, "watch %s: \"%d\"\n", "pods", 410);
    ck_assert_str_eq(fixture_read(f),
                     "{\"time\":\"2026-11-24T19:04:05.123000Z\",\"level\":\"warn\","
                     "\"msg\":\"watch pods: \\\"410\\\"\\n\"}\n");
    fixture_free(f);
}
END_TEST

START_TEST(test_levels)
{
    struct fixture *f = fixture_new(false);

    log_debug(f->log, "below");
    ck_assert_str_eq(fixture_read(f), "");
    log_info(f->log, "at");
    ck_assert_ptr_nonnull(strstr(fixture_read(f), "\"level\":\"info\",\"msg\":\"at\""));
    log_error(f->log, "above");
    ck_assert_ptr_nonnull(strstr(fixture_read(f), "\"level\":\"error\""));
    log_error(NULL, "nowhere");
    fixture_free(f);
}
END_TEST

START_TEST(test_plain)
{
    struct fixture *f = fixture_new(false);

    log_set_json(f->log, false);
    log_warn(f->log, "watch pods: 410 Expired, relisting");
    ck_assert_str_eq(fixture_read(f),
                     "19:04:05 WARN  watch pods: 410 Expired, relisting\n");
    log_error(f->log, "a\nb\x1b[2Jc\xc2\x9b"
                      "d\x7f\xc3\xa9");
    ck_assert_str_eq(fixture_read(f), "19:04:05 ERROR a b [2Jc  d \xc3\xa9\n");
    fixture_free(f);
}
END_TEST

START_TEST(test_no_clock)
{
    struct fixture *f = fixture_new(false);
    struct log *log = log_new(f->out, NULL, LOG_DEBUG);

    log_debug(log, "x");
    ck_assert_str_eq(fixture_read(f), "{\"level\":\"debug\",\"msg\":\"x\"}\n");
    log_set_json(log, false);
    log_debug(log, "x");
    ck_assert_str_eq(fixture_read(f), "DEBUG x\n");
    log_free(log);
    fixture_free(f);
}
END_TEST

START_TEST(test_terminal)
{
    struct fixture *f = fixture_new(true);

    log_info(f->log, "plain");
    ck_assert_str_eq(fixture_read(f), "19:04:05 INFO  plain\r\n");
    log_warn(f->log, "coloured");
    ck_assert_str_eq(fixture_read(f), "19:04:05 \x1b[33mWARN \x1b[0m coloured\r\n");
    fixture_free(f);
}
END_TEST

/* What a long message is filled with; escapes make it up to six times as long. */
static const struct {
    const char *fill;
    bool json;
} long_messages[] = {
    {"x", true},  {"\"", true},       {"\x01", true}, {"\xc3\xa9", true},
    {"x", false}, {"\xff\xfe", true}, {"\n", false},  {"\xe2\x82\xac", false},
};

START_TEST(test_long_message)
{
    struct fixture *f = fixture_new(false);
    STR_AUTO struct str msg;
    const char *text;
    size_t len;

    str_init(&msg, 100000);
    while (msg.len < 20000)
        str_add(&msg, long_messages[_i].fill);
    log_set_json(f->log, long_messages[_i].json);
    log_info(f->log, "%s", msg.s);
    text = fixture_read(f);
    len = strlen(text);
    ck_assert_uint_le(len, 4096);
    ck_assert_uint_ge(len, 3400);
    ck_assert_ptr_eq(strchr(text, '\n'), text + len - 1);
    ck_assert_ptr_nonnull(strstr(text, "..."));
    if (long_messages[_i].json) {
        struct err err = ERR_INIT;
        JSON_AUTO struct json *j = json_parse_str(text, &err);

        ck_assert_msg(j != NULL, "%s", err.msg);
        ck_assert(str_ends(json_str(j, "msg"), "..."));
    }
    fixture_free(f);
}
END_TEST

START_TEST(test_level_words)
{
    enum log_level level = LOG_INFO;

    ck_assert_int_eq(log_level_parse("debug", &level), 0);
    ck_assert_int_eq(level, LOG_DEBUG);
    ck_assert_int_eq(log_level_parse("error", &level), 0);
    ck_assert_int_eq(level, LOG_ERROR);
    ck_assert_int_eq(log_level_parse("loud", &level), -1);
    ck_assert_int_eq(log_level_parse("", &level), -1);
    ck_assert_int_eq(level, LOG_ERROR);
}
END_TEST

int main(void)
{
    return suite_main("base/log", (struct suite_row[]){
                                      {test_json, 1},
                                      {test_levels, 1},
                                      {test_plain, 1},
                                      {test_no_clock, 1},
                                      {test_terminal, 1},
                                      {test_long_message, ARRAY_LEN(long_messages)},
                                      {test_level_words, 1},
                                      {NULL, 0},
                                  });
}
