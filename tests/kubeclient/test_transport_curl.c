#include "kubeclient/transport_curl.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/curltest.h"
#include "tests/support/suite.h"

/* ---- answers, proper and not ---- */

#define OK "HTTP/1.1 200 OK\r\n"
#define MIB_64 (64u << 20)

static const struct transport_request get = {.method = "GET", .path = "/x"};
static const struct transport_request stream = {
    .method = "GET", .path = "/x", .stream = true};
static const struct transport_request quick = {
    .method = "GET", .path = "/x", .timeout_sec = 1};
/* Long enough for half an answer, on a busy machine too. */
static const struct transport_request brief = {
    .method = "GET", .path = "/x", .timeout_sec = 3};
static const struct transport_request quiet = {
    .method = "GET", .path = "/x", .stream = true, .quiet_sec = 1};
static const struct transport_request post = {.method = "POST",
                                              .path = "/x",
                                              .content_type = "text/plain",
                                              .body = "hello",
                                              .body_len = 5};

static const struct {
    const char *name;
    const struct transport_request *request;
    struct raw_answer answer;
    int status;
    const char *text;
    enum transport_end end;
    const char *why;
} answers[] = {
    {"with a length",
     &get,
     {.bytes = OK "Content-Length: 2\r\n\r\nok"},
     200,
     "ok",
     TRANSPORT_DONE,
     ""},
    {"in chunks",
     &stream,
     {.bytes =
          OK "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n3\r\nay\n\r\n0\r\n\r\n"},
     200,
     "okay\n",
     TRANSPORT_DONE,
     ""},
    {"to the connection's end",
     &get,
     {.bytes = "HTTP/1.0 200 OK\r\n\r\nok", .then = RAW_CLOSE},
     200,
     "ok",
     TRANSPORT_DONE,
     ""},
    {"without a body",
     &post,
     {.bytes = "HTTP/1.1 204 No Content\r\n\r\n"},
     204,
     "",
     TRANSPORT_DONE,
     ""},
    {"after a 100",
     &post,
     {.bytes = "HTTP/1.1 100 Continue\r\nWarning: 299 - \"no\"\r\n\r\n" OK
               "Content-Length: 2\r\n\r\nok"},
     200,
     "ok",
     TRANSPORT_DONE,
     ""},
    {"a redirection is not followed",
     &get,
     {.bytes = "HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n"},
     302,
     "",
     TRANSPORT_DONE,
     ""},
    {"compressed",
     &get,
     {.bytes = OK "Content-Encoding: gzip\r\nContent-Length: 30\r\n\r\n"
                  "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\x57\x48"
                  "\xaf\xca\x2c\x00\x00\x19\x6a\xd2\xdf\x0a\x00\x00\x00",
      .len =
          sizeof(OK "Content-Encoding: gzip\r\nContent-Length: 30\r\n\r\n") - 1 + 30},
     200,
     "hello gzip",
     TRANSPORT_DONE,
     ""},

    {"nothing",
     &get,
     {.bytes = "", .then = RAW_CLOSE},
     0,
     "",
     TRANSPORT_CUT,
     "Empty reply from server"},
    {"nothing, to a write",
     &post,
     {.bytes = "", .then = RAW_CLOSE},
     0,
     "",
     TRANSPORT_CUT,
     "Empty reply from server"},
    {"a reset", &post, {.bytes = "", .then = RAW_RESET}, 0, "", TRANSPORT_CUT, "reset"},
    {"half a head",
     &get,
     {.bytes = OK "Content-Le", .then = RAW_CLOSE},
     0,
     "",
     TRANSPORT_CUT,
     ""},
    {"half a body",
     &get,
     {.bytes = OK "Content-Length: 9\r\n\r\nok", .then = RAW_CLOSE},
     200,
     "ok",
     TRANSPORT_CUT,
     "bytes"},
    {"half a stream",
     &stream,
     {.bytes = OK "Transfer-Encoding: chunked\r\n\r\n5\r\nok\n", .then = RAW_CLOSE},
     200,
     "ok\n",
     TRANSPORT_CUT,
     ""},
    {"a reset stream",
     &stream,
     {.bytes = OK "Transfer-Encoding: chunked\r\n\r\n3\r\nok\n\r\n", .then = RAW_RESET},
     200,
     "ok\n",
     TRANSPORT_CUT,
     ""},
    {"another protocol",
     &get,
     {.bytes = "SSH-2.0-OpenSSH_9.2\r\n", .then = RAW_CLOSE},
     0,
     "",
     TRANSPORT_CUT,
     "HTTP/0.9"},
    {"no answer in time", &quick, {.bytes = ""}, 0, "", TRANSPORT_CUT, "timed out"},
    {"half an answer in time",
     &brief,
     {.bytes = OK "Content-Length: 9\r\n\r\nok"},
     200,
     "ok",
     TRANSPORT_CUT,
     "timed out"},
    {"a stream that falls silent",
     &quiet,
     {.bytes = OK "Transfer-Encoding: chunked\r\n\r\n3\r\nok\n\r\n"},
     200,
     "ok\n",
     TRANSPORT_CUT,
     "too slow"},
    {"a body past the ceiling",
     &get,
     {.bytes = OK "Content-Length: 67108865\r\n\r\n", .filler = MIB_64 + 1},
     200,
     NULL,
     TRANSPORT_CUT,
     "the answer is longer than 64 MiB"},
    {"a body up to the ceiling",
     &get,
     {.bytes = OK "Content-Length: 67108864\r\n\r\n", .filler = MIB_64},
     200,
     NULL,
     TRANSPORT_DONE,
     ""},
    {"a stream past the ceiling of a body",
     &stream,
     {.bytes = OK "Content-Length: 67108865\r\n\r\n", .filler = MIB_64 + 1},
     200,
     NULL,
     TRANSPORT_DONE,
     ""},
};

