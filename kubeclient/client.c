#include "kubeclient/client_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* Tries after the first. */
#define REPEATS_MAX 5
/* A longer Retry-After is the caller's to wait for: nobody should sit in a call that
 * long. */
#define RETRY_AFTER_MAX_SEC 60
/* First pause of a GET that found no connection; doubles: 8 s for all five. */
#define UNSENT_PAUSE_MS 250

struct kc_client {
    struct loop *loop;
    struct transport *transport;
    struct rng rng;
    struct kc_call *calls; /* those that have not ended */
    void (*warning)(void *arg, const char *text);
    void *warning_arg;
    bool (*may_write)(void *arg); /* NULL: at any time */
    void *may_write_arg;
    bool give_up_unsent;
};

/*
 * A call alternates between `wire` (an exchange is under way) and `timer` (a pause
 * before the next try, or a failed start that is to be told from the loop); it is
 * unlinked when it has ended, just before its callback.
 */
struct kc_call {
    struct kc_client *client;
    struct kc_call *prev, *next;
    kc_done_fn *done;
    void *arg;

    char *method, *path, *content_type, *accept, *body;
    size_t body_len;
    bool any_content, text_only;

    struct transport_call *wire;
    struct loop_timer *timer;
    int repeats;
    bool asked_again; /* after a 401 */
    bool ended;
    struct err start_err;

    struct transport_head
        head; /* of the answer that is arriving; its strings are not kept */
    char *answer_type;
    struct str answer;
};

/* ---- client ---- */

struct kc_client *kc_client_new(struct loop *loop, struct transport *transport,
                                const struct rng *rng)
{
    struct kc_client *c = xcalloc(1, sizeof(*c));

    c->loop = loop;
    c->transport = transport;
    c->rng = *rng;
    return c;
}

void kc_client_free(struct kc_client *c)
{
    if (c == NULL)
        return;
    while (c->calls)
        kc_cancel(c->calls);
    free(c);
}

struct loop *kc_client_loop(const struct kc_client *c)
{
    return c->loop;
}

struct transport *kc_client_transport(const struct kc_client *c)
{
    return c->transport;
}

struct rng *kc_client_rng(struct kc_client *c)
{
    return &c->rng;
}

void kc_client_give_up_unsent(struct kc_client *c)
{
    c->give_up_unsent = true;
}

void kc_client_guard_writes(struct kc_client *c, bool (*may)(void *arg), void *arg)
{
    c->may_write = may;
    c->may_write_arg = arg;
}

void kc_client_on_warning(struct kc_client *c, void (*fn)(void *arg, const char *text),
                          void *arg)
{
    c->warning = fn;
    c->warning_arg = arg;
}

void kc_client_warn(struct kc_client *c, const char *warnings)
{
    /* A copy: who listens may end the call that they came with. */
    AUTO_FREE char *lines = xstrdup_null(warnings);
    char *rest = lines;

    for (char *line; c->warning && (line = strsep(&rest, "\n"));)
        c->warning(c->warning_arg, line);
}

int64_t kc_jitter_ms(struct rng *rng, int64_t span_ms)
{
    return (int64_t)rng_below(rng, (uint64_t)span_ms);
}

/* ---- the life of a call ---- */

static void call_unlink(struct kc_call *call)
{
    if (call->prev)
        call->prev->next = call->next;
    else
        call->client->calls = call->next;
    if (call->next)
        call->next->prev = call->prev;
    call->ended = true;
}

static void call_free(struct kc_call *call)
{
    loop_timer_free(call->timer);
    str_fini(&call->answer);
    free(call->answer_type);
    free(call->method);
    free(call->path);
    free(call->content_type);
    free(call->accept);
    free(call->body);
    free(call);
}

/* The client may be freed by the callback, and the call cancelled. */
static void call_end(struct kc_call *call, const struct kc_result *result)
{
    call_unlink(call);
    call->done(call->arg, result);
    call_free(call);
}

static void call_end_without_answer(struct kc_call *call, enum kc_outcome outcome,
                                    enum kc_reason reason, const char *why)
{
    struct kc_result r = {
        .outcome = outcome, .reason = reason, .message = why, .retry_after_sec = -1};

    call_end(call, &r);
}

void kc_cancel(struct kc_call *call)
{
    if (call->ended)
        return; /* from within its own callback */
    if (call->wire)
        transport_cancel(call->wire);
    call_unlink(call);
    call_free(call);
}

void kc_once(struct kc_call *call)
{
    call->repeats = REPEATS_MAX;
}

/* ---- one try ---- */

static void on_head(void *arg, const struct transport_head *head)
{
    struct kc_call *call = arg;

    call->head = *head;
    free(call->answer_type);
    call->answer_type = xstrdup(head->content_type);
    if (head->warning)
        kc_client_warn(call->client, head->warning);
}

static void on_data(void *arg, const char *bytes, size_t len)
{
    struct kc_call *call = arg;

    str_addn(&call->answer, bytes, len);
    if (!call->answer.overflow)
        return;
    transport_cancel(TAKE(call->wire));
    call_end_without_answer(call, KC_UNKNOWN, KC_REASON_TOO_LARGE,
                            "the answer is longer than 64 MiB");
}

