#include "kubeclient/transport_curl.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "base/util.h"
#include "cmd/gantry-local/http.h"
#include "tests/support/rawserver.h"
#include "tests/support/suite.h"

/* A test waits for its condition at most this long. */
#define PATIENCE_MS 30000
#define MAPS "/api/v1/namespaces/default/configmaps"

/* ---- what came of one exchange ---- */

struct heard {
    struct transport_call *call;
    int heads, dones;
    int status;
    char *content_type, *warning;
    int64_t retry_after_sec;
    bool renewed;
    struct str text;
    enum transport_end end;
    char *why;
    /* A callback that cancels the call: 'h', 'd', 'e'; or one of another. */
    char cancel_at;
    struct heard *cancels;
};

static void cancel_if(struct heard *h, char at)
{
    if (h->cancel_at != at)
        return;
    h->cancel_at = '\0';
    if (h->cancels)
        transport_cancel(TAKE(h->cancels->call));
    else
        transport_cancel(TAKE(h->call));
}

static void on_head(void *arg, const struct transport_head *head)
{
    struct heard *h = arg;

    h->heads++;
    h->status = head->status;
    h->content_type = xstrdup(head->content_type);
    h->warning = xstrdup_null(head->warning);
    h->retry_after_sec = head->retry_after_sec;
    h->renewed = head->renewed;
    cancel_if(h, 'h');
}

static void on_data(void *arg, const char *bytes, size_t len)
{
    struct heard *h = arg;

    ck_assert_int_eq(h->heads, 1);
    str_addn(&h->text, bytes, len);
    cancel_if(h, 'd');
}

static void on_done(void *arg, enum transport_end end, const char *why)
{
    struct heard *h = arg;

    h->dones++;
    h->end = end;
    h->why = xstrdup(why);
    cancel_if(h, 'e');
    h->call = NULL;
}

static const struct transport_events events = {on_head, on_data, on_done};

static void heard_init(struct heard *h)
{
    *h = (struct heard){0};
    str_init(&h->text, 128u << 20);
}

static void heard_fini(struct heard *h)
{
    free(h->content_type);
    free(h->warning);
    free(h->why);
    str_fini(&h->text);
}

/* ---- a transport and whom it talks to, on one real loop ---- */

struct rig {
    struct loop *loop;
    struct kc_config config;
    struct transport *transport;
    struct rawserver *raw; /* one of the two */
    char dir[32];
    struct auth *auth;
    struct apiserver *server;
    struct http *http;
};

static void rig_connect(struct rig *r)
{
    struct err err = ERR_INIT;

    transport_free(r->transport);
    r->transport = transport_curl_new(r->loop, &r->config, "test/1.0", &err);
    ck_assert_msg(r->transport != NULL, "%s", err.msg);
}

static void rig_init_bare(struct rig *r)
{
    struct err err = ERR_INIT;

    *r = (struct rig){.loop = loop_new(&err)};
    ck_assert_msg(r->loop != NULL, "%s", err.msg);
}

static void rig_init_raw(struct rig *r, const char *scheme,
                         const struct raw_answer *script)
{
    rig_init_bare(r);
    r->raw = rawserver_new(r->loop, script);
    r->config.server = xasprintf("%s://127.0.0.1:%d", scheme, rawserver_port(r->raw));
    r->config.token = xstrdup("s3cret");
    rig_connect(r);
}

/* The API server over TLS. */
static void rig_init_tls(struct rig *r)
{
    struct err err = ERR_INIT;
    struct apiserver_config server = {0};

    rig_init_bare(r);
    memcpy(r->dir, "/tmp/gantry-curl-XXXXXX", sizeof("/tmp/gantry-curl-XXXXXX"));
    ck_assert(mkdtemp(r->dir) != NULL);
    r->auth = auth_open(r->dir, loop_now_sec(r->loop), &err);
    ck_assert_msg(r->auth != NULL, "%s", err.msg);
    server.loop = r->loop;
    rng_seed(&server.rng, 1);
    r->server = apiserver_new(&server, &err);
    const struct http_config http = {
        .loop = r->loop, .server = r->server, .auth = r->auth, .user = "admin"};
    r->http = http_new(&http, &err);
    ck_assert_msg(r->http != NULL, "%s", err.msg);
    ck_assert_int_eq(auth_write_kubeconfig(r->auth, http_port(r->http), &err), 0);
    const struct kc_config_source source = {.explicit_path =
                                                auth_kubeconfig_path(r->auth)};
    ck_assert_msg(kc_config_load(&r->config, &source, &err) == 0, "%s", err.msg);
    rig_connect(r);
}