START_TEST(test_answer)
{
    const struct raw_answer script[] = {answers[_i].answer, {0}};
    const char *name = answers[_i].name;
    struct heard h;
    struct curltest r;

    curltest_init_raw(&r, "http", script);
    curltest_ask(&r, &h, answers[_i].request);
    heard_expect(&h, name, answers[_i].end, answers[_i].why);
    ck_assert_msg(h.status == answers[_i].status, "%s: status %d", name, h.status);
    ck_assert_int_eq(h.heads, h.status != 0);
    if (answers[_i].text)
        ck_assert_msg(str_eq(h.text.s, answers[_i].text), "%s: %s", name, h.text.s);
    ck_assert_uint_eq(rawserver_requests(r.raw), 1);
    heard_fini(&h);
    curltest_fini(&r);
}
END_TEST

START_TEST(test_long_head)
{
    STR_AUTO struct str head;
    struct raw_answer script[2] = {{0}};
    struct heard h;
    struct curltest r;

    str_init(&head, 1 << 20);
    str_add(&head, OK);
    for (int i = 0; i < 70; i++)
        str_addf(&head, "X-%d: %01000d\r\n", i, 0);
    str_add(&head, "Content-Length: 0\r\n\r\n");
    script[0].bytes = head.s;
    curltest_init_raw(&r, "http", script);
    curltest_ask(&r, &h, &get);
    heard_expect(&h, "long head", TRANSPORT_CUT,
                 "the head of the answer is longer than 64 KiB");
    ck_assert_int_eq(h.heads, 0);
    heard_fini(&h);
    curltest_fini(&r);
}
END_TEST

