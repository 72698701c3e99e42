/* kubelet_logs - the kubelet's log endpoint, as an app (app.h):
 *
 *   GET /containerLogs/<namespace>/<pod>/<container>?follow=true&...
 *
 * Refusals are plain text in a kubelet's words; the API server makes a Status of them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/kubelet_private.h"
#include "cmd/gantry-local/logopts.h"
#include "cmd/gantry-local/unserved.h"

/* Not read further before so much has been sent. */
#define UNSENT_MAX (256u << 10)

/* One open answer.
 *
 *   conread --pull--> sink     until UNSENT_MAX waits there (goes on when drained), or
 *                              a follower has all that there is (goes on when changed)
 */
struct log_stream {
    struct api_exchange base;
    TAILQ_ENTRY(log_stream) link;
    struct kubelet *kubelet;
    struct api_sink *sink;
    struct conread *read;
    bool is_full; /* waits for `drained` */
};

/* ---- the stream ---- */

static void stream_free(struct log_stream *s)
{
    TAILQ_REMOVE(&s->kubelet->log_streams, s, link);
    conread_free(s->read);
    free(s);
}

static void stream_end(struct log_stream *s)
{
    struct api_sink *sink = s->sink;

    stream_free(s);
    sink->ops->end(sink);
}

/* False: it was the end, and the stream is gone. */
static bool pump(struct log_stream *s)
{
    STR_AUTO struct str bytes;
    enum conread_result result = CONREAD_MORE;

    str_init(&bytes, CONREAD_BYTES_MAX);
    while (!s->is_full && result == CONREAD_MORE) {
        str_reset(&bytes);
        result = conread_next(s->read, &bytes);
        if (bytes.len > 0)
            s->is_full = s->sink->ops->data(s->sink, bytes.s, bytes.len) > UNSENT_MAX;
    }
    if (result == CONREAD_END)
        stream_end(s);
    return result != CONREAD_END;
}

static void on_close(struct api_exchange *x)
{
    stream_free((struct log_stream *)x);
}

static void on_drained(struct api_exchange *x)
{
    struct log_stream *s = (struct log_stream *)x;

    s->is_full = false;
    (void)pump(s);
}

static const struct api_exchange_ops stream_ops = {on_close, on_drained};

static void on_changed(void *arg)
{
    (void)pump(arg);
}

void kubelet_end_logs(struct kubelet *k)
{
    while (!TAILQ_EMPTY(&k->log_streams))
        stream_end(TAILQ_FIRST(&k->log_streams));
}

/* ---- refusals ---- */

static struct api_exchange *refuse_plain(struct api_sink *sink, int status,
                                         char *take_text)
{
    const struct api_head head = {.status = status,
                                  .content_type = "text/plain; charset=utf-8",
                                  .retry_after_sec = -1};
    AUTO_FREE char *text = take_text;

    sink->ops->head(sink, &head);
    sink->ops->data(sink, text, strlen(text));
    sink->ops->end(sink);
    return NULL;
}

/* Why there is no log, from the container's state. */
static char *no_log(const struct kpod *pod, const struct container_state *c,
                    const char *container, bool previous)
{
    const char *name = pod->spec->name;

    if (!pod->state.start_ms)
        return xasprintf("container \"%s\" in pod \"%s\" is not available", container,
                         name);
    if (previous)
        return xasprintf("previous terminated container \"%s\" in pod \"%s\" not found",
                         container, name);
    if (c->phase == CONTAINER_WAITING)
        return xasprintf("container \"%s\" in pod \"%s\" is waiting to start: %s",
                         container, name, c->waiting_reason);
    if (c->phase == CONTAINER_TERMINATED)
        return xasprintf("container \"%s\" in pod \"%s\" is terminated", container,
                         name);
    return xasprintf("container \"%s\" in pod \"%s\" keeps no log", container, name);
}

/* ---- finding it ---- */

/* The newest one of that name: an older one may not have gone yet. */
static struct kpod *find_pod(const struct kubelet *k, const char *ns, const char *name)
{
    struct kpod *pod, *found = NULL;

    for (size_t i = 0; i < k->n_nodes; i++) {
        TAILQ_FOREACH(pod, &k->nodes[i].pods, link)
        {
            if (!pod->gone && strcmp(pod->spec->name, name) == 0 &&
                strcmp(pod->spec->ns, ns) == 0)
                found = pod;
        }
    }
    return found;
}

