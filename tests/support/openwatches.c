#include "tests/support/openwatches.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/str.h"
#include "base/util.h"

#define ASKED_MAX (1u << 20)

TAILQ_HEAD(stream_list, stream);

struct openwatches {
    struct transport base;
    struct transport *inner;
    struct stream_list open;
    struct str asked; /* a line each */
};

struct stream {
    struct transport_call base;
    TAILQ_ENTRY(stream) link;
    struct openwatches *of;
    struct transport_call *inner;
    const struct transport_events *events;
    void *arg;
    char *path;
};

static void stream_free(struct stream *s)
{
    TAILQ_REMOVE(&s->of->open, s, link);
    free(s->path);
    free(s);
}

static void on_head(void *arg, const struct transport_head *head)
{
    const struct stream *s = arg;

    s->events->head(s->arg, head);
}

static void on_data(void *arg, const char *bytes, size_t len)
{
    const struct stream *s = arg;

    s->events->data(s->arg, bytes, len);
}

static void on_done(void *arg, enum transport_end end, const char *why)
{
    struct stream *s = arg;
    const struct transport_events *events = s->events;
    void *events_arg = s->arg;

    stream_free(s);
    events->done(events_arg, end, why);
}

static const struct transport_events stream_events = {on_head, on_data, on_done};

static struct transport_call *start(struct transport *base,
                                    const struct transport_request *req,
                                    const struct transport_events *events, void *arg,
                                    struct err *err)
{
    struct openwatches *o = (struct openwatches *)base;
    struct stream *s;

    if (!req->stream) {
        str_addf(&o->asked, "%s\n", req->path);
        return transport_start(o->inner, req, events, arg, err);
    }
    s = xcalloc(1, sizeof(*s));
    *s = (struct stream){.base = {base},
                         .of = o,
                         .events = events,
                         .arg = arg,
                         .path = xstrdup(req->path)};
    TAILQ_INSERT_TAIL(&o->open, s, link);
    s->inner = transport_start(o->inner, req, &stream_events, s, err);
    if (s->inner)
        return &s->base;
    stream_free(s);
    return NULL;
}

static void cancel(struct transport_call *call)
{
    struct stream *s = (struct stream *)call;

    transport_cancel(s->inner);
    stream_free(s);
}

static void free_all(struct transport *base)
{
    struct openwatches *o = (struct openwatches *)base;

    transport_free(o->inner);
    str_fini(&o->asked);
    free(o);
}

static const struct transport_ops ops = {start, cancel, free_all, NULL};

struct transport *openwatches_new(struct transport *inner)
{
    struct openwatches *o = xcalloc(1, sizeof(*o));

    o->base.ops = &ops;
    o->inner = inner;
    TAILQ_INIT(&o->open);
    str_init(&o->asked, ASKED_MAX);
    return &o->base;
}

size_t openwatches_count(const struct transport *t, const char *part)
{
    const struct openwatches *o = (const struct openwatches *)t;
    const struct stream *s;
    size_t n = 0;

    TAILQ_FOREACH(s, &o->open, link)
    {
        n += strstr(s->path, part) != NULL;
    }
    return n;
}

size_t openwatches_asked(const struct transport *t, const char *part)
{
    const char *line = ((const struct openwatches *)t)->asked.s;
    size_t n = 0;

    for (; line && (line = strstr(line, part)); line += strcspn(line, "\n"))
        n++;
    return n;
}