static void rig_fini(struct rig *r)
{
    transport_free(r->transport);
    kc_config_fini(&r->config);
    if (r->raw)
        rawserver_free(r->raw);
    if (r->auth) {
        AUTO_FREE char *command = xasprintf("rm -rf %s", r->dir);
        http_free(r->http);
        apiserver_free(r->server);
        auth_free(r->auth);
        ck_assert_int_eq(system(command), 0);
    }
    loop_free(r->loop);
}

static void start(struct rig *r, struct heard *h, const struct transport_request *req)
{
    struct err err = ERR_INIT;

    h->call = transport_start(r->transport, req, &events, h, &err);
    ck_assert_msg(h->call != NULL, "%s", err.msg);
    ck_assert_int_eq(h->heads + h->dones, 0);
}

static bool is_done(const struct heard *h)
{
    return h->dones > 0;
}

static bool has_line(const struct heard *h)
{
    return strchr(h->text.s, '\n') != NULL;
}

static void wait_for(struct rig *r, bool (*holds)(const struct heard *h),
                     const struct heard *h)
{
    const int64_t until_ms = loop_mono_ms(r->loop) + PATIENCE_MS;

    while (!holds(h) && loop_mono_ms(r->loop) < until_ms)
        loop_poll(r->loop, 100);
    ck_assert_msg(holds(h), "nothing came: %.200s", h->text.s);
}

static void ask(struct rig *r, struct heard *h, const struct transport_request *req)
{
    heard_init(h);
    start(r, h, req);
    wait_for(r, is_done, h);
}

static const char *const end_names[] = {[TRANSPORT_DONE] = "done",
                                        [TRANSPORT_NOT_SENT] = "not sent",
                                        [TRANSPORT_CUT] = "cut"};

/* `why` is a part of the line, which only a whole answer has not. */
static void expect_end(const struct heard *h, const char *name, enum transport_end end,
                       const char *why)
{
    ck_assert_msg(h->dones == 1, "%s: told %d times", name, h->dones);
    ck_assert_msg(h->end == end, "%s: %s (%s), not %s", name, end_names[h->end], h->why,
                  end_names[end]);
    ck_assert_msg(strstr(h->why, why) != NULL, "%s: %s", name, h->why);
    ck_assert_msg((h->why[0] == '\0') == (end == TRANSPORT_DONE), "%s: %s", name,
                  h->why);
    ck_assert_msg(strchr(h->why, '\n') == NULL, "%s: two lines: %s", name, h->why);
}

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
    struct rig r;

    rig_init_raw(&r, "http", script);
    ask(&r, &h, answers[_i].request);
    expect_end(&h, name, answers[_i].end, answers[_i].why);
    ck_assert_msg(h.status == answers[_i].status, "%s: status %d", name, h.status);
    ck_assert_int_eq(h.heads, h.status != 0);
    if (answers[_i].text)
        ck_assert_msg(str_eq(h.text.s, answers[_i].text), "%s: %s", name, h.text.s);
    ck_assert_uint_eq(rawserver_requests(r.raw), 1);
    heard_fini(&h);
    rig_fini(&r);
}
END_TEST