START_TEST(test_head)
{
    static const struct raw_answer script[] = {
        {.bytes = "HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\n"
                  "Retry-After: 7\r\nWarning: 299 - \"it is \\\"old\\\"\"\r\n"
                  "Content-Length: 0\r\n\r\n"},
        {.bytes = OK "Content-Length: 0\r\n\r\n"},
        {0}};
    struct heard h;
    struct curltest r;

    curltest_init_raw(&r, "http", script);
    curltest_ask(&r, &h, &get);
    ck_assert_int_eq(h.status, 429);
    ck_assert_int_eq(h.retry_after_sec, 7);
    ck_assert_str_eq(h.content_type, "application/json");
    ck_assert_str_eq(h.warning, "it is \"old\"");
    heard_fini(&h);
    curltest_ask(&r, &h, &get);
    ck_assert_int_eq(h.retry_after_sec, -1);
    ck_assert_str_eq(h.content_type, "");
    ck_assert(h.warning == NULL);
    heard_fini(&h);
    curltest_fini(&r);
}
END_TEST

/* ---- what is sent ---- */

static const struct {
    struct transport_request request;
    const char *has[6], *lacks[4];
} requests[] = {
    /* A token is for TLS only. */
    {{.method = "GET", .path = "/a/../b?x=%20y"},
     {"GET /a/../b?x=%20y HTTP/1.1\r\n", "User-Agent: test/1.0\r\n",
      "Accept: application/json\r\n", "Accept-Encoding: gzip\r\n"},
     {"Authorization", "Content-", "Expect"}},
    {{.method = "GET", .path = "/x", .stream = true, .accept = "text/x"},
     {"Accept: text/x\r\n"},
     {"gzip"}},
    {{.method = "POST",
      .path = "/x",
      .content_type = "application/json",
      .body = "{\"a\": 1}",
      .body_len = 8},
     {"POST /x HTTP/1.1\r\n", "Content-Type: application/json\r\n",
      "Content-Length: 8\r\n", "\r\n\r\n{\"a\": 1}"},
     {"gzip", "Expect", "form-urlencoded"}},
    {{.method = "PATCH",
      .path = "/x",
      .content_type = "a/b",
      .body = "[]",
      .body_len = 2},
     {"PATCH /x HTTP/1.1\r\n", "\r\n\r\n[]"},
     {NULL}},
    {{.method = "DELETE", .path = "/x"},
     {"DELETE /x HTTP/1.1\r\n"},
     {"Content-Type", "Transfer-Encoding"}},
    {{.method = "DELETE",
      .path = "/x",
      .content_type = "a/b",
      .body = "{}",
      .body_len = 2},
     {"DELETE /x HTTP/1.1\r\n", "\r\n\r\n{}"},
     {NULL}},
    {{.method = "POST", .path = "/x"},
     {"POST /x HTTP/1.1\r\n", "Content-Length: 0\r\n"},
     {"Content-Type"}},
    {{.method = "PUT", .path = "/x", .content_type = "a/b", .body = "", .body_len = 0},
     {"PUT /x HTTP/1.1\r\n", "Content-Length: 0\r\n"},
     {NULL}},
};

START_TEST(test_request)
{
    static const struct raw_answer script[] = {
        {.bytes = OK "Content-Length: 0\r\n\r\n"}, {0}};
    const char *heard;
    struct heard h;
    struct curltest r;

    curltest_init_raw(&r, "http", script);
    curltest_ask(&r, &h, &requests[_i].request);
    heard = rawserver_heard(r.raw);
    for (size_t i = 0; i < 6 && requests[_i].has[i]; i++)
        ck_assert_msg(strstr(heard, requests[_i].has[i]), "no %s in\n%s",
                      requests[_i].has[i], heard);
    for (size_t i = 0; i < 4 && requests[_i].lacks[i]; i++)
        ck_assert_msg(!strstr(heard, requests[_i].lacks[i]), "%s in\n%s",
                      requests[_i].lacks[i], heard);
    heard_fini(&h);
    curltest_fini(&r);
}
END_TEST

