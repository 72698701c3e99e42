#include "cmd/gantry-local/http.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/json.h"
#include "base/util.h"
#include "cmd/gantry-local/apiserver.h"
#include "kubeclient/config.h"
#include "kubeclient/transport_curl.h"
#include "tests/support/flood.h"
#include "tests/support/suite.h"

/* A test waits for its condition at most this long. */
#define PATIENCE_MS 20000
#define MAPS "/api/v1/namespaces/default/configmaps"

/* The server as an app that counts what it is asked. */
struct counted {
    struct api_app app;
    struct api_app *real;
    size_t n;
};

static struct api_exchange *count(struct api_app *app,
                                  const struct api_request *request,
                                  struct api_sink *sink)
{
    struct counted *c = (struct counted *)app;

    c->n++;
    return c->real->handle(c->real, request, sink);
}

/* The server and a client of it, on one real loop. */
struct rig {
    struct counted counted;
    char dir[32];
    struct loop *loop;
    struct auth *auth;
    struct apiserver *server;
    struct http *http;
    struct kc_config config;
    struct transport *transport;
};

static void must(int rc, const struct err *err)
{
    ck_assert_msg(rc == 0, "%s", err->msg);
}

static void rig_init(struct rig *r)
{
    struct err err = ERR_INIT;
    struct apiserver_config server = {0};

    *r = (struct rig){.dir = "/tmp/gantry-test-XXXXXX"};
    ck_assert(mkdtemp(r->dir) != NULL);
    r->loop = loop_new(&err);
    ck_assert_msg(r->loop != NULL, "%s", err.msg);
    r->auth = auth_open(r->dir, loop_now_sec(r->loop), &err);
    ck_assert_msg(r->auth != NULL, "%s", err.msg);
    server.loop = r->loop;
    rng_seed(&server.rng, 1);
    r->server = apiserver_new(&server, &err);
    r->counted = (struct counted){{count}, apiserver_app(r->server), 0};
    const struct http_config http = {.loop = r->loop,
                                     .app = &r->counted.app,
                                     .tls = auth_tls(r->auth),
                                     .auth = r->auth,
                                     .user = "admin"};
    r->http = http_new(&http, &err);
    ck_assert_msg(r->http != NULL, "%s", err.msg);
    must(auth_write_kubeconfig(r->auth, http_port(r->http), &err), &err);
    const struct kc_config_source source = {.explicit_path =
                                                auth_kubeconfig_path(r->auth)};
    must(kc_config_load(&r->config, &source, &err), &err);
    r->transport = transport_curl_new(r->loop, &r->config, "test/1.0", &err);
    ck_assert_msg(r->transport != NULL, "%s", err.msg);
}

static void rig_fini(struct rig *r)
{
    static const char *const files[] = {"pki/ca.crt",
                                        "pki/ca.key",
                                        "pki/server.crt",
                                        "pki/server.key",
                                        "token",
                                        "kubeconfig",
                                        "lock",
                                        "port",
                                        "pki",
                                        ""};

    transport_free(r->transport);
    kc_config_fini(&r->config);
    http_free(r->http);
    apiserver_free(r->server);
    auth_free(r->auth);
    loop_free(r->loop);
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        AUTO_FREE char *path = xasprintf("%s/%s", r->dir, files[i]);
        remove(path);
    }
}

struct heard {
    int status;
    bool done;
    enum transport_end end;
    struct str text;
};

static void on_head(void *arg, const struct transport_head *head)
{
    ((struct heard *)arg)->status = head->status;
}

static void on_data(void *arg, const char *bytes, size_t len)
{
    str_addn(&((struct heard *)arg)->text, bytes, len);
}

static void on_done(void *arg, enum transport_end end, const char *why)
{
    struct heard *h = arg;

    (void)why;
    h->done = true;
    h->end = end;
}

static const struct transport_events events = {on_head, on_data, on_done};

static void heard_init(struct heard *h)
{
    *h = (struct heard){0};
    str_init(&h->text, 64 << 20);
}