START_TEST(test_long_head)
{
    STR_AUTO struct str head;
    struct raw_answer script[2] = {{0}};
    struct heard h;
    struct rig r;

    str_init(&head, 1 << 20);
    str_add(&head, OK);
    for (int i = 0; i < 70; i++)
        str_addf(&head, "X-%d: %01000d\r\n", i, 0);
    str_add(&head, "Content-Length: 0\r\n\r\n");
    script[0].bytes = head.s;
    rig_init_raw(&r, "http", script);
    ask(&r, &h, &get);
    expect_end(&h, "long head", TRANSPORT_CUT,
               "the head of the answer is longer than 64 KiB");
    ck_assert_int_eq(h.heads, 0);
    heard_fini(&h);
    rig_fini(&r);
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
    struct rig r;

    rig_init_raw(&r, "http", script);
    ask(&r, &h, &get);
    ck_assert_int_eq(h.status, 429);
    ck_assert_int_eq(h.retry_after_sec, 7);
    ck_assert_str_eq(h.content_type, "application/json");
    ck_assert_str_eq(h.warning, "it is \"old\"");
    heard_fini(&h);
    ask(&r, &h, &get);
    ck_assert_int_eq(h.retry_after_sec, -1);
    ck_assert_str_eq(h.content_type, "");
    ck_assert(h.warning == NULL);
    heard_fini(&h);
    rig_fini(&r);
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
    struct rig r;

    rig_init_raw(&r, "http", script);
    ask(&r, &h, &requests[_i].request);
    heard = rawserver_heard(r.raw);
    for (size_t i = 0; i < 6 && requests[_i].has[i]; i++)
        ck_assert_msg(strstr(heard, requests[_i].has[i]), "no %s in\n%s",
                      requests[_i].has[i], heard);
    for (size_t i = 0; i < 4 && requests[_i].lacks[i]; i++)
        ck_assert_msg(!strstr(heard, requests[_i].lacks[i]), "%s in\n%s",
                      requests[_i].lacks[i], heard);
    heard_fini(&h);
    rig_fini(&r);
}
END_TEST

/* The server's path goes before; a Host that is not the address. */
START_TEST(test_prefix)
{
    static const struct raw_answer script[] = {
        {.bytes = OK "Content-Length: 0\r\n\r\n"}, {0}};
    struct heard h;
    struct rig r;

    rig_init_raw(&r, "http", script);
    AUTO_FREE char *server = r.config.server;
    AUTO_FREE char *host = xasprintf("\r\nHost: %s\r\n", server + strlen("http://"));
    r.config.server = xasprintf("%s/k8s/c-1", server);
    r.config.tls_server_name = xstrdup("kubernetes");
    rig_connect(&r);
    ask(&r, &h, &get);
    ck_assert(str_starts(rawserver_heard(r.raw), "GET /k8s/c-1/x HTTP/1.1\r\n"));
    ck_assert_msg(strstr(rawserver_heard(r.raw), host), "%s", rawserver_heard(r.raw));
    heard_fini(&h);
    rig_fini(&r);
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
    struct rig r;

    memset(long_path, '/', 199999);
    long_path[199999] = '\0';
    rig_init_raw(&r, "http", nothing);
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        struct transport_request req = {.method = "GET", .path = paths[i][0]};
        struct err err = ERR_INIT;
        ck_assert(!transport_start(r.transport, &req, &events, NULL, &err));
        ck_assert_str_eq(err.msg, paths[i][1]);
    }
    rig_fini(&r);
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
    struct rig r;

    rig_init_raw(&r, "http", script);
    ask(&r, &h, &get);
    expect_end(&h, "first", TRANSPORT_DONE, "");
    heard_fini(&h);
    ask(&r, &h, _i == 0 ? &get : &post);
    if (_i == 0) {
        expect_end(&h, "GET", TRANSPORT_DONE, "");
        ck_assert_str_eq(h.text.s, "3");
        ck_assert_uint_eq(rawserver_connections(r.raw), 2);
    } else {
        expect_end(&h, "POST", TRANSPORT_CUT,
                   "the connection was lost after the request");
        ck_assert_uint_eq(rawserver_requests(r.raw), 2);
    }
    heard_fini(&h);
    rig_fini(&r);
}
END_TEST

/* ---- no connection ---- */

