#include "tests/support/apitest.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/util.h"

#define TEXT_MAX (1u << 30)

struct apitest *apitest_new_history(size_t events)
{
    struct apitest *t = xcalloc(1, sizeof(*t));
    struct apiserver_config config = {.history_events = events};
    struct err err = ERR_INIT;

    t->loop = loop_new_virtual((int64_t)APITEST_START_SEC * 1000);
    config.loop = t->loop;
    rng_seed(&config.rng, 1);
    t->server = apiserver_new(&config, &err);
    ck_assert_msg(t->server != NULL, "%s", err.msg);
    str_init(&t->text, TEXT_MAX);
    return t;
}

struct apitest *apitest_new(void)
{
    return apitest_new_history(0);
}

static void forget_answer(struct apitest *t)
{
    json_free(t->body);
    free(t->content_type);
    free(t->warning);
    str_reset(&t->text);
    t->body = NULL;
    t->content_type = t->warning = NULL;
    t->status = 0;
}

void apitest_free(struct apitest *t)
{
    forget_answer(t);
    str_fini(&t->text);
    apiserver_free(t->server);
    loop_free(t->loop);
    free(t);
}

/* ---- requests ---- */

struct test_sink {
    struct api_sink sink;
    struct apitest *t;
    bool ended;
};

static void sink_head(struct api_sink *sink, const struct api_head *head)
{
    struct apitest *t = ((struct test_sink *)sink)->t;

    t->status = head->status;
    t->content_type = xstrdup(head->content_type);
    t->warning = xstrdup_null(head->warning);
}

static size_t sink_data(struct api_sink *sink, const char *bytes, size_t len)
{
    str_addn(&((struct test_sink *)sink)->t->text, bytes, len);
    return 0;
}

static void sink_end(struct api_sink *sink)
{
    ((struct test_sink *)sink)->ended = true;
}

static const struct api_sink_ops sink_ops = {sink_head, sink_data, sink_end, sink_end};

static char *to_json(const char *quoted)
{
    char *text = xstrdup(quoted ? quoted : "");

    for (char *p = text; *p; p++)
        if (*p == '\'')
            *p = '"';
    return text;
}

static struct api_exchange *hand_in(struct apitest *t,
                                    const struct apitest_request *req,
                                    struct api_sink *sink)
{
    const size_t path_len = strcspn(req->path, "?");
    AUTO_FREE char *path = xstrndup(req->path, path_len);
    AUTO_FREE char *body = to_json(req->body);
    const struct api_request request = {
        .method = req->method,
        .path = path,
        .query = req->path[path_len] ? req->path + path_len + 1 : "",
        .content_type = req->type   ? req->type
                        : req->body ? "application/json"
                                    : "",
        .accept = req->accept ? req->accept : "",
        .user_agent = "apitest/1.0",
        .body = body,
        .body_len = strlen(body),
        .user = req->user ? req->user : "admin",
        .is_admin = !req->user};

    return apiserver_handle(t->server, &request, sink);
}

int apitest_send(struct apitest *t, const struct apitest_request *req)
{
    struct test_sink sink = {.sink.ops = &sink_ops, .t = t};
    struct err err = ERR_INIT;

    forget_answer(t);
    ck_assert_msg(hand_in(t, req, &sink.sink) == NULL, "%s %s stays open", req->method,
                  req->path);
    ck_assert(sink.ended);
    if (t->text.s[0] == '{')
        t->body = json_parse(t->text.s, t->text.len, &err);
    return t->status;
}

int apitest_request(struct apitest *t, const char *method, const char *path,
                    const char *body)
{
    return apitest_send(
        t, &(struct apitest_request){.method = method, .path = path, .body = body});
}

/* ---- expectations ---- */

struct json *apitest_at(const struct json *json, const char *path)
{
    const struct json *at = json;

    while (at && *path) {
        const size_t len = strcspn(path, ".");
        AUTO_FREE char *name = xstrndup(path, len);
        if (json_is(at, JSON_ARRAY))
            at = isdigit((unsigned char)name[0]) && (size_t)atoi(name) < json_len(at)
                     ? json_item(at, (size_t)atoi(name))
                     : NULL;
        else
            at = json_get(at, name);
        path += len + (path[len] == '.');
    }
    return (struct json *)at;
}

