#include "tests/support/conform_ask.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/protobuf.h"
#include "cmd/gantry-local/protobuf_print.h"
#include "cmd/gantry-local/protobuf_wire.h"

#define FRAME_HEAD 4
#define FRAME_MAX (1u << 20)

#define ANSWER_MAX (64u << 20)
#define POLL_MS 100

/* ---- letting the loop run ---- */

/* Until `*done`, or until the time is over: then false. */
static bool run_until(struct loop *loop, const bool *done, int64_t limit_ms)
{
    const int64_t end = loop_now_ms(loop) + limit_ms;

    while (!*done) {
        if (loop_is_virtual(loop)) {
            if (!loop_step(loop, end) && !*done)
                return false;
        } else if (loop_now_ms(loop) >= end) {
            return false;
        } else {
            loop_poll(loop, POLL_MS);
        }
    }
    return true;
}

static void set_flag(void *arg)
{
    *(bool *)arg = true;
}

void conform_pause(struct loop *loop, int64_t ms)
{
    bool over = false;
    struct loop_timer *timer = loop_timer_new(loop, set_flag, &over);

    loop_timer_start(timer, ms);
    run_until(loop, &over, ms + CONFORM_WAIT_MS);
    loop_timer_free(timer);
}

/* ---- one exchange ---- */

struct exchange {
    struct conform_answer *answer;
    bool headed, done;
    enum transport_end end;
    char *why;
};

static void on_head(void *arg, const struct transport_head *head)
{
    struct exchange *x = arg;

    x->answer->code = head->status;
    x->answer->type = xstrdup(head->content_type);
    x->answer->warning = xstrdup_null(head->warning);
    x->answer->retry_after_sec = head->retry_after_sec;
    x->headed = true;
}

static void on_data(void *arg, const char *bytes, size_t len)
{
    str_addn(&((struct exchange *)arg)->answer->bytes, bytes, len);
}

static void on_done(void *arg, enum transport_end end, const char *why)
{
    struct exchange *x = arg;

    x->done = true;
    x->end = end;
    x->why = xstrdup(why);
}

static const struct transport_events events = {on_head, on_data, on_done};

static void answer_init(struct conform_answer *answer)
{
    *answer = (struct conform_answer){.retry_after_sec = -1};
    str_init(&answer->bytes, ANSWER_MAX);
}

void conform_answer_fini(struct conform_answer *answer)
{
    free(answer->type);
    free(answer->warning);
    str_fini(&answer->bytes);
}

int conform_ask(struct loop *loop, struct transport *transport,
                const struct transport_request *request, struct conform_answer *ret,
                struct err *err)
{
    struct exchange x = {.answer = ret};

    answer_init(ret);
    struct transport_call *call = transport_start(transport, request, &events, &x, err);
    if (call && !run_until(loop, &x.done, 2 * CONFORM_WAIT_MS)) {
        transport_cancel(call);
        err_set(err, ERR_UNAVAILABLE, "%s %s: no answer", request->method,
                request->path);
    }
    AUTO_FREE char *why = x.why;
    if (x.done && x.end == TRANSPORT_DONE)
        return 0;
    if (x.done)
        err_set(err, ERR_UNAVAILABLE, "%s %s: %s", request->method, request->path, why);
    conform_answer_fini(ret);
    return -1;
}

/* ---- a watch ---- */

struct conform_watch {
    struct loop *loop;
    struct transport_call *call;
    struct conform_answer answer; /* bytes: what is no whole line yet */
    struct exchange x;
    struct json *events; /* come, and not taken */
    struct kinds *kinds; /* from the first event in protobuf on */
    bool enough;
    size_t wanted;
};

static bool is_passed_over(const struct json *event)
{
    const struct json *notes =
        json_at(json_get(event, "object"), "metadata.annotations");

    return str_eq(json_str(event, "type"), "BOOKMARK") &&
           !json_get(notes, "k8s.io/initial-events-end");
}

static void take_event(struct conform_watch *w, struct json *event)
{
    if (is_passed_over(event))
        json_free(event);
    else
        json_append(w->events, event);
    w->enough = json_len(w->events) >= w->wanted;
}

static void take_line(struct conform_watch *w, const char *line, size_t len)
{
    struct json *event = json_parse(line, len, NULL);

    take_event(w, event ? event : json_new_string_len(line, len));
}

/* WatchEvent {type, object {raw}}, whose length stands before it. As JSON, of which the
 * same bytes are made. */