START_TEST(test_closed_port)
{
    static const struct raw_answer nothing[] = {{0}};
    struct heard h;
    struct rig r;

    rig_init_raw(&r, "http", nothing);
    free(r.config.server);
    r.config.server =
        xasprintf("%s://127.0.0.1:%d", _i ? "https" : "http", rawserver_closed_port());
    rig_connect(&r);
    ask(&r, &h, &post);
    expect_end(&h, "closed port", TRANSPORT_NOT_SENT, "connect to 127.0.0.1 port");
    ck_assert_int_eq(h.heads, 0);
    heard_fini(&h);
    rig_fini(&r);
}
END_TEST

/* Who listens speaks no TLS: says something else, says nothing, hangs up. */
START_TEST(test_no_tls)
{
    static const struct {
        struct raw_answer answer;
        const char *why;
    } rows[] = {
        {{.bytes = "HTTP/1.1 400 Bad Request\r\n\r\n"}, "time"},
        {{.bytes = ""}, "time"},
    };
    const struct raw_answer script[] = {rows[_i].answer, {0}};
    struct transport_request req = post;
    struct heard h;
    struct rig r;

    rig_init_raw(&r, "https", script);
    req.timeout_sec = 1;
    ask(&r, &h, &req);
    expect_end(&h, "no TLS", TRANSPORT_NOT_SENT, rows[_i].why);
    heard_fini(&h);
    rig_fini(&r);
}
END_TEST

/* ---- TLS and tokens, against the API server ---- */

#define CERTIFICATE "certificate"

static void no_change(struct rig *r)
{
    (void)r;
}

static void other_ca(struct rig *r)
{
    char dir[] = "/tmp/gantry-curl-XXXXXX";
    struct err err = ERR_INIT;
    struct auth *other;

    ck_assert(mkdtemp(dir) != NULL);
    other = auth_open(dir, loop_now_sec(r->loop), &err);
    ck_assert_msg(other != NULL, "%s", err.msg);
    AUTO_FREE char *path = xasprintf("%s/pki/ca.crt", dir);
    STR_AUTO struct str pem;
    str_init(&pem, 1 << 20);
    ck_assert_int_eq(str_read_file(&pem, path, &err), 0);
    free(r->config.ca_pem);
    r->config.ca_pem = str_take(&pem);
    auth_free(other);
    AUTO_FREE char *command = xasprintf("rm -rf %s", dir);
    ck_assert_int_eq(system(command), 0);
}

static void no_ca(struct rig *r)
{
    free(TAKE(r->config.ca_pem));
}

static void malformed_ca(struct rig *r)
{
    free(r->config.ca_pem);
    r->config.ca_pem = xstrdup("-----BEGIN CERTIFICATE-----\n!\n");
}

static void insecure(struct rig *r)
{
    no_ca(r);
    r->config.insecure = true;
}

static void other_name(struct rig *r)
{
    r->config.tls_server_name = xstrdup("elsewhere.example");
}

static void right_name(struct rig *r)
{
    r->config.tls_server_name = xstrdup("localhost");
}

static void wrong_token(struct rig *r)
{
    free(r->config.token);
    r->config.token = xstrdup("wrong");
}

static void no_token(struct rig *r)
{
    free(TAKE(r->config.token));
}

static const struct {
    const char *name;
    void (*change)(struct rig *r);
    enum transport_end end;
    int status;
    const char *why;
} accesses[] = {
    {"as it should be", no_change, TRANSPORT_DONE, 200, ""},
    {"another CA", other_ca, TRANSPORT_NOT_SENT, 0, CERTIFICATE},
    {"the system's CAs", no_ca, TRANSPORT_NOT_SENT, 0, CERTIFICATE},
    {"a malformed CA", malformed_ca, TRANSPORT_NOT_SENT, 0, CERTIFICATE},
    {"no check", insecure, TRANSPORT_DONE, 200, ""},
    {"another name", other_name, TRANSPORT_NOT_SENT, 0, "elsewhere.example"},
    {"one of its names", right_name, TRANSPORT_DONE, 200, ""},
    {"wrong token", wrong_token, TRANSPORT_DONE, 401, ""},
    {"no token", no_token, TRANSPORT_DONE, 401, ""},
};

