#include "cmd/gantry-local/direct.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/util.h"

#define ANSWER_MAX (1u << 30)

/*
 * One timer without delay wakes a call twice or more: to hand the request to the
 * server, then for each part of the answer that has gathered in `out`.
 *
 *   start --wake--> request to the server --sink--> `out` --wake--> client's events
 */
struct direct_call {
    struct transport_call base;
    struct direct *direct;
    struct api_sink sink;
    const struct transport_events *events; /* NULL: ended or cancelled */
    void *arg;

    char *method, *path, *query, *content_type, *accept, *body;
    size_t body_len;

    struct api_exchange *exchange; /* open on the server's side; NULL */
    bool sent;                     /* the server has had the request */
    bool server_done;              /* the sink has ended */
    bool was_cut;
    bool delivering; /* a cancel must leave the struct to deliver() */
    bool paused;

    /* What the server said and the client has not heard yet. */
    bool has_head;
    bool head_told;
    struct api_head head;
    char *head_type, *head_warning;
    struct str out;

    struct loop_timer *wake;
    struct loop_timer *timeout;
};

struct direct {
    struct transport base;
    struct loop *loop;
    struct api_app *app;
    char *user;
    bool is_admin;
};

static struct direct_call *call_of(struct api_sink *sink)
{
    return (struct direct_call *)((char *)sink - offsetof(struct direct_call, sink));
}

static void call_free(struct direct_call *c)
{
    loop_timer_free(c->wake);
    loop_timer_free(c->timeout);
    free(c->method);
    free(c->path);
    free(c->query);
    free(c->content_type);
    free(c->accept);
    free(c->body);
    free(c->head_type);
    free(c->head_warning);
    str_fini(&c->out);
    free(c);
}

/* ---- to the client ---- */

static void tell_done(struct direct_call *c, enum transport_end end, const char *why)
{
    const struct transport_events *events = c->events;

    c->events = NULL;
    events->done(c->arg, end, why);
}

static void tell_head(struct direct_call *c)
{
    const struct transport_head head = {.status = c->head.status,
                                        .content_type = c->head_type,
                                        .retry_after_sec = c->head.retry_after_sec,
                                        .warning = c->head_warning};

    c->head_told = true;
    c->events->head(c->arg, &head);
}

static void tell_data(struct direct_call *c)
{
    struct str part = c->out;

    str_init(&c->out, ANSWER_MAX);
    c->events->data(c->arg, part.s, part.len);
    str_fini(&part);
    if (c->exchange && c->exchange->ops->drained)
        c->exchange->ops->drained(c->exchange);
}

/* The client may cancel or pause from any of these callbacks. */
static void deliver(struct direct_call *c)
{
    c->delivering = true;
    if (c->events && c->has_head && !c->head_told)
        tell_head(c);
    if (c->events && c->out.len > 0 && !c->paused)
        tell_data(c);
    if (c->events && c->server_done && c->out.len == 0)
        tell_done(c, c->was_cut ? TRANSPORT_CUT : TRANSPORT_DONE,
                  c->was_cut ? "the server cut the stream" : "");
    c->delivering = false;
    if (!c->events)
        call_free(c);
}

/* ---- from the server ---- */

static void sink_head(struct api_sink *sink, const struct api_head *head)
{
    struct direct_call *c = call_of(sink);

    c->has_head = true;
    c->head = *head;
    c->head_type = xstrdup(head->content_type);
    c->head_warning = xstrdup_null(head->warning);
    loop_timer_start(c->wake, 0);
}

static size_t sink_data(struct api_sink *sink, const char *bytes, size_t len)
{
    struct direct_call *c = call_of(sink);

    str_addn(&c->out, bytes, len);
    loop_timer_start(c->wake, 0);
    return c->out.len;
}

static void sink_end(struct api_sink *sink)
{
    struct direct_call *c = call_of(sink);

    c->server_done = true;
    c->exchange = NULL;
    loop_timer_start(c->wake, 0);
}

static void sink_cut(struct api_sink *sink)
{
    call_of(sink)->was_cut = true;
    sink_end(sink);
}