static struct transport_call *start(struct rig *r, struct heard *h, const char *method,
                                    const char *path, const char *body)
{
    struct err err = ERR_INIT;
    const struct transport_request req = {.method = method,
                                          .path = path,
                                          .content_type =
                                              body ? "application/json" : NULL,
                                          .body = body,
                                          .body_len = body ? strlen(body) : 0,
                                          .stream = strstr(path, "watch=1") != NULL};
    struct transport_call *call = transport_start(r->transport, &req, &events, h, &err);

    ck_assert_msg(call != NULL, "%s", err.msg);
    return call;
}

static bool is_done(const struct heard *h)
{
    return h->done;
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
    ck_assert_msg(holds(h), "nothing came: %s", h->text.s);
}

static void ask(struct rig *r, struct heard *h, const char *method, const char *path,
                const char *body)
{
    heard_init(h);
    start(r, h, method, path, body);
    wait_for(r, is_done, h);
    ck_assert_int_eq(h->end, TRANSPORT_DONE);
}

START_TEST(test_requests)
{
    struct rig r;
    static const struct {
        const char *method, *path, *body;
        int status;
        const char *part;
    } rows[] = {
        {"GET", "/version", NULL, 200, "v1.37.2+gantry"},
        {"POST", MAPS, "{\"metadata\":{\"name\":\"a\"}}", 201, "\"name\":\"a\""},
        {"GET", MAPS "?labelSelector=a%20in%20(b)", NULL, 200, "\"items\":[]"},
        {"PUT", MAPS "/a", "{\"metadata\":{\"name\":\"a\"},\"data\":{\"k\":\"v\"}}",
         200, "\"k\":\"v\""},
        /* A body on DELETE is read, or it would be taken for the next request. */
        {"DELETE", MAPS "/a", "{\"propagationPolicy\":\"Background\"}", 200, "Success"},
        {"GET", MAPS "/a", NULL, 404, "not found"},
        {"GET", "/healthz", NULL, 200, "ok"},
    };

    rig_init(&r);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct heard h;
        ask(&r, &h, rows[i].method, rows[i].path, rows[i].body);
        ck_assert_msg(h.status == rows[i].status, "%s %s: %d %s", rows[i].method,
                      rows[i].path, h.status, h.text.s);
        ck_assert_msg(strstr(h.text.s, rows[i].part), "%s", h.text.s);
        str_fini(&h.text);
    }
    rig_fini(&r);
}
END_TEST

/* ---- as somebody else ---- */

#define REVIEWS "/apis/authentication.k8s.io/v1/selfsubjectreviews"

static const struct {
    const char *name;
    const char *headers[4];
    int status;
    const char *part;
} callers[] = {
    {"nobody else",
     {NULL},
     201,
     "\"groups\":[\"system:masters\",\"system:authenticated\"]"},
    {"a user",
     {"Impersonate-User: bob", "impersonate-group: a", "Impersonate-Uid: 7", NULL},
     201,
     "{\"username\":\"bob\",\"groups\":[\"a\",\"system:authenticated\"],\"uid\":"
     "\"7\"}"},
    {"an account",
     {"Impersonate-User: system:serviceaccount:default:x", NULL},
     201,
     "[\"system:serviceaccounts\",\"system:serviceaccounts:default\","
     "\"system:authenticated\"]"},
    {"groups of nobody", {"Impersonate-Group: a", NULL}, 400, "needs Impersonate-User"},
    {"something of nobody",
     {"Impersonate-User: ", "Impersonate-Extra-x: a", NULL},
     400,
     "Impersonate-Extra-x needs Impersonate-User"},
};

START_TEST(test_impersonation)
{
    static const char body[] = "{}";
    const struct transport_request req = {.method = "POST",
                                          .path = REVIEWS,
                                          .content_type = "application/json",
                                          .headers = callers[_i].headers,
                                          .body = body,
                                          .body_len = strlen(body)};
    struct err err = ERR_INIT;
    struct heard h;
    struct rig r;

    rig_init(&r);
    heard_init(&h);
    ck_assert_ptr_nonnull(transport_start(r.transport, &req, &events, &h, &err));
    wait_for(&r, is_done, &h);
    ck_assert_msg(h.status == callers[_i].status && strstr(h.text.s, callers[_i].part),
                  "%s: %d %s", callers[_i].name, h.status, h.text.s);
    str_fini(&h.text);
    rig_fini(&r);
}
END_TEST