static void expect_part(const struct json *json, const char *what, const char *part)
{
    const size_t len = strcspn(part, "=~!#");
    AUTO_FREE char *path = xstrndup(part, len);
    const char *want = part[len] ? part + len + 1 : "";
    const struct json *at = apitest_at(json, path);
    AUTO_FREE char *whole = json_text(json, NULL);

    if (part[len] == '!') {
        ck_assert_msg(!at, "%s: %s is there in %.4000s", what, path, whole);
        return;
    }
    ck_assert_msg(at != NULL, "%s: no %s in %.4000s", what, path, whole);
    if (part[len] == '#') {
        ck_assert_msg((int)json_len(at) == atoi(want), "%s: %s has %zu in %.4000s",
                      what, path, json_len(at), whole);
        return;
    }
    AUTO_FREE char *text =
        json_is(at, JSON_STRING) ? xstrdup(json_string(at)) : json_text(at, NULL);
    const bool ok =
        part[len] == '~' ? strstr(text, want) != NULL : strcmp(text, want) == 0;
    ck_assert_msg(ok, "%s: %s: expected %s, got %s", what, path, want, text);
}

void apitest_expect_in(const struct json *json, const char *what, const char *parts)
{
    while (parts && *parts) {
        const size_t len = strcspn(parts, "|");
        AUTO_FREE char *part = xstrndup(parts, len);
        expect_part(json, what, part);
        parts += len + (parts[len] == '|');
    }
}

void apitest_expect(const struct apitest *t, const char *what, const char *parts)
{
    ck_assert_msg(!parts || t->body != NULL, "%s: no JSON: %s", what, t->text.s);
    apitest_expect_in(t->body, what, parts);
}

void apitest_advance(struct apitest *t, int64_t sec)
{
    const int64_t until_ms = loop_now_ms(t->loop) + sec * 1000;

    while (loop_step(t->loop, until_ms))
        ;
}

const char *apitest_version(const struct apitest *t)
{
    return json_str_or(t->body, "metadata.resourceVersion", "");
}

/* ---- watches ---- */

struct apitest_watch {
    struct api_sink sink;
    struct api_exchange *exchange;
    struct str text;
    struct json *event;
    size_t unsent;
    bool stalled;
    bool ended;
    bool cut;
};

static void watch_head(struct api_sink *sink, const struct api_head *head)
{
    (void)sink;
    ck_assert_int_eq(head->status, 200);
}

static size_t watch_data(struct api_sink *sink, const char *bytes, size_t len)
{
    struct apitest_watch *w = (struct apitest_watch *)sink;

    if (w->stalled)
        w->unsent += len;
    else
        str_addn(&w->text, bytes, len);
    return w->unsent;
}

static void watch_end(struct api_sink *sink)
{
    ((struct apitest_watch *)sink)->ended = true;
}

static void watch_cut(struct api_sink *sink)
{
    ((struct apitest_watch *)sink)->cut = true;
    watch_end(sink);
}

static const struct api_sink_ops watch_ops = {watch_head, watch_data, watch_end,
                                              watch_cut};

struct apitest_watch *apitest_watch(struct apitest *t, const char *path,
                                    const char *accept)
{
    struct apitest_watch *w = xcalloc(1, sizeof(*w));

    w->sink.ops = &watch_ops;
    str_init(&w->text, TEXT_MAX);
    w->exchange = hand_in(
        t, &(struct apitest_request){.method = "GET", .path = path, .accept = accept},
        &w->sink);
    return w;
}

void apitest_watch_free(struct apitest_watch *w)
{
    if (!w->ended)
        apiserver_close(w->exchange);
    json_free(w->event);
    str_fini(&w->text);
    free(w);
}

const struct json *apitest_watch_next(struct apitest_watch *w)
{
    const char *end = strchr(w->text.s, '\n');
    struct err err = ERR_INIT;

    json_free(w->event);
    w->event = NULL;
    if (!end)
        return NULL;
    const size_t len = (size_t)(end - w->text.s);
    w->event = json_parse(w->text.s, len, &err);
    ck_assert_msg(w->event != NULL, "%s: %s", err.msg, w->text.s);
    str_drop(&w->text, len + 1);
    return w->event;
}

void apitest_watch_expect(struct apitest_watch *w, const char *type, const char *parts)
{
    const struct json *event = apitest_watch_next(w);

    ck_assert_msg(event != NULL, "no %s (%s)", type, parts);
    AUTO_FREE char *text = json_text(event, NULL);
    ck_assert_msg(str_eq(json_str(event, "type"), type), "expected %s (%s), got %s",
                  type, parts, text);
    apitest_expect_in(json_get(event, "object"), type, parts);
}

bool apitest_watch_ended(const struct apitest_watch *w)
{
    return w->ended;
}

bool apitest_watch_was_cut(const struct apitest_watch *w)
{
    return w->cut;
}

void apitest_watch_stall(struct apitest_watch *w)
{
    w->stalled = true;
}