static struct json *read_frame(struct conform_watch *w, const char *bytes, size_t len)
{
    const unsigned char *start = (const unsigned char *)bytes + FRAME_HEAD;
    const struct reader all = {start, start + len - FRAME_HEAD};
    struct err err = ERR_INIT;
    struct field object, raw;
    STR_AUTO struct str again;

    str_init(&again, FRAME_MAX);
    if (!w->kinds)
        w->kinds = kinds_new();
    if (!find_field(all, 2, &object, &err) || !find_field(object.inside, 1, &raw, &err))
        return json_build("{'unread': %s}", err.msg);
    JSON_AUTO struct json *body =
        protobuf_parse(w->kinds, raw.inside.at, reader_left(&raw.inside), &err);
    AUTO_FREE char *type = text_in(all, 1, &err);
    if (!body)
        return json_build("{'unread': %s}", err.msg);
    struct json *event = json_build("{'type': %s, 'object': %j}", type, body);
    protobuf_print_event(w->kinds, event, &again);
    if (again.len == len && memcmp(again.s, bytes, len) == 0)
        return event;
    json_free(event);
    return json_build("{'unread': %s}", type);
}

static void take_frames(struct conform_watch *w, struct str *buf)
{
    while (buf->len >= FRAME_HEAD) {
        size_t len = FRAME_HEAD;
        for (size_t i = 0; i < FRAME_HEAD; i++)
            len += (size_t)(unsigned char)buf->s[i] << (8 * (FRAME_HEAD - 1 - i));
        if (buf->len < len)
            return;
        take_event(w, read_frame(w, buf->s, len));
        str_drop(buf, len);
    }
}

static void watch_head(void *arg, const struct transport_head *head)
{
    on_head(&((struct conform_watch *)arg)->x, head);
}

static void watch_data(void *arg, const char *bytes, size_t len)
{
    struct conform_watch *w = arg;
    struct str *buf = &w->answer.bytes;
    const char *end;

    str_addn(buf, bytes, len);
    if (w->answer.type && str_starts(w->answer.type, PROTOBUF_TYPE ";stream")) {
        take_frames(w, buf);
        return;
    }
    while ((end = memchr(buf->s, '\n', buf->len))) {
        take_line(w, buf->s, (size_t)(end - buf->s));
        str_drop(buf, (size_t)(end - buf->s) + 1);
    }
}

static void watch_done(void *arg, enum transport_end end, const char *why)
{
    struct conform_watch *w = arg;

    if (w->answer.bytes.len > 0)
        take_line(w, w->answer.bytes.s, w->answer.bytes.len);
    on_done(&w->x, end, why);
    w->enough = w->x.headed = true;
}

static const struct transport_events watch_events = {watch_head, watch_data,
                                                     watch_done};

struct conform_watch *conform_watch_open(struct loop *loop, struct transport *transport,
                                         const char *path, const char *accept,
                                         struct err *err)
{
    struct conform_watch *w = xcalloc(1, sizeof(*w));
    const struct transport_request request = {
        .method = "GET", .path = path, .accept = accept, .stream = true};

    w->loop = loop;
    answer_init(&w->answer);
    w->x.answer = &w->answer;
    w->events = json_new_array();
    w->call = transport_start(transport, &request, &watch_events, w, err);
    if (w->call && run_until(loop, &w->x.headed, CONFORM_WAIT_MS))
        return w;
    if (w->call)
        err_set(err, ERR_UNAVAILABLE, "GET %s: no answer", path);
    conform_watch_close(w);
    return NULL;
}

void conform_watch_close(struct conform_watch *w)
{
    if (!w)
        return;
    if (w->call && !w->x.done)
        transport_cancel(w->call);
    free(w->x.why);
    json_free(w->events);
    kinds_free(w->kinds);
    conform_answer_fini(&w->answer);
    free(w);
}

struct json *conform_watch_take(struct conform_watch *w, size_t count)
{
    struct json *taken = json_new_array();

    w->wanted = count;
    w->enough = w->x.done || json_len(w->events) >= count;
    run_until(w->loop, &w->enough, CONFORM_WAIT_MS);
    for (size_t i = 0; i < count && json_len(w->events) > 0; i++) {
        json_append(taken, json_copy(json_item(w->events, 0)));
        json_array_del(w->events, 0);
    }
    return taken;
}

int conform_watch_code(const struct conform_watch *w)
{
    return w->answer.code;
}

bool conform_watch_ended(const struct conform_watch *w)
{
    return w->x.done;
}
