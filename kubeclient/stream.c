#include "kubeclient/stream.h"

#include <stdlib.h>

#include "base/util.h"
#include "kubeclient/client_private.h"

#define REFUSAL_MAX_BYTES (64u << 10)

/* Freed from within a callback it is only marked: `in` callbacks still stand on it. */
struct kc_stream {
    struct kc_client *client;
    const struct kc_stream_ops *ops;
    void *arg;
    struct transport_call *wire; /* NULL: over */
    int http_status;
    int64_t retry_after_sec;
    char *content_type;
    struct str refusal;
    bool in, freed;
};

static void destroy(struct kc_stream *s)
{
    str_fini(&s->refusal);
    free(s->content_type);
    free(s);
}

static void leave(struct kc_stream *s)
{
    s->in = false;
    if (s->freed)
        destroy(s);
}

static void on_head(void *arg, const struct transport_head *head)
{
    struct kc_stream *s = arg;

    s->http_status = head->status;
    s->retry_after_sec = head->retry_after_sec;
    free(s->content_type);
    s->content_type = xstrdup(head->content_type);
    kc_client_warn(s->client, head->warning);
}

/* 204 is what there is of a pod that no node has. */
static bool is_granted(const struct kc_stream *s)
{
    return s->http_status == 200 || s->http_status == 204;
}

static void on_data(void *arg, const char *bytes, size_t len)
{
    struct kc_stream *s = arg;

    if (!is_granted(s)) {
        str_addn(&s->refusal, bytes, len);
        return;
    }
    s->in = true;
    s->ops->bytes(s->arg, bytes, len);
    leave(s);
}

static void tell_refusal(struct kc_stream *s)
{
    struct kc_result_memory memory = {0};
    const struct kc_answer answer = {
        .method = "GET",
        .http_status = s->http_status,
        .content_type = s->content_type,
        .retry_after_sec = s->retry_after_sec,
        .bytes = s->refusal.s,
        .len = s->refusal.len,
        .any_content = true,
    };
    const struct kc_result result = kc_result_of_answer(&answer, &memory);

    s->ops->refused(s->arg, &result);
    kc_result_memory_fini(&memory);
}

static void on_done(void *arg, enum transport_end end, const char *why)
{
    struct kc_stream *s = arg;
    const struct kc_result no_connection = {.outcome = KC_REFUSED,
                                            .reason = KC_REASON_NO_CONNECTION,
                                            .message = why,
                                            .retry_after_sec = -1};

    s->wire = NULL;
    s->in = true;
    switch (end) {
    case TRANSPORT_NOT_SENT:
        s->ops->refused(s->arg, &no_connection);
        break;
    case TRANSPORT_CUT:
        s->ops->ended(s->arg, why);
        break;
    case TRANSPORT_DONE:
        if (is_granted(s))
            s->ops->ended(s->arg, NULL);
        else
            tell_refusal(s);
        break;
    }
    leave(s);
}

static const struct transport_events wire_events = {on_head, on_data, on_done};

struct kc_stream *kc_stream_start(struct kc_client *client, const char *path,
                                  const struct kc_stream_ops *ops, void *arg,
                                  struct err *err)
{
    const struct transport_request request = {
        .method = "GET", .path = path, .accept = "*/*", .stream = true};
    struct kc_stream *s = xcalloc(1, sizeof(*s));

    s->client = client;
    s->ops = ops;
    s->arg = arg;
    s->content_type = xstrdup("");
    str_init(&s->refusal, REFUSAL_MAX_BYTES);
    s->wire =
        transport_start(kc_client_transport(client), &request, &wire_events, s, err);
    if (s->wire)
        return s;
    destroy(s);
    return NULL;
}

void kc_stream_free(struct kc_stream *s)
{
    if (!s)
        return;
    if (s->wire)
        transport_cancel(TAKE(s->wire));
    s->freed = true;
    if (!s->in)
        destroy(s);
}
