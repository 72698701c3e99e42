#include "kubeclient/reflector.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "kubeclient/client_private.h"
#include "kubeclient/watch.h"

#define BACKOFF_FIRST_MS 800
#define BACKOFF_MAX_MS 30000
/* Who finds nobody costs nobody anything, and may ask every few seconds; and a server
 * that has just answered a list is well. After either the pause is that of so many
 * failures at most. */
#define MILD_FAILURES 2
/* A watch that lasted so long, and the back-off starts anew: a server that is restarted
 * twice in a minute is soon found again, one that flaps is asked every ten seconds. */
#define HEALTHY_MS 10000
/* A watch that ends sooner and empty has failed, however politely. */
#define WATCH_SHORTEST_MS 1000
#define WATCH_SEC_MIN 300
#define WATCH_SEC_MAX 600
/* Past this the server has missed its own timeoutSeconds. */
#define WATCH_LATE_SEC 30
/* A page is a tree of all its objects at once: 100 pods take 37 MB. */
#define PAGE_LIMIT 100
#define PATH_MAX_BYTES (64u << 10)
/* Of that, what the path itself and the fixed parts of a query take. */
#define PATH_ROOM_BYTES 2048
#define TROUBLE_MAX 700

enum phase { LISTING_STREAM, LISTING_PAGES, WATCHING };

struct kc_reflector {
    struct kc_client *client;
    struct loop *loop;
    const struct kc_reflector_ops *ops;
    void *arg;
    struct kc_ref ref;
    char *ns;
    char *selectors; /* "&labelSelector=..." or "" */
    int64_t watch_sec;

    enum phase phase;
    bool listed;              /* there is a position to watch from */
    bool list_wanted;         /* by kc_reflector_relist, until the list begins */
    bool no_stream;           /* the server refuses streaming lists */
    struct loop_timer *timer; /* the next list or watch */
    struct kc_watch *watch;   /* of a watch, and of a streaming list */
    struct kc_call *page;
    char *version;

    unsigned failures;
    int64_t expired_ms; /* monotonic: when a lost position last cost no pause */
    unsigned malformed; /* lines in a row, whatever watch they came on */
};

/* ---- what comes next ---- */

static void stop(struct kc_reflector *r)
{
    kc_watch_stop(r->watch);
    if (r->page)
        kc_cancel(TAKE(r->page));
}

/* Ends what is under way and goes on after a pause: to watch if there is a position,
 * else to list. */
static void go_on(struct kc_reflector *r, int64_t pause_ms)
{
    stop(r);
    loop_timer_start(r->timer, r->list_wanted ? 0 : pause_ms);
}

/* A position that was lost is no failure of the server, unless that is all it says: one
 * is forgiven every HEALTHY_MS. */
static bool forgive(struct kc_reflector *r)
{
    const int64_t now_ms = loop_mono_ms(r->loop);

    if (r->expired_ms && now_ms - r->expired_ms < HEALTHY_MS)
        return false;
    r->expired_ms = now_ms;
    return true;
}

/* `first_free`: the first failure in a while costs no pause. */
static int64_t backoff_ms(struct kc_reflector *r, bool first_free)
{
    int64_t ms = BACKOFF_FIRST_MS;

    for (unsigned i = 0; i < r->failures && ms < BACKOFF_MAX_MS; i++)
        ms *= 2;
    ms = MIN(ms, BACKOFF_MAX_MS);
    if (r->failures++ == 0 && first_free)
        return 0;
    return ms + kc_jitter_ms(kc_client_rng(r->client), ms);
}

static void tell_trouble(struct kc_reflector *r, const char *what)
{
    char line[TROUBLE_MAX];

    snprintf(line, sizeof(line), "%s %s: %s", r->phase == WATCHING ? "watch" : "list",
             r->ref.resource->plural, what);
    r->ops->trouble(r->arg, line);
}