static bool is_get(const struct kc_call *call)
{
    return strcmp(call->method, "GET") == 0;
}

/* Milliseconds to wait before the same request goes out again; -1: never. */
static int64_t pause_after_answer(struct kc_call *call, const struct kc_result *r)
{
    int64_t wait_sec = call->head.retry_after_sec;

    if (call->head.status == 401 && call->head.renewed && !call->asked_again) {
        call->asked_again = true;
        return 0;
    }
    /* What may have happened is the caller's to repeat. */
    if (r->outcome != KC_REFUSED || call->repeats >= REPEATS_MAX)
        return -1;
    if (call->head.status != 429 && call->head.status != 503)
        return -1;
    if (wait_sec < 0 || wait_sec > RETRY_AFTER_MAX_SEC)
        return -1;
    call->repeats++;
    /* Those told to come back together should not. */
    return wait_sec * 1000 + kc_jitter_ms(&call->client->rng, 500);
}

static void call_answered(struct kc_call *call)
{
    struct kc_result_memory memory = {0};
    struct kc_answer answer = {
        .method = call->method,
        .http_status = call->head.status,
        .content_type = call->answer_type,
        .retry_after_sec = call->head.retry_after_sec,
        .bytes = call->answer.s,
        .len = call->answer.len,
        .any_content = call->any_content,
        .text_only = call->text_only,
    };
    struct kc_result result = kc_result_of_answer(&answer, &memory);
    int64_t pause_ms = pause_after_answer(call, &result);

    if (pause_ms >= 0)
        loop_timer_start(call->timer, pause_ms);
    else
        call_end(call, &result);
    kc_result_memory_fini(&memory);
}

static void call_not_sent(struct kc_call *call, const char *why)
{
    int64_t pause_ms = (int64_t)UNSENT_PAUSE_MS << call->repeats;

    if (!is_get(call) || call->repeats >= REPEATS_MAX || call->client->give_up_unsent) {
        call_end_without_answer(call, KC_REFUSED, KC_REASON_NO_CONNECTION, why);
        return;
    }
    call->repeats++;
    loop_timer_start(call->timer,
                     pause_ms + kc_jitter_ms(&call->client->rng, pause_ms));
}

static void on_done(void *arg, enum transport_end end, const char *why)
{
    struct kc_call *call = arg;

    call->wire = NULL;
    switch (end) {
    case TRANSPORT_DONE:
        call_answered(call);
        break;
    case TRANSPORT_NOT_SENT:
        call_not_sent(call, why);
        break;
    case TRANSPORT_CUT:
        call_end_without_answer(call, KC_UNKNOWN, KC_REASON_OTHER, why);
        break;
    }
}

static const struct transport_events wire_events = {on_head, on_data, on_done};

static bool is_allowed(const struct kc_call *call)
{
    const struct kc_client *c = call->client;

    return !c->may_write || is_get(call) || c->may_write(c->may_write_arg);
}

static void call_try(struct kc_call *call)
{
    struct transport_request request = {
        .method = call->method,
        .path = call->path,
        .content_type = call->content_type,
        .accept = call->accept,
        .body = call->body,
        .body_len = call->body_len,
    };

    str_reset(&call->answer);
    call->head = (struct transport_head){.retry_after_sec = -1};
    if (is_allowed(call))
        call->wire = transport_start(call->client->transport, &request, &wire_events,
                                     call, &call->start_err);
    else
        err_set(&call->start_err, ERR_UNAVAILABLE, "not sent: it is not ours to write");
    if (call->wire == NULL) /* told from the loop, as everything is */
        loop_timer_start(call->timer, 0);
}

static enum kc_reason why_not_started(const struct kc_call *call)
{
    switch (call->start_err.code) {
    case ERR_TOO_LARGE:
        return KC_REASON_TOO_LARGE;
    case ERR_UNAVAILABLE:
        return KC_REASON_NO_CONNECTION;
    default:
        return KC_REASON_BAD_REQUEST;
    }
}

static void on_timer(void *arg)
{
    struct kc_call *call = arg;

    if (call->start_err.code == ERR_NONE)
        call_try(call);
    else
        call_end_without_answer(call, KC_REFUSED, why_not_started(call),
                                call->start_err.msg);
}

struct kc_call *kc_call_start(struct kc_client *c, const struct kc_request *request,
                              kc_done_fn *done, void *arg)
{
    struct kc_call *call = xcalloc(1, sizeof(*call));

    assert(done != NULL);
    call->client = c;
    call->done = done;
    call->arg = arg;
    call->method = xstrdup(request->method);
    call->path = xstrdup(request->path);
    call->content_type = request->body ? xstrdup_null(request->content_type) : NULL;
    call->accept = xstrdup_null(request->accept);
    call->body = request->body ? json_text(request->body, &call->body_len) : NULL;
    call->any_content = request->any_content;
    call->text_only = request->text_only;
    call->timer = loop_timer_new(c->loop, on_timer, call);
    call->answer_type = xstrdup("");
    str_init(&call->answer, KC_ANSWER_MAX);
    call->next = c->calls;
    if (c->calls)
        c->calls->prev = call;
    c->calls = call;
    call_try(call);
    return call;
}
