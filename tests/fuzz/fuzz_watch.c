/*
 * fuzz_watch - bytes as the answers that a cache's lists and watches get.
 *
 * Exchanges stand in one input, separated by a line "---". Each begins with a line
 * "STATUS END" (END: done, cut or not-sent); the rest is the body, served in pieces.
 *
 * Whatever comes, the history of each name that is told is one: added, then modified,
 * then deleted, and what was told is what the cache holds.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/util.h"
#include "kubeclient/cache.h"

#define START_MS INT64_C(1800000000000)
#define TIME_MS 3600000 /* of the virtual clock, for one input */
#define SEPARATOR "\n---\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- a transport that serves one exchange after another ---- */

struct server {
    struct transport base;
    struct loop *loop;
    const char *at, *end; /* what is left of the input */
};

struct wire {
    struct transport_call base;
    struct server *server;
    const struct transport_events *events; /* NULL: cancelled */
    void *arg;
    struct loop_timer *timer;
    int status;
    enum transport_end how;
    const char *at, *end; /* of the body */
    bool has_head, telling;
};

static const char *find_separator(const char *at, const char *end)
{
    const char *hit = memmem(at, (size_t)(end - at), SEPARATOR, strlen(SEPARATOR));

    return hit ? hit : end;
}

/* "200 cut\n" */
static void take_first_line(struct wire *w)
{
    char line[20] = "";
    size_t len = (size_t)(w->end - w->at);
    const char *newline = memchr(w->at, '\n', len);
    size_t n = newline ? (size_t)(newline - w->at) : len;

    memcpy(line, w->at, MIN(n, sizeof(line) - 1));
    w->at += n + (newline != NULL);
    w->status = atoi(line) > 0 && atoi(line) < 1000 ? atoi(line) : 200;
    w->how = strstr(line, "cut")        ? TRANSPORT_CUT
             : strstr(line, "not-sent") ? TRANSPORT_NOT_SENT
                                        : TRANSPORT_DONE;
    w->has_head = w->how == TRANSPORT_NOT_SENT;
}

static void wire_free(struct wire *w)
{
    loop_timer_free(w->timer);
    free(w);
}

static void tell_head(struct wire *w)
{
    const struct transport_head head = {
        .status = w->status, .content_type = "application/json", .retry_after_sec = -1};

    w->has_head = true;
    w->events->head(w->arg, &head);
}

/* Pieces of all sizes, in blocks of their own, so that reading past them is seen. */
static void tell_piece(struct wire *w)
{
    size_t left = (size_t)(w->end - w->at);
    size_t n = MIN(left, 1 + left % 61);
    AUTO_FREE char *piece = xmalloc(n);

    memcpy(piece, w->at, n);
    w->at += n;
    w->events->data(w->arg, piece, n);
}

static void on_step(void *arg)
{
    struct wire *w = arg;

    w->telling = true;
    if (!w->has_head) {
        tell_head(w);
    } else if (w->at < w->end && w->how != TRANSPORT_NOT_SENT) {
        tell_piece(w);
    } else {
        w->events->done(w->arg, w->how, w->how == TRANSPORT_DONE ? "" : "broken");
        w->events = NULL;
    }
    w->telling = false;
    if (w->events)
        loop_timer_start(w->timer, 0);
    else
        wire_free(w);
}

static struct transport_call *serve(struct transport *base,
                                    const struct transport_request *req,
                                    const struct transport_events *events, void *arg,
                                    struct err *err)
{
    struct server *s = (struct server *)base;
    struct wire *w = xcalloc(1, sizeof(*w));

    (void)err;
    assert(req->path[0] == '/');
    w->base.transport = base;
    w->server = s;
    w->events = events;
    w->arg = arg;
    w->at = s->at;
    w->end = find_separator(s->at, s->end);
    s->at = w->end < s->end ? w->end + strlen(SEPARATOR) : s->end;
    take_first_line(w);
    w->timer = loop_timer_new(s->loop, on_step, w);
    /* When nothing is left, it stays open. */
    if (w->at < s->end || w->has_head)
        loop_timer_start(w->timer, 0);
    return &w->base;
}

static void cancel(struct transport_call *base)
{
    struct wire *w = (struct wire *)base;

    w->events = NULL;
    if (!w->telling)
        wire_free(w);
}

static const struct transport_ops server_ops = {
    .start = serve, .cancel = cancel, .free = NULL};

/* ---- what is told ---- */

struct story {
    size_t known;
    struct kc_cache *cache;
};

static void *make_item(void *arg, const struct json *object)
{
    (void)arg;
    if (json_at(object, "metadata.labels"))
        return NULL;
    return xasprintf("%s/%s", json_str_or(object, "metadata.namespace", ""),
                     json_str_or(object, "metadata.name", ""));
}

static void on_changed(void *arg, enum kc_change change, void *old_item, void *new_item,
                       const struct json *object)
{
    struct story *s = arg;

    switch (change) {
    case KC_ADDED:
        assert(old_item == NULL && new_item != NULL && object != NULL);
        s->known++;
        break;
    case KC_MODIFIED:
        assert(object != NULL && strcmp(old_item, new_item) == 0);
        break;
    case KC_DELETED:
        assert(old_item != NULL && new_item == NULL && s->known > 0);
        s->known--;
        break;
    }
    if (s->cache)
        assert(kc_cache_count(s->cache) == s->known);
}

static void on_synced(void *arg)
{
    (void)arg;
}

static void on_trouble(void *arg, const char *line)
{
    (void)arg;
    assert(line[0] != '\0' && strchr(line, '\n') == NULL);
}

static const struct kc_cache_ops ops = {make_item, on_changed, free, on_synced,
                                        on_trouble};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct loop *loop = loop_new_virtual(START_MS);
    struct server server = {.base.ops = &server_ops,
                            .loop = loop,
                            .at = (const char *)data,
                            .end = (const char *)data + size};
    const struct kc_cache_spec spec = {.resource = &kc_pods};
    struct story story = {0};
    struct kc_client *client;
    struct rng rng;

    rng_seed(&rng, 1);
    client = kc_client_new(loop, &server.base, &rng);
    story.cache = kc_cache_new(client, &spec, &ops, &story);
    while (server.at < server.end && loop_step(loop, START_MS + TIME_MS))
        ;
    while (loop_step(loop, loop_now_ms(loop)))
        ;
    kc_cache_free(story.cache);
    kc_client_free(client);
    loop_free(loop);
    return 0;
}