/* A stream is about to end. */
static void look_back(struct kc_reflector *r)
{
    if (r->phase == WATCHING && kc_watch_lasted_ms(r->watch) >= HEALTHY_MS)
        r->failures = 0;
}

/* The one way out of every failure. */
static void failed(struct kc_reflector *r, bool relist, int64_t pause_ms,
                   const char *what)
{
    if (relist)
        r->listed = false;
    tell_trouble(r, what);
    go_on(r, pause_ms);
}

/* Whether a refused watch needs a fresh list. A server that is busy, or does not let us
 * in now, has not lost our position. */
static bool needs_list(enum kc_reason reason)
{
    switch (reason) {
    case KC_REASON_TOO_MANY_REQUESTS:
    case KC_REASON_SERVICE_UNAVAILABLE:
    case KC_REASON_UNAUTHORIZED:
    case KC_REASON_FORBIDDEN:
    case KC_REASON_NO_CONNECTION:
        return false;
    case KC_REASON_NONE:
    case KC_REASON_NOT_FOUND:
    case KC_REASON_ALREADY_EXISTS:
    case KC_REASON_CONFLICT:
    case KC_REASON_GONE:
    case KC_REASON_INVALID:
    case KC_REASON_BAD_REQUEST:
    case KC_REASON_METHOD_NOT_ALLOWED:
    case KC_REASON_NOT_ACCEPTABLE:
    case KC_REASON_UNSUPPORTED_MEDIA_TYPE:
    case KC_REASON_TOO_LARGE:
    case KC_REASON_TIMEOUT:
    case KC_REASON_INTERNAL:
    case KC_REASON_OTHER:
        break;
    }
    return true;
}

static void refused(struct kc_reflector *r, const struct kc_result *result)
{
    bool is_expired = r->phase == WATCHING && result->reason == KC_REASON_GONE;
    bool is_no_stream =
        r->phase == LISTING_STREAM && (result->reason == KC_REASON_INVALID ||
                                       result->reason == KC_REASON_BAD_REQUEST);
    struct err err = ERR_INIT;
    int64_t pause_ms;

    kc_result_err(result, &err);
    if (is_no_stream) {
        r->no_stream = true;
        go_on(r, 0);
        return;
    }
    if (result->reason == KC_REASON_NO_CONNECTION)
        r->failures = MIN(r->failures, MILD_FAILURES);
    pause_ms = is_expired && forgive(r) ? 0 : backoff_ms(r, false);
    if (result->retry_after_sec > 0)
        pause_ms = MAX(pause_ms, MIN(result->retry_after_sec * 1000, BACKOFF_MAX_MS));
    failed(r, r->phase != WATCHING || needs_list(result->reason), pause_ms, err.msg);
}

/* ---- position ---- */

static void set_version(struct kc_reflector *r, const char *version)
{
    if (version == NULL || version[0] == '\0' || strcmp(version, r->version) == 0)
        return;
    free(r->version);
    r->version = xstrdup(version);
}

/* Since 1.35 versions of one resource compare as decimal numbers. Those that are not
 * are opaque: then nothing is known to be old. */
static bool is_decimal(const char *v)
{
    return v[0] >= '1' && v[0] <= '9' && v[strspn(v, "0123456789")] == '\0';
}

static bool is_newer(const char *version, const char *than)
{
    size_t a = strlen(version), b = strlen(than);

    if (a > 0 && strcmp(version, than) == 0)
        return false;
    if (!is_decimal(version) || !is_decimal(than))
        return true;
    return a != b ? a > b : strcmp(version, than) > 0;
}

static void list_begin(struct kc_reflector *r)
{
    r->list_wanted = false;
    r->listed = false;
    r->ops->list_begin(r->arg);
}

/* false: it has no position to watch from, and begins anew. */
static bool list_end(struct kc_reflector *r, const char *version)
{
    if (version == NULL || version[0] == '\0') {
        failed(r, true, backoff_ms(r, false), "the list has no resourceVersion");
        return false;
    }
    set_version(r, version);
    r->listed = true;
    r->phase = WATCHING;
    r->failures = MIN(r->failures, MILD_FAILURES);
    r->ops->list_end(r->arg);
    return true;
}

