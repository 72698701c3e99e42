#include "cmd/gantry-local/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>
#include <openssl/ssl.h>

#include "base/json.h"
#include "base/str.h"
#include "base/util.h"
#include "cmd/gantry-local/impersonate.h"
#include "cmd/gantry-local/peers.h"

/* Bodies up to here are read, so that one past API_BODY_MAX is refused in words instead
 * of by a broken connection. */
#define READ_BODY_MAX (16u << 20)
#define HEADERS_MAX (64u << 10)
/* Of what a peer sends while it gets a stream. */
#define STREAM_READ_MAX (64u << 10)
/* A kept-alive connection without requests. */
#define IDLE_SEC 600
#define STATUS_BYTES_MAX 8192

/* One request being answered. Lives until its sink ends; a stream's, until the
 * connection or the stream does; what is held back, until it is released. */
struct reply {
    struct api_sink sink;
    TAILQ_ENTRY(reply) link;
    TAILQ_ENTRY(reply) held_link;
    bool held; /* is in http->held */
    struct http *http;
    struct evhttp_request *req;
    struct evhttp_connection *conn;
    struct evbuffer *out; /* until the answer is whole, or the stream has begun */
    int status;
    bool waiting; /* the app has not said the head yet */
    bool streaming;
    bool ended;
    struct api_exchange *exchange;
};

TAILQ_HEAD(reply_list, reply);

struct http {
    struct http_config config;
    char *user;
    struct evhttp *evhttp;
    int port;
    struct peers *peers;
    struct reply_list replies;
    bool holding;
    char *refusal; /* why nothing is served; NULL */
    struct reply_list held;
};

static struct reply *reply_of(struct api_sink *sink)
{
    return (struct reply *)((char *)sink - offsetof(struct reply, sink));
}

static void hold(struct reply *r)
{
    if (!r->held)
        TAILQ_INSERT_TAIL(&r->http->held, r, held_link);
    r->held = true;
}

static void unhold(struct reply *r)
{
    if (r->held)
        TAILQ_REMOVE(&r->http->held, r, held_link);
    r->held = false;
}

static void reply_free(struct reply *r)
{
    unhold(r);
    TAILQ_REMOVE(&r->http->replies, r, link);
    evbuffer_free(r->out);
    free(r);
}

/* ---- from the server ---- */

static void add_warning(struct evkeyvalq *headers, const char *warning, size_t len)
{
    STR_AUTO struct str text;

    str_init(&text, 8192);
    str_add(&text, "299 - \"");
    for (const char *p = warning; p < warning + len; p++) {
        if (*p == '"' || *p == '\\')
            str_addc(&text, '\\');
        str_addc(&text, (unsigned char)*p < ' ' ? ' ' : *p);
    }
    str_addc(&text, '"');
    if (!text.overflow)
        evhttp_add_header(headers, "Warning", text.s);
}

static void add_warnings(struct evkeyvalq *headers, const char *warnings)
{
    while (*warnings) {
        const size_t len = strcspn(warnings, "\n");
        add_warning(headers, warnings, len);
        warnings += len + (warnings[len] == '\n');
    }
}

static void begin_stream(struct reply *r);

static void sink_head(struct api_sink *sink, const struct api_head *head)
{
    struct reply *r = reply_of(sink);
    struct evkeyvalq *headers = evhttp_request_get_output_headers(r->req);

    r->status = head->status;
    if (head->content_type[0])
        evhttp_add_header(headers, "Content-Type", head->content_type);
    evhttp_add_header(headers, "Cache-Control", "no-cache, private");
    if (head->warning)
        add_warnings(headers, head->warning);
    if (head->retry_after_sec >= 0) {
        AUTO_FREE char *sec = xasprintf("%lld", (long long)head->retry_after_sec);
        evhttp_add_header(headers, "Retry-After", sec);
    }
    if (r->waiting)
        begin_stream(r);
}

/* All that the stream has written is with the system. */
static void on_drained(struct evhttp_connection *conn, void *arg)
{
    const struct reply *r = arg;

    (void)conn;
    if (!r->ended && r->exchange->ops->drained)
        r->exchange->ops->drained(r->exchange);
}

/* Passes on what a stream has said, unless it is to wait. */
static void send_chunk(struct reply *r)
{
    if (evbuffer_get_length(r->out) == 0)
        return;
    if (r->http->holding)
        hold(r);
    else
        evhttp_send_reply_chunk_with_cb(r->req, r->out, on_drained, r);
}