START_TEST(test_access)
{
    const struct transport_request version = {.method = "GET", .path = "/version"};
    struct heard h;
    struct rig r;

    rig_init_tls(&r);
    accesses[_i].change(&r);
    rig_connect(&r);
    ask(&r, &h, &version);
    expect_end(&h, accesses[_i].name, accesses[_i].end, accesses[_i].why);
    ck_assert_msg(h.status == accesses[_i].status, "%s: %d", accesses[_i].name,
                  h.status);
    ck_assert(!h.renewed);
    heard_fini(&h);
    rig_fini(&r);
}
END_TEST

static void write_text(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    ck_assert(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
}

/* The token's file holds another one since the server stopped to take the old. */
START_TEST(test_token_file)
{
    const struct transport_request version = {.method = "GET", .path = "/version"};
    struct heard h;
    struct rig r;

    rig_init_tls(&r);
    AUTO_FREE char *right = xstrdup(r.config.token);
    r.config.token_file = xasprintf("%s/mounted", r.dir);
    wrong_token(&r);
    write_text(r.config.token_file, "wrong\n");
    rig_connect(&r);
    ask(&r, &h, &version);
    ck_assert_int_eq(h.status, 401);
    ck_assert(!h.renewed); /* nobody has put another there */
    heard_fini(&h);
    write_text(r.config.token_file, right);
    ask(&r, &h, &version);
    ck_assert_int_eq(h.status, 401); /* it still sent the old one */
    ck_assert(h.renewed);
    heard_fini(&h);
    ask(&r, &h, &version);
    ck_assert_int_eq(h.status, 200);
    heard_fini(&h);
    rig_fini(&r);
}
END_TEST

#define MANY 150
#define STREAMS 20

/* Writes and watches at once, over HTTP/1.1: more than there are connections. */
START_TEST(test_many)
{
    const struct transport_request watch = {
        .method = "GET", .path = MAPS "?watch=1", .stream = true};
    const struct transport_request create = {
        .method = "POST",
        .path = MAPS,
        .content_type = "application/json",
        .body = "{\"metadata\":{\"generateName\":\"m-\"}}",
        .body_len = strlen("{\"metadata\":{\"generateName\":\"m-\"}}")};
    struct heard w[STREAMS], h[MANY];
    struct rig r;

    rig_init_tls(&r);
    for (size_t i = 0; i < STREAMS; i++) {
        heard_init(&w[i]);
        start(&r, &w[i], &watch);
    }
    for (size_t i = 0; i < MANY; i++) {
        heard_init(&h[i]);
        start(&r, &h[i], &create);
    }
    for (size_t i = 0; i < MANY; i++) {
        wait_for(&r, is_done, &h[i]);
        expect_end(&h[i], "create", TRANSPORT_DONE, "");
        ck_assert_int_eq(h[i].status, 201);
        heard_fini(&h[i]);
    }
    for (size_t i = 0; i < STREAMS; i++)
        wait_for(&r, has_line, &w[i]);
    /* The server dies. */
    http_free(TAKE(r.http));
    for (size_t i = 0; i < STREAMS; i++) {
        wait_for(&r, is_done, &w[i]);
        ck_assert_int_eq(w[i].end, TRANSPORT_CUT);
        heard_fini(&w[i]);
    }
    rig_fini(&r);
}
END_TEST

/* ---- cancelling ---- */

#define WHOLE                                     \
    {                                             \
        .bytes = OK "Content-Length: 2\r\n\r\nok" \
    }

/* From within each of its callbacks; before it has begun. */
START_TEST(test_cancel_own)
{
    static const struct raw_answer script[] = {WHOLE, WHOLE, {0}};
    static const char at[] = {'h', 'd', 'e', '\0'};
    struct heard h, other;
    struct rig r;

    rig_init_raw(&r, "http", script);
    heard_init(&h);
    h.cancel_at = at[_i];
    start(&r, &h, &get);
    if (h.cancel_at == '\0')
        transport_cancel(h.call);
    ask(&r, &other, &get);
    expect_end(&other, "another call", TRANSPORT_DONE, "");
    ck_assert_int_eq(h.heads, at[_i] != '\0');
    ck_assert_int_eq(h.dones, at[_i] == 'e');
    ck_assert_uint_eq(h.text.len, at[_i] == 'd' || at[_i] == 'e' ? 2 : 0);
    heard_fini(&h);
    heard_fini(&other);
    rig_fini(&r);
}
END_TEST

/* From within another call's callbacks: while it waits, while its answer may have
 * arrived too, while both have run out of time and the other is yet to be told. */
START_TEST(test_cancel_other)
{
    static const struct {
        struct raw_answer script[3];
        char at;
        const struct transport_request *request;
    } rows[] = {
        {{WHOLE, {.bytes = ""}}, 'h', &get},           {{WHOLE, WHOLE}, 'h', &get},
        {{WHOLE, {.bytes = ""}}, 'e', &get},           {{WHOLE, WHOLE}, 'e', &get},
        {{{.bytes = ""}, {.bytes = ""}}, 'e', &quick},
    };
    struct heard h[2];
    struct rig r;

    rig_init_raw(&r, "http", rows[_i].script);
    for (size_t i = 0; i < 2; i++) {
        heard_init(&h[i]);
        h[i].cancel_at = rows[_i].at;
        h[i].cancels = &h[1 - i]; /* whichever comes first */
        start(&r, &h[i], rows[_i].request);
    }
    while (!h[0].dones && !h[1].dones)
        loop_poll(r.loop, 100);
    loop_poll(r.loop, 0);
    ck_assert_int_eq(h[0].dones + h[1].dones, 1);
    heard_fini(&h[0]);
    heard_fini(&h[1]);
    rig_fini(&r);
}
END_TEST

/* Many that wait for a connection, all cancelled, and the next one passes. */
START_TEST(test_cancel_many)
{
    struct raw_answer script[66] = {{0}};
    struct heard h[MANY], last;
    struct rig r;

    for (size_t i = 0; i < 64; i++)
        script[i] = (struct raw_answer){.bytes = ""};
    script[64] = (struct raw_answer)WHOLE;
    rig_init_raw(&r, "http", script);
    for (size_t i = 0; i < MANY; i++) {
        heard_init(&h[i]);
        start(&r, &h[i], &get);
    }
    while (rawserver_requests(r.raw) < 64)
        loop_poll(r.loop, 100);
    for (size_t i = 0; i < MANY; i++) {
        transport_cancel(h[i].call);
        ck_assert_int_eq(h[i].heads + h[i].dones, 0);
        heard_fini(&h[i]);
    }
    ask(&r, &last, &get);
    expect_end(&last, "the last", TRANSPORT_DONE, "");
    ck_assert_uint_eq(rawserver_connections(r.raw), 65);
    heard_fini(&last);
    rig_fini(&r);
}
END_TEST

START_TEST(test_bad_server)
{
    static const char *const servers[] = {"ftp://h", "https://", "https://a b", ""};
    struct kc_config config = {.server = xstrdup(servers[_i])};
    AUTO_FREE char *line = xasprintf(
        "server \"%s\": expected https://host:port or http://host:port", servers[_i]);
    struct err err = ERR_INIT;
    struct rig r;

    rig_init_bare(&r);
    ck_assert(transport_curl_new(r.loop, &config, "test/1.0", &err) == NULL);
    ck_assert_str_eq(err.msg, line);
    free(config.server);
    rig_fini(&r);
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
                          {test_closed_port, 2},
                          {test_no_tls, 2},
                          {test_access, ARRAY_LEN(accesses)},
                          {test_token_file, 1},
                          {test_many, 1},
                          {test_cancel_own, 4},
                          {test_cancel_other, 5},
                          {test_cancel_many, 1},
                          {test_bad_server, 4},
                          {NULL, 0},
                      });
}