/* The server's path goes before; a Host that is not the address. */
START_TEST(test_prefix)
{
    static const struct raw_answer script[] = {
        {.bytes = OK "Content-Length: 0\r\n\r\n"}, {0}};
    struct heard h;
    struct curltest r;

    curltest_init_raw(&r, "http", script);
    AUTO_FREE char *server = r.config.server;
    AUTO_FREE char *host = xasprintf("\r\nHost: %s\r\n", server + strlen("http://"));
    r.config.server = xasprintf("%s/k8s/c-1", server);
    r.config.tls_server_name = xstrdup("kubernetes");
    curltest_connect(&r);
    curltest_ask(&r, &h, &get);
    ck_assert(str_starts(rawserver_heard(r.raw), "GET /k8s/c-1/x HTTP/1.1\r\n"));
    ck_assert_msg(strstr(rawserver_heard(r.raw), host), "%s", rawserver_heard(r.raw));
    heard_fini(&h);
    curltest_fini(&r);
}
END_TEST

START_TEST(test_bad_request)
{
    static const struct raw_answer nothing[] = {{0}};
    AUTO_FREE char *long_path = xmalloc(200000);
    const char *const paths[][2] = {
        {"x", "a request's path begins with '/', not \"x\""},
        {"", "a request's path begins with '/', not \"\""},
        {"/a b", "a request's path has an unescaped character 0x20"},
        {"/a\r\nX: y", "a request's path has an unescaped character 0x0d"},
        {long_path, "a request's path is longer than 131072 bytes"},
    };
    struct curltest r;

    memset(long_path, '/', 199999);
    long_path[199999] = '\0';
    curltest_init_raw(&r, "http", nothing);
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        struct transport_request req = {.method = "GET", .path = paths[i][0]};
        struct err err = ERR_INIT;
        ck_assert(!transport_start(r.transport, &req, &heard_events, NULL, &err));
        ck_assert_str_eq(err.msg, paths[i][1]);
    }
    curltest_fini(&r);
}
END_TEST

/* A kept connection that dies under the next request: a GET is sent again, a write is
 * not, for it may have arrived. */
START_TEST(test_kept_connection)
{
    static const struct raw_answer script[] = {
        {.bytes = OK "Content-Length: 1\r\n\r\n1"},
        {.bytes = "", .then = RAW_CLOSE},
        {.bytes = OK "Content-Length: 1\r\n\r\n3"},
        {0}};
    struct heard h;
    struct curltest r;

    curltest_init_raw(&r, "http", script);
    curltest_ask(&r, &h, &get);
    heard_expect(&h, "first", TRANSPORT_DONE, "");
    heard_fini(&h);
    curltest_ask(&r, &h, _i == 0 ? &get : &post);
    if (_i == 0) {
        heard_expect(&h, "GET", TRANSPORT_DONE, "");
        ck_assert_str_eq(h.text.s, "3");
        ck_assert_uint_eq(rawserver_connections(r.raw), 2);
    } else {
        heard_expect(&h, "POST", TRANSPORT_CUT,
                     "the connection was lost after the request");
        ck_assert_uint_eq(rawserver_requests(r.raw), 2);
    }
    heard_fini(&h);
    curltest_fini(&r);
}
END_TEST

START_TEST(test_bad_server)
{
    static const char *const servers[] = {"ftp://h", "https://", "https://a b", ""};
    struct kc_config config = {.server = xstrdup(servers[_i])};
    AUTO_FREE char *line = xasprintf(
        "server \"%s\": expected https://host:port or http://host:port", servers[_i]);
    struct err err = ERR_INIT;
    struct curltest r;

    curltest_init_bare(&r);
    ck_assert(transport_curl_new(r.loop, &config, "test/1.0", &err) == NULL);
    ck_assert_str_eq(err.msg, line);
    free(config.server);
    curltest_fini(&r);
}
END_TEST

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    return suite_main("kubeclient/transport_curl",
                      (struct suite_row[]){
                          {test_answer, ARRAY_LEN(answers)},
                          {test_long_head, 1},
                          {test_head, 1},
                          {test_request, ARRAY_LEN(requests)},
                          {test_prefix, 1},
                          {test_bad_request, 1},
                          {test_kept_connection, 2},
                          {test_bad_server, 4},
                          {NULL, 0},
                      });
}