static size_t sink_data(struct api_sink *sink, const char *bytes, size_t len)
{
    struct reply *r = reply_of(sink);

    evbuffer_add(r->out, bytes, len);
    if (!r->streaming)
        return evbuffer_get_length(r->out);
    send_chunk(r);
    struct bufferevent *bev = evhttp_connection_get_bufferevent(r->conn);
    return evbuffer_get_length(r->out) +
           evbuffer_get_length(bufferevent_get_output(bev));
}

/* The last act of an answer; the reply is gone after it. A whole one frees itself where
 * it is not ended from within its own handling. */
static void send_end(struct reply *r)
{
    if (r->streaming) {
        evhttp_connection_set_closecb(r->conn, NULL, NULL);
        evhttp_send_reply_end(r->req);
    } else {
        evhttp_send_reply(r->req, r->status, NULL, r->out);
    }
    reply_free(r);
}

/* libevent lets go of a request whose peer hangs up: then it is ours to free. */
static void drop_request(struct reply *r)
{
    if (!evhttp_request_get_connection(r->req))
        evhttp_request_free(r->req);
    reply_free(r);
}

static void on_held_closed(struct evhttp_connection *conn, void *arg)
{
    (void)conn;
    drop_request(arg);
}

static void sink_end(struct api_sink *sink)
{
    struct reply *r = reply_of(sink);

    r->ended = true;
    if (r->http->holding && (!r->streaming || r->held)) {
        hold(r);
        if (r->streaming)
            evhttp_connection_set_closecb(r->conn, on_held_closed, r);
    } else if (r->streaming) {
        send_end(r);
    } else {
        evhttp_send_reply(r->req, r->status, NULL, r->out);
    }
}

static void sink_cut(struct api_sink *sink)
{
    struct reply *r = reply_of(sink);
    struct evhttp_connection *conn = r->conn;

    evhttp_connection_set_closecb(conn, NULL, NULL);
    reply_free(r);
    evhttp_connection_free(conn);
}

static const struct api_sink_ops sink_ops = {sink_head, sink_data, sink_end, sink_cut};

/* ---- streams ---- */

static void on_stream_closed(struct evhttp_connection *conn, void *arg)
{
    struct reply *r = arg;

    (void)conn;
    r->exchange->ops->close(r->exchange);
    drop_request(r);
}

/* The connection stays with the reply, for as long as it takes. */
static void keep_open(struct reply *r)
{
    struct bufferevent *bev = evhttp_connection_get_bufferevent(r->conn);

    bufferevent_set_timeouts(bev, NULL, NULL);
    bufferevent_setwatermark(bev, EV_READ, 0, STREAM_READ_MAX);
    evhttp_connection_set_closecb(r->conn, on_stream_closed, r);
}

static void begin_stream(struct reply *r)
{
    r->waiting = false;
    r->streaming = true;
    evhttp_add_header(evhttp_request_get_output_headers(r->req), "Connection", "close");
    evhttp_send_reply_start(r->req, r->status, NULL);
    keep_open(r);
    send_chunk(r);
}

static void await_head(struct reply *r)
{
    r->waiting = true;
    keep_open(r);
}

/* ---- holding back ---- */

void http_hold(struct http *http)
{
    http->holding = true;
}

void http_release(struct http *http)
{
    struct reply *r;

    http->holding = false;
    free(TAKE(http->refusal));
    while ((r = TAILQ_FIRST(&http->held))) {
        unhold(r);
        if (r->streaming)
            send_chunk(r);
        if (r->ended)
            send_end(r);
    }
}

/* A Status of a server error, in place of what the answer was to be. */
static void send_status(struct evhttp_request *req, int code, const char *reason,
                        const char *message)
{
    struct evkeyvalq *headers = evhttp_request_get_output_headers(req);
    struct evbuffer *body = evbuffer_new();
    JSON_AUTO struct json *status =
        json_build("{'kind': 'Status', 'apiVersion': 'v1', 'metadata': {}, 'status':"
                   " 'Failure', 'message': %s, 'reason': %s, 'code': %i}",
                   message, reason, (int64_t)code);
    STR_AUTO struct str text;

    str_init(&text, STATUS_BYTES_MAX);
    json_print(status, &text);
    evbuffer_add(body, text.s, text.len);
    evhttp_clear_headers(headers);
    evhttp_add_header(headers, "Content-Type", "application/json");
    evhttp_send_reply(req, code, NULL, body);
    evbuffer_free(body);
}