START_TEST(test_wrong_token)
{
    struct rig r;
    struct heard h;
    struct err err = ERR_INIT;

    rig_init(&r);
    free(r.config.token);
    r.config.token = xstrdup("0000");
    transport_free(r.transport);
    r.transport = transport_curl_new(r.loop, &r.config, "test/1.0", &err);
    ask(&r, &h, "GET", "/version", NULL);
    ck_assert_int_eq(h.status, 401);
    ck_assert(strstr(h.text.s, "\"reason\":\"Unauthorized\""));
    str_fini(&h.text);
    rig_fini(&r);
}
END_TEST

/* Past the API's ceiling, and what the reader takes at all. */
START_TEST(test_large_body)
{
    struct rig r;
    struct heard h;
    const size_t size = 10 << 20;
    AUTO_FREE char *body = xmalloc(size + 1);

    memset(body, ' ', size);
    body[size] = '\0';
    rig_init(&r);
    ask(&r, &h, "POST", MAPS, body);
    ck_assert_int_eq(h.status, 413);
    ck_assert(strstr(h.text.s, "RequestEntityTooLarge"));
    str_fini(&h.text);
    rig_fini(&r);
}
END_TEST

/* A large answer arrives whole. */
START_TEST(test_large_answer)
{
    struct rig r;
    struct heard h;
    const size_t size = 700000;
    AUTO_FREE char *filler = xmalloc(size + 1);

    memset(filler, 'x', size);
    filler[size] = '\0';
    AUTO_FREE char *body = xasprintf(
        "{\"metadata\":{\"generateName\":\"m-\"},\"data\":{\"x\":\"%s\"}}", filler);
    rig_init(&r);
    for (int i = 0; i < 10; i++) {
        ask(&r, &h, "POST", MAPS, body);
        ck_assert_int_eq(h.status, 201);
        str_fini(&h.text);
    }
    ask(&r, &h, "GET", MAPS, NULL);
    ck_assert_uint_gt(h.text.len, 10 * size);
    ck_assert_str_eq(h.text.s + h.text.len - 3, "]}\n");
    str_fini(&h.text);
    rig_fini(&r);
}
END_TEST

START_TEST(test_watch)
{
    struct rig r;
    struct heard w, h;

    rig_init(&r);
    heard_init(&w);
    start(&r, &w, "GET", MAPS "?watch=1", NULL);
    ask(&r, &h, "POST", MAPS, "{\"metadata\":{\"name\":\"a\"}}");
    wait_for(&r, has_line, &w);
    ck_assert(strstr(w.text.s, "\"ADDED\""));
    /* The server goes away in the middle. */
    http_free(r.http);
    r.http = NULL;
    wait_for(&r, is_done, &w);
    ck_assert_int_eq(w.end, TRANSPORT_CUT);
    str_fini(&w.text);
    str_fini(&h.text);
    rig_fini(&r);
}
END_TEST

static void wait_handled(struct rig *r, size_t n)
{
    const int64_t until_ms = loop_mono_ms(r->loop) + PATIENCE_MS;

    while (r->counted.n < n && loop_mono_ms(r->loop) < until_ms)
        loop_poll(r->loop, 100);
    ck_assert_uint_eq(r->counted.n, n);
}

static void poll_for(struct rig *r, int64_t ms)
{
    const int64_t until_ms = loop_mono_ms(r->loop) + ms;

    while (loop_mono_ms(r->loop) < until_ms)
        loop_poll(r->loop, 100);
}

static bool has_head(const struct heard *h)
{
    return h->status > 0;
}

/* A round trip: what was sent before it has come. */
static void look_around(struct rig *r)
{
    struct heard h;

    ask(r, &h, "GET", "/healthz", NULL);
    str_fini(&h.text);
}

