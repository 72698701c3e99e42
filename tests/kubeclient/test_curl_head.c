#include "kubeclient/curl_head.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

static const struct {
    const char *name;
    const char *lines[10];
    int status;
    bool complete;
    const char *content_type;
    int64_t retry_after_sec;
    const char *warning;
} rows[] = {
    {"HTTP/1.1",
     {"HTTP/1.1 200 OK\r\n", "Content-Type: a/b; c=d\r\n", "\r\n"},
     200,
     true,
     "a/b; c=d",
     -1,
     NULL},
    {"HTTP/2",
     {"HTTP/2 404 \r\n", "content-type:a/b \r\n", "\r\n"},
     404,
     true,
     "a/b",
     -1,
     NULL},
    {"not over yet",
     {"HTTP/1.1 200 OK\r\n", "Content-Type: a/b\r\n"},
     200,
     false,
     "a/b",
     -1,
     NULL},
    {"bare line ends", {"HTTP/1.1 200 OK\n", "\n"}, 200, true, NULL, -1, NULL},
    {"a block before the last",
     {"HTTP/1.1 103 Early Hints\r\n", "Content-Type: x/y\r\n", "Retry-After: 9\r\n",
      "Warning: 299 - \"no\"\r\n", "\r\n", "HTTP/1.1 201 Created\r\n", "\r\n"},
     201,
     true,
     NULL,
     -1,
     NULL},
    {"only a block before the last",
     {"HTTP/1.1 100 Continue\r\n", "\r\n"},
     100,
     false,
     NULL,
     -1,
     NULL},
    {"a trailer",
     {"HTTP/1.1 200 OK\r\n", "\r\n", "Content-Type: a/b\r\n", "Retry-After: 3\r\n",
      "\r\n"},
     200,
     true,
     NULL,
     -1,
     NULL},
    {"a status that is none", {"HTTP/1.1 OK\r\n", "\r\n"}, 0, false, NULL, -1, NULL},
    {"a status below nothing",
     {"HTTP/1-1 429 No\r\n", "\r\n"},
     0,
     false,
     NULL,
     -1,
     NULL},
    {"a field that is none",
     {"HTTP/1.1 200 OK\r\n", "Content-Type\r\n", "\r\n"},
     200,
     true,
     NULL,
     -1,
     NULL},
    {"the last type counts",
     {"HTTP/1.1 200 OK\r\n", "Content-Type: a/b\r\n", "CONTENT-TYPE: c/d\r\n", "\r\n"},
     200,
     true,
     "c/d",
     -1,
     NULL},
    {"wait",
     {"HTTP/1.1 429 No\r\n", "Retry-After:  10 \r\n", "\r\n"},
     429,
     true,
     NULL,
     10,
     NULL},
    {"wait not at all",
     {"HTTP/1.1 429 No\r\n", "Retry-After: 0\r\n", "\r\n"},
     429,
     true,
     NULL,
     0,
     NULL},
    {"wait until a date",
     {"HTTP/1.1 503 No\r\n", "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n", "\r\n"},
     503,
     true,
     NULL,
     -1,
     NULL},
    {"wait for ever",
     {"HTTP/1.1 429 No\r\n", "Retry-After: 99999999999\r\n", "\r\n"},
     429,
     true,
     NULL,
     -1,
     NULL},
    {"wait backwards",
     {"HTTP/1.1 429 No\r\n", "Retry-After: -1\r\n", "\r\n"},
     429,
     true,
     NULL,
     -1,
     NULL},
    {"warnings: all that are 299",
     {"HTTP/1.1 200 OK\r\n", "Warning: 199 a \"not this\"\r\n",
      "Warning: 299 - \"say \\\"hi\\\" \\\\ bye\" \"date\"\r\n",
      "Warning: 299 - \"second\"\r\n", "\r\n"},
     200,
     true,
     NULL,
     -1,
     "say \"hi\" \\ bye\nsecond"},
    {"a warning without its end",
     {"HTTP/1.1 200 OK\r\n", "Warning: 299 - \"open\\\r\n", "\r\n"},
     200,
     true,
     NULL,
     -1,
     "open\\"},
    {"a warning without a text",
     {"HTTP/1.1 200 OK\r\n", "Warning: 299 -\r\n", "\r\n"},
     200,
     true,
     NULL,
     -1,
     NULL},
};

START_TEST(test_lines)
{
    struct curl_head head;

    curl_head_init(&head);
    for (size_t i = 0; i < ARRAY_LEN(rows[_i].lines) && rows[_i].lines[i]; i++) {
        /* libcurl's lines have no NUL behind them. */
        size_t len = strlen(rows[_i].lines[i]);
        AUTO_FREE char *line = xmalloc(len);
        memcpy(line, rows[_i].lines[i], len);
        ck_assert_int_eq(curl_head_line(&head, line, len), 0);
    }
    ck_assert_msg(head.status == rows[_i].status, "%s: %d", rows[_i].name, head.status);
    ck_assert_msg(head.complete == rows[_i].complete, "%s", rows[_i].name);
    ck_assert_msg(str_eq(head.content_type, rows[_i].content_type), "%s: %s",
                  rows[_i].name, head.content_type);
    ck_assert_msg(head.retry_after_sec == rows[_i].retry_after_sec, "%s: %lld",
                  rows[_i].name, (long long)head.retry_after_sec);
    ck_assert_msg(str_eq(head.warning, rows[_i].warning), "%s: %s", rows[_i].name,
                  head.warning);
    curl_head_fini(&head);
}
END_TEST

/* Over all blocks together. */
START_TEST(test_ceiling)
{
    static const char block[] = "HTTP/1.1 100 ";
    struct curl_head head;
    size_t sent = 0;

    curl_head_init(&head);
    for (int i = 0; sent + 1000 <= CURL_HEAD_MAX; i++) {
        char line[1000];
        memset(line, 'x', sizeof(line));
        if (i % 20 == 0)
            memcpy(line, block, sizeof(block) - 1);
        ck_assert_int_eq(curl_head_line(&head, line, sizeof(line)), 0);
        sent += sizeof(line);
    }
    AUTO_FREE char *rest = xcalloc(1, 1000);
    ck_assert_int_eq(curl_head_line(&head, rest, CURL_HEAD_MAX - sent), 0);
    ck_assert_int_eq(curl_head_line(&head, rest, 1), -1);
    curl_head_fini(&head);
}
END_TEST

int main(void)
{
    return suite_main("kubeclient/curl_head", (struct suite_row[]){
                                                  {test_lines, ARRAY_LEN(rows)},
                                                  {test_ceiling, 1},
                                                  {NULL, 0},
                                              });
}