void http_refuse(struct http *http, const char *why)
{
    struct reply *r, *next;

    free(http->refusal);
    http->refusal = xstrdup(why);
    http->holding = true;
    for (r = TAILQ_FIRST(&http->held); r; r = next) {
        next = TAILQ_NEXT(r, held_link);
        if (r->streaming)
            continue;
        send_status(r->req, 500, "InternalError", why);
        reply_free(r);
    }
}

/* ---- requests ---- */

static const struct {
    enum evhttp_cmd_type type;
    const char *method;
} methods[] = {
    {EVHTTP_REQ_GET, "GET"},         {EVHTTP_REQ_POST, "POST"},
    {EVHTTP_REQ_PUT, "PUT"},         {EVHTTP_REQ_PATCH, "PATCH"},
    {EVHTTP_REQ_DELETE, "DELETE"},   {EVHTTP_REQ_HEAD, "HEAD"},
    {EVHTTP_REQ_OPTIONS, "OPTIONS"},
};

static const char *method_of(struct evhttp_request *req)
{
    const enum evhttp_cmd_type type = evhttp_request_get_command(req);

    for (size_t i = 0; i < ARRAY_LEN(methods); i++)
        if (methods[i].type == type)
            return methods[i].method;
    return "?";
}

static const char *header_of(struct evhttp_request *req, const char *name)
{
    const char *value = evhttp_find_header(evhttp_request_get_input_headers(req), name);

    return value ? value : "";
}

static int find_impersonation(struct evhttp_request *req, struct impersonation *ret,
                              struct err *err)
{
    struct impersonate_header *list = NULL;
    size_t n = 0, cap = 0;
    struct evkeyval *h;

    TAILQ_FOREACH(h, evhttp_request_get_input_headers(req), next)
    {
        GROW(list, n, cap);
        list[n++] = (struct impersonate_header){h->key, h->value};
    }
    GROW(list, n, cap);
    list[n] = (struct impersonate_header){0};
    const int rc = impersonate_read(ret, list, err);
    free(list);
    return rc;
}

static void handle(struct http *http, struct evhttp_request *req,
                   const struct impersonation *as)
{
    const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(req);
    const char *path = evhttp_uri_get_path(uri);
    const char *query = evhttp_uri_get_query(uri);
    struct evbuffer *in = evhttp_request_get_input_buffer(req);
    const size_t len = evbuffer_get_length(in);
    const char *body = len > 0 ? (const char *)evbuffer_pullup(in, -1) : "";
    const struct api_request request = {.method = method_of(req),
                                        .path = path ? path : "/",
                                        .query = query ? query : "",
                                        .content_type = header_of(req, "Content-Type"),
                                        .accept = header_of(req, "Accept"),
                                        .user_agent = header_of(req, "User-Agent"),
                                        .host = header_of(req, "Host"),
                                        .body = body,
                                        .body_len = len,
                                        .user = as->user ? as->user : http->user,
                                        .uid = as->uid,
                                        .groups = (const char *const *)as->groups,
                                        .is_admin = !as->user || as->is_admin};
    struct reply *r = xcalloc(1, sizeof(*r));

    r->sink.ops = &sink_ops;
    r->http = http;
    r->req = req;
    r->conn = evhttp_request_get_connection(req);
    r->out = evbuffer_new();
    TAILQ_INSERT_TAIL(&http->replies, r, link);
    r->exchange = http->config.app->handle(http->config.app, &request, &r->sink);
    if (r->ended && r->held)
        return; /* until it is released */
    if (r->ended)
        reply_free(r);
    else if (r->status)
        begin_stream(r);
    else
        await_head(r);
}

/* libevent answers in the version that it has read, whatever that is. */
static bool is_version_1(struct evhttp_request *req)
{
    if (req->major == 1)
        return true;
    req->major = req->minor = 1;
    return false;
}

static void on_request(struct evhttp_request *req, void *arg)
{
    struct http *http = arg;

    if (!is_version_1(req)) {
        send_status(req, 505, "BadRequest",
                    "the HTTP version is not supported: use 1.1");
        return;
    }
    if (http->config.auth &&
        !auth_admits(http->config.auth, header_of(req, "Authorization"))) {
        send_status(req, 401, "Unauthorized", "Unauthorized");
        return;
    }
    peers_admit(http->peers,
                evhttp_connection_get_bufferevent(evhttp_request_get_connection(req)));
    struct impersonation as = {0};
    struct err err = ERR_INIT;
    if (http->refusal)
        send_status(req, 503, "ServiceUnavailable", http->refusal);
    else if (find_impersonation(req, &as, &err) != 0)
        send_status(req, 400, "BadRequest", err.msg);
    else
        handle(http, req, &as);
    impersonate_fini(&as);
}

