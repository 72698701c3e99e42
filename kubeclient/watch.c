#include "kubeclient/watch.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "kubeclient/client_private.h"
#include "kubeclient/lines.h"

/* Three bookmark intervals: a server that keeps silent that long is dead. */
#define QUIET_SEC 180
#define REFUSAL_MAX_BYTES (64u << 10)

struct kc_watch {
    struct kc_client *client;
    const struct kc_watch_ops *ops;
    void *arg;
    struct transport_call *wire; /* NULL: not under way */
    struct kc_lines lines;
    int http_status;
    int64_t retry_after_sec;
    char *content_type;
    struct str refusal; /* body of an answer other than 200 */
    int64_t started_ms; /* monotonic */
    bool had_event;
};

static const char *const event_names[] = {
    [KC_EVENT_ADDED] = "ADDED",
    [KC_EVENT_MODIFIED] = "MODIFIED",
    [KC_EVENT_DELETED] = "DELETED",
    [KC_EVENT_BOOKMARK] = "BOOKMARK",
};

static int event_type(const char *name, enum kc_event *ret)
{
    for (size_t i = 0; i < ARRAY_LEN(event_names); i++) {
        if (strcmp(event_names[i], name) == 0) {
            *ret = (enum kc_event)i;
            return 0;
        }
    }
    return -1;
}

/* ---- events ---- */

static void end_malformed(struct kc_watch *w, const char *why)
{
    kc_watch_stop(w);
    w->ops->malformed(w->arg, why);
}

static void on_error_event(struct kc_watch *w, const struct json *status)
{
    struct kc_result result = kc_result_of_status(status, 200, "GET");

    kc_watch_stop(w);
    w->ops->refused(w->arg, &result);
}

static bool on_line(void *arg, const char *line, size_t len)
{
    struct kc_watch *w = arg;
    struct err err = ERR_INIT;
    JSON_AUTO struct json *event = json_parse(line, len, &err);
    const struct json *object = json_get(event, "object");
    const char *name = json_str_or(event, "type", "");
    enum kc_event type;

    if (event == NULL) {
        end_malformed(w, err.msg);
    } else if (!json_is(object, JSON_OBJECT)) {
        end_malformed(w, "expected {\"type\": ..., \"object\": {...}}");
    } else if (strcmp(name, "ERROR") == 0) {
        on_error_event(w, object);
    } else if (event_type(name, &type) < 0) {
        end_malformed(w, "not a type of event");
    } else {
        w->had_event = true;
        w->ops->event(w->arg, type, object);
    }
    return w->wire != NULL;
}

/* ---- the exchange ---- */

static void on_head(void *arg, const struct transport_head *head)
{
    struct kc_watch *w = arg;

    w->http_status = head->status;
    w->retry_after_sec = head->retry_after_sec;
    free(w->content_type);
    w->content_type = xstrdup(head->content_type);
    kc_client_warn(w->client, head->warning);
}

static void on_data(void *arg, const char *bytes, size_t len)
{
    struct kc_watch *w = arg;
    char why[80];

    if (w->http_status != 200) {
        str_addn(&w->refusal, bytes, len);
        return;
    }
    if (kc_lines_feed(&w->lines, bytes, len, on_line, w) < 0) {
        snprintf(why, sizeof(why), "longer than %zu bytes", w->lines.rest.max);
        end_malformed(w, why);
    }
}

static void end_refused(struct kc_watch *w)
{
    struct kc_result_memory memory = {0};
    struct kc_answer answer = {
        .method = "GET",
        .http_status = w->http_status,
        .content_type = w->content_type,
        .retry_after_sec = w->retry_after_sec,
        .bytes = w->refusal.s,
        .len = w->refusal.len,
        .any_content = true,
    };
    struct kc_result result = kc_result_of_answer(&answer, &memory);

    w->ops->refused(w->arg, &result);
    kc_result_memory_fini(&memory);
}

static void on_done(void *arg, enum transport_end end, const char *why)
{
    struct kc_watch *w = arg;
    struct kc_result no_connection = {.outcome = KC_REFUSED,
                                      .reason = KC_REASON_NO_CONNECTION,
                                      .message = why,
                                      .retry_after_sec = -1};

    w->wire = NULL;
    switch (end) {
    case TRANSPORT_NOT_SENT:
        w->ops->refused(w->arg, &no_connection);
        break;
    case TRANSPORT_CUT:
        w->ops->ended(w->arg, why);
        break;
    case TRANSPORT_DONE:
        if (w->http_status == 200)
            w->ops->ended(w->arg, NULL);
        else
            end_refused(w);
        break;
    }
}

static const struct transport_events wire_events = {on_head, on_data, on_done};

/* ---- life ---- */

struct kc_watch *kc_watch_new(struct kc_client *client, size_t line_max,
                              const struct kc_watch_ops *ops, void *arg)
{
    struct kc_watch *w = xcalloc(1, sizeof(*w));

    w->client = client;
    w->ops = ops;
    w->arg = arg;
    w->content_type = xstrdup("");
    kc_lines_init(&w->lines, line_max);
    str_init(&w->refusal, REFUSAL_MAX_BYTES);
    return w;
}

void kc_watch_free(struct kc_watch *w)
{
    if (w == NULL)
        return;
    kc_watch_stop(w);
    kc_lines_fini(&w->lines);
    str_fini(&w->refusal);
    free(w->content_type);
    free(w);
}

int kc_watch_start(struct kc_watch *w, const char *path, int64_t timeout_sec,
                   struct err *err)
{
    struct transport_request request = {
        .method = "GET",
        .path = path,
        .stream = true,
        .quiet_sec = QUIET_SEC,
        .timeout_sec = timeout_sec,
    };

    assert(w->wire == NULL);
    kc_lines_reset(&w->lines);
    str_reset(&w->refusal);
    w->http_status = 0;
    w->had_event = false;
    w->started_ms = loop_mono_ms(kc_client_loop(w->client));
    w->wire =
        transport_start(kc_client_transport(w->client), &request, &wire_events, w, err);
    return w->wire ? 0 : -1;
}

void kc_watch_stop(struct kc_watch *w)
{
    if (w->wire)
        transport_cancel(TAKE(w->wire));
}

int64_t kc_watch_lasted_ms(const struct kc_watch *w)
{
    return loop_mono_ms(kc_client_loop(w->client)) - w->started_ms;
}

bool kc_watch_is_fruitless(const struct kc_watch *w, int64_t ms)
{
    return !w->had_event && kc_watch_lasted_ms(w) < ms;
}