/* ---- events ---- */

static bool is_initial_end(const struct json *object)
{
    const struct json *annotations = json_at(object, "metadata.annotations");
    const struct json *mark = json_get(annotations, "k8s.io/initial-events-end");

    return json_is(mark, JSON_STRING) && strcmp(json_string(mark), "true") == 0;
}

static void on_bookmark(struct kc_reflector *r, const struct json *object)
{
    const char *version = json_str(object, "metadata.resourceVersion");

    if (r->phase == WATCHING)
        set_version(r, version);
    else if (is_initial_end(object))
        list_end(r, version);
}

static void on_object(struct kc_reflector *r, bool deleted, const struct json *object)
{
    const char *version = json_str_or(object, "metadata.resourceVersion", "");

    if (r->phase == WATCHING && !is_newer(version, r->version))
        return;
    /* In a list events come in no order: only its end has a position. */
    if (r->phase == WATCHING)
        set_version(r, version);
    r->ops->object(r->arg, deleted, object);
}

static void on_event(void *arg, enum kc_event type, const struct json *object)
{
    struct kc_reflector *r = arg;

    r->malformed = 0;
    switch (type) {
    case KC_EVENT_ADDED:
    case KC_EVENT_MODIFIED:
        on_object(r, false, object);
        break;
    case KC_EVENT_DELETED:
        on_object(r, true, object);
        break;
    case KC_EVENT_BOOKMARK:
        on_bookmark(r, object);
        break;
    }
}

/* The watch goes on from the last whole event; where that leads to the same line again,
 * only a list gets past it. */
static void on_malformed(void *arg, const char *why)
{
    struct kc_reflector *r = arg;
    char what[ERR_MSG_MAX];

    snprintf(what, sizeof(what), "malformed event dropped: %.300s", why);
    r->malformed++;
    look_back(r);
    failed(r, r->phase != WATCHING || r->malformed > 1, backoff_ms(r, false), what);
}

static void on_refused(void *arg, const struct kc_result *result)
{
    look_back(arg);
    refused(arg, result);
}

static void on_ended(void *arg, const char *cut)
{
    struct kc_reflector *r = arg;

    look_back(r);
    if (r->phase != WATCHING)
        failed(r, true, backoff_ms(r, false), cut ? cut : "ended before its end");
    else if (kc_watch_is_fruitless(r->watch, WATCH_SHORTEST_MS))
        failed(r, false, backoff_ms(r, false), cut ? cut : "ended at once");
    else if (cut)
        failed(r, false, backoff_ms(r, true), cut);
    else
        go_on(r, 0);
}

static const struct kc_watch_ops watch_ops = {on_event, on_malformed, on_refused,
                                              on_ended};

/* `query` is what goes before the parts that every stream has. */
static void stream_start(struct kc_reflector *r, const char *query)
{
    STR_AUTO struct str path;
    struct err err = ERR_INIT;
    int64_t sec = r->watch_sec;

    if (sec == 0)
        sec = WATCH_SEC_MIN +
              kc_jitter_ms(kc_client_rng(r->client), WATCH_SEC_MAX - WATCH_SEC_MIN + 1);
    str_init(&path, PATH_MAX_BYTES);
    kc_path(&r->ref, &path);
    str_addf(&path, "?watch=true&allowWatchBookmarks=true%s&timeoutSeconds=%lld%s",
             query, (long long)sec, r->selectors);
    if (path.overflow)
        failed(r, true, backoff_ms(r, false), "the resourceVersion is too long");
    else if (kc_watch_start(r->watch, path.s, sec + WATCH_LATE_SEC, &err) < 0)
        failed(r, false, backoff_ms(r, false), err.msg);
}

/* ---- a paged list ---- */

static void page_start(struct kc_reflector *r, const char *token);