static const struct api_sink_ops sink_ops = {sink_head, sink_data, sink_end, sink_cut};

/* ---- to the server ---- */

static void send_request(struct direct_call *c)
{
    const struct api_request request = {.method = c->method,
                                        .path = c->path,
                                        .query = c->query,
                                        .content_type = c->content_type,
                                        .accept = c->accept,
                                        .user_agent = "direct",
                                        .body = c->body,
                                        .body_len = c->body_len,
                                        .user = c->direct->user,
                                        .is_admin = c->direct->is_admin};

    c->sent = true;
    c->exchange = c->direct->app->handle(c->direct->app, &request, &c->sink);
}

static void on_wake(void *arg)
{
    struct direct_call *c = arg;

    if (c->sent)
        deliver(c);
    else
        send_request(c);
}

static void on_timeout(void *arg)
{
    struct direct_call *c = arg;

    if (c->exchange)
        c->exchange->ops->close(c->exchange);
    c->delivering = true;
    tell_done(c, TRANSPORT_CUT, "timed out");
    call_free(c);
}

static void arm_timeout(struct direct_call *c, const struct transport_request *req)
{
    int64_t sec = req->timeout_sec;

    if (sec == 0 && !req->stream)
        sec = 60;
    if (sec == 0)
        return;
    c->timeout = loop_timer_new(c->direct->loop, on_timeout, c);
    loop_timer_start(c->timeout, sec * 1000);
}

static struct transport_call *direct_start(struct transport *t,
                                           const struct transport_request *req,
                                           const struct transport_events *events,
                                           void *arg, struct err *err)
{
    struct direct *d = (struct direct *)t;

    if (req->path[0] != '/') {
        err_set(err, ERR_INVALID, "path \"%s\": must begin with a slash", req->path);
        return NULL;
    }
    struct direct_call *c = xcalloc(1, sizeof(*c));
    const size_t path_len = strcspn(req->path, "?");
    c->base.transport = t;
    c->direct = d;
    c->sink.ops = &sink_ops;
    c->events = events;
    c->arg = arg;
    c->method = xstrdup(req->method);
    c->path = xstrndup(req->path, path_len);
    c->query = xstrdup(req->path[path_len] ? req->path + path_len + 1 : "");
    c->content_type = xstrdup(req->content_type ? req->content_type : "");
    c->accept = xstrdup(req->accept ? req->accept : "application/json");
    c->body = xmalloc(req->body_len + 1);
    memcpy(c->body, req->body ? req->body : "", req->body_len);
    c->body[req->body_len] = '\0';
    c->body_len = req->body_len;
    str_init(&c->out, ANSWER_MAX);
    c->wake = loop_timer_new(d->loop, on_wake, c);
    arm_timeout(c, req);
    loop_timer_start(c->wake, 0);
    return &c->base;
}

static void direct_cancel(struct transport_call *call)
{
    struct direct_call *c = (struct direct_call *)call;

    c->events = NULL;
    if (c->exchange)
        c->exchange->ops->close(c->exchange);
    c->exchange = NULL;
    if (!c->delivering)
        call_free(c);
}

static void direct_pause(struct transport_call *call, bool paused)
{
    struct direct_call *c = (struct direct_call *)call;

    c->paused = paused;
    if (!paused && c->sent)
        loop_timer_start(c->wake, 0);
}

static void direct_free(struct transport *t)
{
    struct direct *d = (struct direct *)t;

    free(d->user);
    free(d);
}

static const struct transport_ops direct_ops = {.start = direct_start,
                                                .cancel = direct_cancel,
                                                .free = direct_free,
                                                .pause = direct_pause};

struct transport *direct_app_new(struct loop *loop, struct api_app *app,
                                 const char *user, bool is_admin)
{
    struct direct *d = xcalloc(1, sizeof(*d));

    d->base.ops = &direct_ops;
    d->loop = loop;
    d->app = app;
    d->user = xstrdup(user);
    d->is_admin = is_admin;
    return &d->base;
}

struct transport *direct_new(struct loop *loop, struct apiserver *server,
                             const char *user, bool is_admin)
{
    return direct_app_new(loop, apiserver_app(server), user, is_admin);
}
