#include "tests/world/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "base/yaml.h"
#include "kubeclient/lines.h"

#define TEXT_MAX (64u << 20)
#define CRDS "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
#define WATCHES_MAX 8

struct watcher {
    struct api_sink sink;
    struct api_exchange *exchange;
    struct kc_lines lines;
    server_event_fn *fn;
    void *arg;
};

struct server {
    struct apiserver *api;
    struct watcher watchers[WATCHES_MAX];
    size_t n_watchers;
};

/* ---- definitions ---- */

static struct json *read_yaml(const char *path)
{
    STR_AUTO struct str text;
    struct err err = ERR_INIT;
    struct json *doc = NULL;

    str_init(&text, TEXT_MAX);
    if (str_read_file(&text, path, &err) == 0)
        doc = yaml_parse_one(text.s, text.len, path, &err);
    if (!doc) {
        fprintf(stderr, "%s\n", err.msg);
        abort();
    }
    return doc;
}

void definitions_load(struct definitions *d)
{
    d->batchjobs = read_yaml("crds/batchjobs.yaml");
    d->partitions = read_yaml("crds/partitions.yaml");
    d->qos = read_yaml("crds/qos.yaml");
    d->accounts = read_yaml("crds/accounts.yaml");
    d->reservations = read_yaml("crds/reservations.yaml");
}

void definitions_fini(struct definitions *d)
{
    json_free(d->batchjobs);
    json_free(d->partitions);
    json_free(d->qos);
    json_free(d->accounts);
    json_free(d->reservations);
}

/* ---- asking ---- */

struct answer {
    struct api_sink sink;
    int status;
    struct str text;
};

static void answer_head(struct api_sink *sink, const struct api_head *head)
{
    ((struct answer *)sink)->status = head->status;
}

static size_t answer_data(struct api_sink *sink, const char *bytes, size_t len)
{
    str_addn(&((struct answer *)sink)->text, bytes, len);
    return 0;
}

static void answer_end(struct api_sink *sink)
{
    (void)sink;
}

static const struct api_sink_ops answer_ops = {answer_head, answer_data, answer_end,
                                               answer_end};

static const char *content_type(const char *method, const char *path)
{
    if (strcmp(method, "PATCH") != 0)
        return "application/json";
    if (str_starts(path, "/api/") && str_ends(path, "/status"))
        return "application/strategic-merge-patch+json";
    return "application/merge-patch+json";
}

int server_ask(struct server *s, const char *method, const char *path,
               const struct json *body, struct json **ret)
{
    struct answer answer = {.sink.ops = &answer_ops};
    AUTO_FREE char *bytes = body ? json_text(body, NULL) : xstrdup("");
    const size_t path_len = strcspn(path, "?");
    AUTO_FREE char *bare = xstrndup(path, path_len);
    const struct api_request request = {
        .method = method,
        .path = bare,
        .query = path[path_len] ? path + path_len + 1 : "",
        .content_type = body ? content_type(method, path) : "",
        .accept = "application/json",
        .user_agent = "world",
        .body = bytes,
        .body_len = strlen(bytes),
        .user = "admin",
        .is_admin = true,
    };

    str_init(&answer.text, TEXT_MAX);
    apiserver_handle(s->api, &request, &answer.sink);
    if (ret)
        *ret = json_parse(answer.text.s, answer.text.len, NULL);
    str_fini(&answer.text);
    return answer.status;
}

/* ---- watching ---- */

static void watch_head(struct api_sink *sink, const struct api_head *head)
{
    (void)sink;
    (void)head;
}

static bool on_line(void *arg, const char *line, size_t len)
{
    const struct watcher *w = arg;
    JSON_AUTO struct json *event = json_parse(line, len, NULL);
    const struct json *object = json_get(event, "object");

    if (object)
        w->fn(w->arg, json_str_or(event, "type", ""), object);
    return true;
}

static size_t watch_data(struct api_sink *sink, const char *bytes, size_t len)
{
    struct watcher *w = (struct watcher *)sink;

    kc_lines_feed(&w->lines, bytes, len, on_line, w);
    return 0;
}

static void watch_end(struct api_sink *sink)
{
    ((struct watcher *)sink)->exchange = NULL;
}

static const struct api_sink_ops watch_ops = {watch_head, watch_data, watch_end,
                                              watch_end};

void server_watch(struct server *s, const char *path, server_event_fn *fn, void *arg)
{
    struct watcher *w = &s->watchers[s->n_watchers++];
    const struct api_request request = {.method = "GET",
                                        .path = path,
                                        .query = "watch=true&timeoutSeconds=1000000000",
                                        .content_type = "",
                                        .accept = "application/json",
                                        .user_agent = "world",
                                        .body = "",
                                        .user = "admin",
                                        .is_admin = true};

    *w = (struct watcher){.sink.ops = &watch_ops, .fn = fn, .arg = arg};
    kc_lines_init(&w->lines, TEXT_MAX);
    w->exchange = apiserver_handle(s->api, &request, &w->sink);
}

/* ---- life ---- */

static void define(struct server *s, const struct json *crd)
{
    int status = server_ask(s, "POST", CRDS, crd, NULL);

    if (status != 201) {
        fprintf(stderr, "a definition is refused: %d\n", status);
        abort();
    }
}

struct server *server_new(struct loop *loop, const struct rng *rng, size_t history,
                          const struct definitions *d)
{
    struct server *s = xcalloc(1, sizeof(*s));
    struct apiserver_config config = {
        .loop = loop, .rng = *rng, .history_events = history};
    struct err err = ERR_INIT;

    s->api = apiserver_new(&config, &err);
    if (!s->api) {
        fprintf(stderr, "%s\n", err.msg);
        abort();
    }
    define(s, d->batchjobs);
    define(s, d->partitions);
    define(s, d->qos);
    define(s, d->accounts);
    define(s, d->reservations);
    return s;
}

void server_free(struct server *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n_watchers; i++) {
        if (s->watchers[i].exchange)
            apiserver_close(s->watchers[i].exchange);
        kc_lines_fini(&s->watchers[i].lines);
    }
    apiserver_free(s->api);
    free(s);
}

struct apiserver *server_api(struct server *s)
{
    return s->api;
}