static void on_page(void *arg, const struct kc_result *result)
{
    struct kc_reflector *r = arg;
    const char *token = json_str(result->body, "metadata.continue");
    const struct json *items = json_get(result->body, "items");

    r->page = NULL;
    if (result->outcome != KC_OK) {
        refused(r, result);
        return;
    }
    if (!json_is(items, JSON_ARRAY)) {
        failed(r, true, backoff_ms(r, false), "the answer has no list of items");
        return;
    }
    for (size_t i = 0; i < json_len(items); i++)
        on_object(r, false, json_item(items, i));
    if (token && token[0]) {
        page_start(r, token);
        return;
    }
    if (list_end(r, json_str(result->body, "metadata.resourceVersion")))
        go_on(r, 0);
}

/* `token` "" for the first page. */
static void page_start(struct kc_reflector *r, const char *token)
{
    STR_AUTO struct str query;

    str_init(&query, PATH_MAX_BYTES - PATH_ROOM_BYTES);
    str_addf(&query, "limit=%d%s", PAGE_LIMIT, r->selectors);
    if (token[0]) {
        str_add(&query, "&continue=");
        kc_escape(token, &query);
    }
    if (query.overflow)
        failed(r, true, backoff_ms(r, false), "the continue token is too long");
    else
        r->page = kc_list(r->client, &r->ref, query.s, on_page, r);
}

/* ---- life ---- */

static void watch_start(struct kc_reflector *r)
{
    STR_AUTO struct str query;

    str_init(&query, PATH_MAX_BYTES);
    str_add(&query, "&resourceVersion=");
    kc_escape(r->version, &query);
    r->phase = WATCHING;
    stream_start(r, query.s);
}

static void on_timer(void *arg)
{
    struct kc_reflector *r = arg;

    stop(r);
    if (r->listed && !r->list_wanted) {
        watch_start(r);
        return;
    }
    list_begin(r);
    r->phase = r->no_stream ? LISTING_PAGES : LISTING_STREAM;
    if (r->no_stream)
        page_start(r, "");
    else
        stream_start(r, "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan");
}

static void add_selector(struct str *out, const char *name, const char *value)
{
    if (value == NULL)
        return;
    str_addf(out, "&%s=", name);
    kc_escape(value, out);
}

struct kc_reflector *kc_reflector_new(struct kc_client *client,
                                      const struct kc_cache_spec *spec,
                                      const struct kc_reflector_ops *ops, void *arg)
{
    struct kc_reflector *r = xcalloc(1, sizeof(*r));
    struct str selectors;

    r->client = client;
    r->loop = kc_client_loop(client);
    r->ops = ops;
    r->arg = arg;
    r->ns = xstrdup_null(spec->ns);
    r->ref = (struct kc_ref){.resource = spec->resource, .ns = r->ns};
    r->watch_sec = spec->watch_sec;
    r->version = xstrdup("");
    str_init(&selectors, PATH_MAX_BYTES / 2);
    add_selector(&selectors, "labelSelector", spec->label_selector);
    add_selector(&selectors, "fieldSelector", spec->field_selector);
    assert(!selectors.overflow);
    r->selectors = str_take(&selectors);
    str_fini(&selectors);
    r->watch = kc_watch_new(client, CACHE_LINE_MAX, &watch_ops, r);
    r->timer = loop_timer_new(r->loop, on_timer, r);
    loop_timer_start(r->timer, 0);
    return r;
}

void kc_reflector_free(struct kc_reflector *r)
{
    if (r == NULL)
        return;
    stop(r);
    loop_timer_free(r->timer);
    kc_watch_free(r->watch);
    free(r->selectors);
    free(r->version);
    free(r->ns);
    free(r);
}

const char *kc_reflector_version(const struct kc_reflector *r)
{
    return r->version;
}

void kc_reflector_relist(struct kc_reflector *r)
{
    r->list_wanted = true;
    loop_timer_start(r->timer, 0);
}