/* A server that closes idle connections after a second, in place of the rig's. */
static void make_impatient(struct rig *r)
{
    struct err err = ERR_INIT;
    const struct http_config config = {.loop = r->loop,
                                       .app = &r->counted.app,
                                       .tls = auth_tls(r->auth),
                                       .auth = r->auth,
                                       .user = "admin",
                                       .idle_sec = 1};

    transport_free(r->transport);
    http_free(r->http);
    r->http = http_new(&config, &err);
    ck_assert_msg(r->http != NULL, "%s", err.msg);
    free(r->config.server);
    r->config.server = xasprintf("https://127.0.0.1:%d", http_port(r->http));
    r->transport = transport_curl_new(r->loop, &r->config, "test/1.0", &err);
    ck_assert_msg(r->transport != NULL, "%s", err.msg);
}

static int connect_idle(const struct rig *r)
{
    const struct sockaddr_in at = {.sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)http_port(r->http)),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert_int_eq(connect(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
    return fd;
}

static void wait_closed(struct rig *r, int fd)
{
    const int64_t until_ms = loop_mono_ms(r->loop) + PATIENCE_MS;
    char byte;
    ssize_t n = -1;

    while (n < 0 && loop_mono_ms(r->loop) < until_ms) {
        loop_poll(r->loop, 100);
        n = recv(fd, &byte, 1, MSG_DONTWAIT);
    }
    ck_assert_int_eq(n, 0);
}

/* A watch in which nothing happens outlives connections that are idle for as long. */
START_TEST(test_quiet_watch)
{
    struct rig r;
    struct heard w, h;

    rig_init(&r);
    make_impatient(&r);
    heard_init(&w);
    struct transport_call *call = start(&r, &w, "GET", MAPS "?watch=1", NULL);
    wait_for(&r, has_head, &w);
    const int idle = connect_idle(&r);
    wait_closed(&r, idle);
    close(idle);
    ck_assert(!w.done);
    ask(&r, &h, "POST", MAPS, "{\"metadata\":{\"name\":\"a\"}}");
    wait_for(&r, has_line, &w);
    transport_cancel(call);
    str_fini(&w.text);
    str_fini(&h.text);
    rig_fini(&r);
}
END_TEST

/* Neither answers nor what a watch says leave the server while it holds them back. */
START_TEST(test_hold)
{
    struct rig r;
    struct heard w, h, g;

    rig_init(&r);
    heard_init(&w);
    heard_init(&h);
    struct transport_call *watch = start(&r, &w, "GET", MAPS "?watch=1", NULL);
    wait_for(&r, has_head, &w);
    http_hold(r.http);
    start(&r, &h, "POST", MAPS, "{\"metadata\":{\"name\":\"a\"}}");
    wait_handled(&r, 2);
    heard_init(&g);
    start(&r, &g, "GET", MAPS, NULL);
    wait_handled(&r, 3);
    loop_poll(r.loop, 100);
    ck_assert_str_eq(w.text.s, "");
    ck_assert_int_eq(h.status, 0);
    ck_assert_int_eq(g.status, 0);
    http_release(r.http);
    wait_for(&r, is_done, &h);
    wait_for(&r, is_done, &g);
    wait_for(&r, has_line, &w);
    ck_assert_int_eq(h.status, 201);
    ck_assert(strstr(g.text.s, "\"name\":\"a\""));
    ck_assert(strstr(w.text.s, "\"ADDED\""));
    transport_cancel(watch);
    str_fini(&w.text);
    str_fini(&h.text);
    str_fini(&g.text);
    rig_fini(&r);
}
END_TEST

/* While it refuses, everybody hears why; what was held is of unknown outcome. */
START_TEST(test_refuse)
{
    struct rig r;
    struct heard h, g;

    rig_init(&r);
    heard_init(&h);
    http_hold(r.http);
    start(&r, &h, "POST", MAPS, "{\"metadata\":{\"name\":\"a\"}}");
    wait_handled(&r, 1);
    http_refuse(r.http, "the disk is \"full\"");
    wait_for(&r, is_done, &h);
    ck_assert_int_eq(h.status, 500);
    ck_assert(strstr(h.text.s, "the disk is \\\"full\\\""));
    str_fini(&h.text);
    ask(&r, &g, "GET", MAPS, NULL);
    ck_assert_int_eq(g.status, 503);
    ck_assert(strstr(g.text.s, "\"reason\":\"ServiceUnavailable\""));
    str_fini(&g.text);
    http_release(r.http);
    ask(&r, &g, "GET", MAPS "/a", NULL);
    ck_assert_int_eq(g.status, 200);
    str_fini(&g.text);
    rig_fini(&r);
}
END_TEST

static const struct {
    const char *path;
    bool server_first; /* the server goes away, not the client */
} held_ends[] = {{MAPS, false},
                 {MAPS, true},
                 {MAPS "?watch=1", false},
                 {MAPS "?watch=1", true},
                 {MAPS "?watch=1&timeoutSeconds=1", false},
                 {MAPS "?watch=1&timeoutSeconds=1", true}};

/* Somebody goes away while something is held back: nothing is left or used twice. */
START_TEST(test_held_end)
{
    struct rig r;
    struct heard h, g;

    rig_init(&r);
    ask(&r, &g, "POST", MAPS, "{\"metadata\":{\"name\":\"a\"}}");
    str_fini(&g.text);
    heard_init(&h);
    http_hold(r.http);
    struct transport_call *call = start(&r, &h, "GET", held_ends[_i].path, NULL);
    wait_handled(&r, 2);
    if (strstr(held_ends[_i].path, "timeout"))
        poll_for(&r, 1200); /* it ends, held */
    if (held_ends[_i].server_first) {
        http_free(r.http);
        r.http = NULL;
        wait_for(&r, is_done, &h);
    } else {
        transport_cancel(call);
        loop_poll(r.loop, 100);
        http_release(r.http);
        look_around(&r);
    }
    ck_assert_str_eq(h.text.s ? h.text.s : "", "");
    str_fini(&h.text);
    rig_fini(&r);
}
END_TEST

/* The client goes away; the server notices and goes on. */
START_TEST(test_watch_cancelled)
{
    struct rig r;
    struct heard w, h;

    rig_init(&r);
    heard_init(&w);
    struct transport_call *call = start(&r, &w, "GET", MAPS "?watch=1", NULL);
    ask(&r, &h, "POST", MAPS, "{\"metadata\":{\"name\":\"a\"}}");
    wait_for(&r, has_line, &w);
    transport_cancel(call);
    str_fini(&h.text);
    for (int i = 0; i < 3; i++) {
        ask(&r, &h, "POST", MAPS, "{\"metadata\":{\"generateName\":\"b-\"}}");
        ck_assert_int_eq(h.status, 201);
        str_fini(&h.text);
    }
    str_fini(&w.text);
    rig_fini(&r);
}
END_TEST

/* A watch that the server ends is whole. */
START_TEST(test_watch_ends)
{
    struct rig r;
    struct heard w;

    rig_init(&r);
    heard_init(&w);
    start(&r, &w, "GET", MAPS "?watch=1&allowWatchBookmarks=true&timeoutSeconds=1",
          NULL);
    wait_for(&r, is_done, &w);
    ck_assert_int_eq(w.end, TRANSPORT_DONE);
    ck_assert(strstr(w.text.s, "\"BOOKMARK\""));
    str_fini(&w.text);
    rig_fini(&r);
}
END_TEST

#define MANY 100

START_TEST(test_many)
{
    struct rig r;
    struct heard h[MANY];

    rig_init(&r);
    for (size_t i = 0; i < MANY; i++) {
        heard_init(&h[i]);
        start(&r, &h[i], "POST", MAPS, "{\"metadata\":{\"generateName\":\"m-\"}}");
    }
    for (size_t i = 0; i < MANY; i++) {
        wait_for(&r, is_done, &h[i]);
        ck_assert_int_eq(h[i].status, 201);
        str_fini(&h[i].text);
    }
    rig_fini(&r);
}
END_TEST

START_TEST(test_port_taken)
{
    struct rig r;
    struct err err = ERR_INIT;

    rig_init(&r);
    const struct http_config http = {.loop = r.loop,
                                     .app = apiserver_app(r.server),
                                     .tls = auth_tls(r.auth),
                                     .auth = r.auth,
                                     .user = "admin",
                                     .port = http_port(r.http)};
    ck_assert(!http_new(&http, &err));
    ck_assert_int_eq(err.code, ERR_EXISTS);
    rig_fini(&r);
}
END_TEST

/* ---- a stream that its reader holds up ---- */

#define FLOOD_BYTES (48u << 20)

static bool has_started(const struct heard *h)
{
    return h->text.len > 0;
}

/* Until nothing moves any more. */
static size_t settle(struct rig *r, const struct flood *f)
{
    size_t before;

    do {
        before = f->written;
        loop_poll(r->loop, 100);
    } while (f->written != before);
    return before;
}

/* What a client does not take, the app does not write: the buffers between them are
 * bounded. Whoever TLS lets in needs no token where none is asked for. */
START_TEST(test_held_up)
{
    struct rig r;
    struct flood flood;
    struct heard h;
    struct err err = ERR_INIT;
    const struct transport_request req = {
        .method = "GET", .path = "/any", .stream = true};

    rig_init(&r);
    flood_init(&flood, FLOOD_BYTES);
    http_free(r.http);
    transport_free(r.transport);
    const struct http_config http = {.loop = r.loop,
                                     .app = &flood.app,
                                     .tls = auth_tls(r.auth),
                                     .user = "anybody",
                                     .address = "127.9.8.7"};
    r.http = http_new(&http, &err);
    ck_assert_msg(r.http != NULL, "%s", err.msg);
    const int port = http_listen(r.http, "127.0.0.1", &err);
    ck_assert_msg(port > 0, "%s", err.msg);
    free(r.config.server);
    free(TAKE(r.config.token));
    r.config.server = xasprintf("https://127.0.0.1:%d", port);
    r.transport = transport_curl_new(r.loop, &r.config, "test/1.0", &err);
    heard_init(&h);
    struct transport_call *call = transport_start(r.transport, &req, &events, &h, &err);
    wait_for(&r, has_started, &h);
    transport_pause(call, true);
    const size_t written = settle(&r, &flood);
    ck_assert_uint_lt(written, FLOOD_BYTES / 2);
    ck_assert_uint_lt(h.text.len, written);
    transport_pause(call, false);
    wait_for(&r, is_done, &h);
    ck_assert_int_eq(h.end, TRANSPORT_DONE);
    ck_assert_uint_eq(h.text.len, FLOOD_BYTES);
    ck_assert_str_eq(h.text.s + h.text.len - 8, "6291455\n");
    ck_assert(!flood.closed);
    str_fini(&h.text);
    rig_fini(&r);
}
END_TEST

START_TEST(test_not_loopback)
{
    struct rig r;
    struct err err = ERR_INIT;

    rig_init(&r);
    ck_assert_int_eq(http_listen(r.http, _i ? "127.x" : "0.0.0.0", &err), -1);
    ck_assert_int_eq(err.code, ERR_IO);
    rig_fini(&r);
}
END_TEST

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    return suite_main("gantry-local/http", (struct suite_row[]){
                                               {test_requests, 1},
                                               {test_impersonation, ARRAY_LEN(callers)},
                                               {test_wrong_token, 1},
                                               {test_large_body, 1},
                                               {test_large_answer, 1},
                                               {test_watch, 1},
                                               {test_quiet_watch, 1},
                                               {test_hold, 1},
                                               {test_refuse, 1},
                                               {test_held_end, ARRAY_LEN(held_ends)},
                                               {test_watch_cancelled, 1},
                                               {test_watch_ends, 1},
                                               {test_many, 1},
                                               {test_port_taken, 1},
                                               {test_held_up, 1},
                                               {test_not_loopback, 2},
                                               {NULL, 0},
                                           });
}