/* ---- listening ---- */

static struct bufferevent *make_bufferevent(struct event_base *base, void *arg)
{
    const struct http *http = arg;
    SSL *ssl = SSL_new(http->config.tls);
    struct bufferevent *bev = bufferevent_openssl_socket_new(
        base, -1, ssl, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);

    bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
    peers_add(http->peers, bev);
    return bev;
}

/* Accepted sockets inherit TCP_NODELAY. */
static int listen_on(const struct http *http, const char *address, int port,
                     struct err *err)
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    const int one = 1;

    if (inet_pton(AF_INET, address, &at.sin_addr) != 1 ||
        (!http->config.anywhere && !str_starts(address, "127.")))
        errno = EADDRNOTAVAIL;
    else if (fd >= 0 &&
             setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) == 0 &&
             setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == 0 &&
             bind(fd, (const struct sockaddr *)&at, sizeof(at)) == 0 &&
             listen(fd, SOMAXCONN) == 0)
        return fd;
    const int errnum = errno;
    if (fd >= 0)
        close(fd);
    if (errnum == EADDRINUSE)
        return err_set(err, ERR_EXISTS, "%s:%d is taken", address, port);
    return err_errno(err, errnum, "%s:%d", address, port);
}

static int port_of(int fd)
{
    struct sockaddr_in at = {0};
    socklen_t len = sizeof(at);

    getsockname(fd, (struct sockaddr *)&at, &len);
    return ntohs(at.sin_port);
}

static int add_listener(struct http *http, const char *address, int port,
                        struct err *err)
{
    const int fd = listen_on(http, address, port, err);
    struct evhttp_bound_socket *bound =
        fd >= 0 ? evhttp_accept_socket_with_handle(http->evhttp, fd) : NULL;

    if (bound) {
        peers_watch(http->peers, evhttp_bound_socket_get_listener(bound));
        return port_of(fd);
    }
    if (fd < 0)
        return -1;
    close(fd);
    return err_set(err, ERR_IO, "%s:%d: cannot accept connections", address, port);
}

int http_listen(struct http *http, const char *address, struct err *err)
{
    return add_listener(http, address, 0, err);
}

static void set_up(struct http *http)
{
    int allowed = 0;

    for (size_t i = 0; i < ARRAY_LEN(methods); i++)
        allowed |= methods[i].type;
    evhttp_set_allowed_methods(http->evhttp, (uint16_t)allowed);
    evhttp_set_max_headers_size(http->evhttp, HEADERS_MAX);
    evhttp_set_max_body_size(http->evhttp, READ_BODY_MAX);
    evhttp_set_timeout(http->evhttp,
                       http->config.idle_sec ? http->config.idle_sec : IDLE_SEC);
    evhttp_set_default_content_type(http->evhttp, NULL);
    evhttp_set_bevcb(http->evhttp, make_bufferevent, http);
    evhttp_set_gencb(http->evhttp, on_request, http);
}

struct http *http_new(const struct http_config *config, struct err *err)
{
    struct http *http = xcalloc(1, sizeof(*http));

    http->config = *config;
    http->user = xstrdup(config->user);
    TAILQ_INIT(&http->replies);
    TAILQ_INIT(&http->held);
    http->peers = peers_new(config->log, config->max_connections);
    http->evhttp = evhttp_new(loop_event_base(config->loop));
    set_up(http);
    http->port = add_listener(http, config->address ? config->address : "127.0.0.1",
                              config->port, err);
    if (http->port >= 0)
        return http;
    http_free(http);
    return NULL;
}

void http_free(struct http *http)
{
    if (!http)
        return;
    struct reply *r, *next;

    /* Whole answers that are held back go with their connections' requests. */
    for (r = TAILQ_FIRST(&http->held); r; r = next) {
        next = TAILQ_NEXT(r, held_link);
        if (!r->streaming)
            drop_request(r);
    }
    /* Closes every connection; streams hear of it by their closecb. */
    peers_free(http->peers);
    evhttp_free(http->evhttp);
    free(http->user);
    free(http->refusal);
    free(http);
}

int http_port(const struct http *http)
{
    return http->port;
}