/* NULL: the pod has no such container. */
static const struct container_state *find_container(const struct kpod *pod,
                                                    const char *name)
{
    const struct pod_spec *spec = pod->spec;

    for (size_t i = 0; i < spec->n_mains; i++)
        if (strcmp(spec->mains[i].name, name) == 0)
            return &pod->state.mains[i];
    for (size_t i = 0; i < spec->n_inits; i++)
        if (strcmp(spec->inits[i].name, name) == 0)
            return &pod->state.inits[i];
    return NULL;
}

static struct conread_options options_of(const struct kubelet *k,
                                         const struct logopts *o)
{
    struct conread_options options = {.tail_lines = o->tail_lines,
                                      .limit_bytes = o->limit_bytes,
                                      .timestamps = o->timestamps,
                                      .follow = o->follow};

    if (o->since_time)
        options.since_ms = o->since_time_sec * 1000;
    else if (o->since_sec >= 0)
        options.since_ms = MAX(loop_now_ms(k->loop) - o->since_sec * 1000, 1);
    return options;
}

/* ---- requests ---- */

static struct api_exchange *stream_log(struct kubelet *k, struct executor_log *what,
                                       const struct container_state *state,
                                       const struct kpod *pod, struct api_sink *sink)
{
    static const struct api_head head = {
        .status = 200, .content_type = "text/plain", .retry_after_sec = -1};
    struct executor *x = k->executor;
    struct log_stream *s = xcalloc(1, sizeof(*s));
    struct err err = {.code = ERR_NOT_FOUND};

    what->changed = on_changed;
    what->arg = s;
    s->read = x->ops->read_log ? x->ops->read_log(x, what, &err) : NULL;
    if (!s->read) {
        free(s);
        if (err.code == ERR_NOT_FOUND)
            return refuse_plain(sink, 400,
                                no_log(pod, state, what->container, what->previous));
        return refuse_plain(sink, 500, xstrdup(err.msg));
    }
    s->base.ops = &stream_ops;
    s->kubelet = k;
    s->sink = sink;
    TAILQ_INSERT_TAIL(&k->log_streams, s, link);
    sink->ops->head(sink, &head);
    return pump(s) ? &s->base : NULL;
}

static struct api_exchange *serve_log(struct kubelet *k, struct call *call)
{
    const char *ns = call->parts[1], *name = call->parts[2];
    struct executor_log what = {.container = call->parts[3]};
    const struct container_state *state;
    const struct kpod *pod = find_pod(k, ns, name);
    struct logopts o;

    if (!pod)
        return refuse_plain(call->sink, 404,
                            xasprintf("pod \"%s\" does not exist", name));
    state = find_container(pod, what.container);
    if (!state)
        return refuse_plain(call->sink, 404,
                            xasprintf("container \"%s\" not found in pod \"%s\"",
                                      what.container, name));
    if (logopts_read(call, name, &o) != 0)
        return refuse_plain(call->sink, call->refusal.code,
                            xstrdup(json_str_or(call->refusal.status, "message", "")));
    what.pod = pod->spec;
    what.previous = o.previous;
    what.options = options_of(k, &o);
    return stream_log(k, &what, state, pod, call->sink);
}

/* What an API server asks a node for, but for logs. */
static struct api_exchange *refuse_other(const struct call *call, struct api_sink *sink)
{
    char *line = call->n_parts > 0 ? unserved_by_node(call->parts[0]) : NULL;

    return line ? refuse_plain(sink, 501, line)
                : refuse_plain(sink, 404, xstrdup("404 page not found\n"));
}

static struct api_exchange *handle(struct api_app *app,
                                   const struct api_request *request,
                                   struct api_sink *sink)
{
    struct kubelet *k =
        (struct kubelet *)(void *)((char *)app - offsetof(struct kubelet, logs));
    struct call call = {.req = request, .sink = sink, .refusal = REFUSAL_INIT};
    struct api_exchange *x;

    if (call_parse(&call) != 0)
        x = refuse_plain(sink, call.refusal.code,
                         xstrdup(json_str_or(call.refusal.status, "message", "")));
    else if (call.n_parts != 4 || strcmp(call.parts[0], "containerLogs") != 0)
        x = refuse_other(&call, sink);
    else if (strcmp(request->method, "GET") != 0)
        x = refuse_plain(sink, 405, xstrdup("405: Method Not Allowed\n"));
    else
        x = serve_log(k, &call);
    call_fini(&call);
    return x;
}

struct api_app *kubelet_logs(struct kubelet *k)
{
    k->logs.handle = handle;
    return &k->logs;
}
