#include "cmd/gantry-local/watch.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include <uthash.h>

#include "base/util.h"
#include "cmd/gantry-local/answer.h"
#include "cmd/gantry-local/filter.h"
#include "cmd/gantry-local/list.h"
#include "cmd/gantry-local/protobuf.h"
#include "cmd/gantry-local/protobuf_print.h"

#define EVENT_BYTES_MAX (2 * OBJECT_BYTES_MAX)

TAILQ_HEAD(watcher_list, watcher);

/* The watchers of one resource. */
struct group {
    struct table *table;
    struct watcher_list watchers;
    UT_hash_handle hh;
};

struct watches {
    struct apiserver *server;
    struct group *groups;
    size_t n_bookmarked; /* watchers that want bookmarks */
    int64_t bookmark_ms;
    struct loop_timer *bookmark_timer;
    /* The line of the event told last: watchers that see it alike share it. */
    struct str line;
};

struct watcher {
    struct api_exchange base;
    TAILQ_ENTRY(watcher) link;
    struct watches *watches;
    struct group *group;
    struct api_sink *sink;
    struct view view;
    char *kind_group, *kind_version, *kind_plural; /* to find the kind again */
    struct filter filter;
    bool bookmarks;
    bool columns_sent;
    size_t unsent_max;
    struct loop_timer *deadline;
};

static const char *const change_words[] = {[CHANGE_ADDED] = "ADDED",
                                           [CHANGE_MODIFIED] = "MODIFIED",
                                           [CHANGE_DELETED] = "DELETED"};

/* ---- life ---- */

static void watch_close(struct watcher *x)
{
    struct watches *w = x->watches;

    TAILQ_REMOVE(&x->group->watchers, x, link);
    if (x->bookmarks && --w->n_bookmarked == 0)
        loop_timer_stop(w->bookmark_timer);
    loop_timer_free(x->deadline);
    filter_fini(&x->filter);
    free(x->kind_group);
    free(x->kind_version);
    free(x->kind_plural);
    free(x);
}

static void on_close(struct api_exchange *base)
{
    watch_close((struct watcher *)base);
}

static const struct api_exchange_ops exchange_ops = {.close = on_close};

static void watch_end(struct watcher *x)
{
    struct api_sink *sink = x->sink;

    watch_close(x);
    sink->ops->end(sink);
}

/* Calls fn on each watcher; fn may end the one it is given. */
static void each_watcher(struct group *group, void (*fn)(struct watcher *x))
{
    struct watcher *x, *next;

    for (x = TAILQ_FIRST(&group->watchers); x; x = next) {
        next = TAILQ_NEXT(x, link);
        fn(x);
    }
}

/* ---- lines ---- */

/* False: the watcher lagged too far behind and is gone. */
static bool send_line(struct watcher *x, const struct str *line)
{
    const size_t unsent = x->sink->ops->data(x->sink, line->s, line->len);

    if (unsent <= x->unsent_max)
        return true;
    struct api_sink *sink = x->sink;
    watch_close(x);
    sink->ops->cut(sink);
    return false;
}

/* Lines are made as JSON; what they are sent as may be another thing. */
static void settle_line(const struct kinds *kinds, enum media media, struct str *line)
{
    if (media != MEDIA_PROTOBUF)
        return;
    JSON_AUTO struct json *event = json_parse(line->s, line->len, NULL);
    str_reset(line);
    protobuf_print_event(kinds, event, line);
}

static void print_event(const struct watcher *x, const char *type,
                        const struct object *o, int64_t version, struct str *out)
{
    str_addf(out, "{\"type\":\"%s\",\"object\":", type);
    view_print(&x->view, o, version, !x->columns_sent, out);
    str_add(out, "}\n");
    settle_line(x->watches->server->kinds, x->view.media, out);
}

static void print_bookmark(const struct watcher *x, bool initial_end, struct str *out)
{
    const struct kind *kind = x->view.kind;
    AUTO_FREE char *own = kind_api_version(kind);
    const char *api_version = own, *name = kind->name, *rest = "";

    if (x->view.repr != REPR_OBJECT) {
        const bool table = x->view.repr == REPR_TABLE;
        api_version = "meta.k8s.io/v1";
        name = table ? "Table" : "PartialObjectMetadata";
        rest = table ? ",\"columnDefinitions\":null,\"rows\":[]" : "";
    }
    str_addf(out,
             "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"%s\",\"apiVersion\":\"%s\","
             "\"metadata\":{\"resourceVersion\":\"%" PRId64 "\"",
             name, api_version, store_version(x->watches->server->store));
    if (initial_end)
        str_add(out, ",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}");
    str_addf(out, "}%s}}\n", rest);
    settle_line(x->watches->server->kinds, x->view.media, out);
}

static bool send_bookmark(struct watcher *x, bool initial_end)
{
    STR_AUTO struct str line;

    str_init(&line, EVENT_BYTES_MAX);
    print_bookmark(x, initial_end, &line);
    return send_line(x, &line);
}

/* ---- events ---- */

/* What one watcher sees of an event: an object that leaves the selector is DELETED with
 * its previous content at the event's version. NULL: nothing. */
static const struct object *seen_by(const struct watcher *x,
                                    const struct store_event *e, enum change *ret)
{
    const bool before = e->previous && filter_matches(&x->filter, e->previous);
    const bool after =
        e->change != CHANGE_DELETED && filter_matches(&x->filter, e->object);

    if (!before && !after)
        return NULL;
    *ret = !before ? CHANGE_ADDED : after ? CHANGE_MODIFIED : CHANGE_DELETED;
    if (*ret == CHANGE_DELETED && e->change != CHANGE_DELETED)
        return e->previous;
    return e->object;
}

/* Do two watchers, of which the first got the line told last, see `change` alike? */
struct line_key {
    const struct object *object;
    enum change change;
    const struct kind *kind;
    enum repr repr;
    enum media media;
    enum table_include include;
    bool columns_sent;
};

static bool key_equal(const struct line_key *a, const struct line_key *b)
{
    return a->object == b->object && a->change == b->change && a->kind == b->kind &&
           a->repr == b->repr && a->media == b->media && a->include == b->include &&
           a->columns_sent == b->columns_sent;
}

/* Tells one watcher; `last` is the key of the line that watches->line holds. */
static void tell(struct watcher *x, const struct store_event *e, struct line_key *last)
{
    struct line_key key = {.kind = x->view.kind,
                           .repr = x->view.repr,
                           .media = x->view.media,
                           .include = x->view.include,
                           .columns_sent = x->columns_sent};
    struct str *line = &x->watches->line;

    key.object = seen_by(x, e, &key.change);
    if (!key.object)
        return;
    if (!key_equal(&key, last)) {
        x->view.now_sec = loop_now_sec(x->watches->server->loop);
        str_reset(line);
        print_event(x, change_words[key.change], key.object, e->version, line);
        *last = key;
    }
    x->columns_sent = true;
    send_line(x, line);
}

static void on_event(void *arg, const struct store_event *e)
{
    struct watches *w = arg;
    struct group *group;
    struct watcher *x, *next;
    struct line_key last = {0};

    HASH_FIND_PTR(w->groups, &e->table, group);
    if (!group)
        return;
    for (x = TAILQ_FIRST(&group->watchers); x; x = next) {
        next = TAILQ_NEXT(x, link);
        tell(x, e, &last);
    }
}

/* ---- timers ---- */

static void bookmark_watcher(struct watcher *x)
{
    if (x->bookmarks)
        send_bookmark(x, false);
}

static void on_bookmark(void *arg)
{
    struct watches *w = arg;

    for (struct group *g = w->groups; g; g = g->hh.next)
        each_watcher(g, bookmark_watcher);
    if (w->n_bookmarked > 0)
        loop_timer_start(w->bookmark_timer, w->bookmark_ms);
}

static void on_deadline(void *arg)
{
    struct watcher *x = arg;

    if (x->bookmarks && !send_bookmark(x, false))
        return;
    watch_end(x);
}

/* ---- start ---- */

/* How a watch begins, from its query. */
struct start {
    int64_t version;  /* after which events are sent; -1: from now, see initial */
    bool initial;     /* what is there comes first, as ADDED */
    bool initial_end; /* then a bookmark that says so */
    int64_t timeout_sec;
};

/* resourceVersionMatch belongs to sendInitialEvents, and then says NotOlderThan. */
static int check_match(struct call *call, const char *match, bool stated)
{
    static const struct kind options = {.group = "meta.k8s.io", .name = "ListOptions"};
    static const char field[] = "resourceVersionMatch";
    JSON_AUTO struct json *causes = json_new_array();

    if (match[0] && !stated)
        causes_add(causes,
                   &(struct cause){field, "FieldValueForbidden",
                                   "Forbidden: resourceVersionMatch is forbidden for "
                                   "watch unless sendInitialEvents is provided"});
    if (!stated || strcmp(match, "NotOlderThan") == 0)
        return json_len(causes) == 0
                   ? 0
                   : refuse_invalid(&call->refusal, &options, "", causes);
    causes_add(causes, &(struct cause){field, "FieldValueForbidden",
                                       "Forbidden: sendInitialEvents requires setting "
                                       "resourceVersionMatch to NotOlderThan"});
    AUTO_FREE char *unsupported = xasprintf(
        "Unsupported value: \"%s\": supported values: \"NotOlderThan\"", match);
    if (match[0])
        causes_add(causes,
                   &(struct cause){field, "FieldValueNotSupported", unsupported});
    return refuse_invalid(&call->refusal, &options, "", causes);
}

static int read_start(struct call *call, struct start *ret)
{
    const char *match = call_param_or(call, "resourceVersionMatch", "");
    const bool stated = call_param(call, "sendInitialEvents") != NULL;
    const bool initial = call_flag(call, "sendInitialEvents");

    if (list_version_param(call, &ret->version) != 0 ||
        call_number(call, "timeoutSeconds", 0, &ret->timeout_sec) != 0)
        return -1;
    if (check_match(call, match, stated) != 0)
        return -1;
    if (ret->timeout_sec < 0)
        return refuse_bad_request(&call->refusal,
                                  "timeoutSeconds: expected a number from 0 up");
    const bool from_now = ret->version <= 0;
    ret->initial = stated ? initial : from_now;
    ret->initial_end = initial && call_flag(call, "allowWatchBookmarks");
    if (initial && list_check_version(call, ret->version) != 0)
        return -1;
    if (ret->initial || from_now)
        ret->version = -1;
    /* Real servers take 30 to 60 minutes where nothing is said. */
    if (ret->timeout_sec == 0)
        ret->timeout_sec = 1800 + (int64_t)rng_below(&call->server->rng, 1800);
    return 0;
}

static struct group *group_of(struct watches *w, struct table *table)
{
    struct group *g;

    HASH_FIND_PTR(w->groups, &table, g);
    if (g)
        return g;
    g = xcalloc(1, sizeof(*g));
    g->table = table;
    TAILQ_INIT(&g->watchers);
    HASH_ADD_PTR(w->groups, table, g);
    return g;
}

static struct watcher *watcher_new(struct call *call, const struct view *view,
                                   struct filter *take_filter)
{
    struct watcher *x = xcalloc(1, sizeof(*x));
    struct watches *w = call->server->watches;

    x->base.ops = &exchange_ops;
    x->watches = w;
    x->group = group_of(w, call->table);
    x->sink = call->sink;
    x->view = *view;
    x->kind_group = xstrdup(call->kind->group);
    x->kind_version = xstrdup(call->kind->version);
    x->kind_plural = xstrdup(call->kind->plural);
    x->filter = *take_filter;
    *take_filter = (struct filter){0};
    x->unsent_max = SIZE_MAX; /* until the beginning is out */
    x->deadline = loop_timer_new(call->server->loop, on_deadline, x);
    x->bookmarks = call_flag(call, "allowWatchBookmarks");
    TAILQ_INSERT_TAIL(&x->group->watchers, x, link);
    if (x->bookmarks && w->n_bookmarked++ == 0)
        loop_timer_start(w->bookmark_timer, w->bookmark_ms);
    return x;
}

static void send_initial(struct watcher *x)
{
    struct store *store = x->watches->server->store;
    struct object_list list;
    STR_AUTO struct str line;

    str_init(&line, EVENT_BYTES_MAX);
    store_list(store, x->group->table, x->filter.ns, store_version(store), &list);
    filter_list(&x->filter, &list);
    for (size_t i = 0; i < list.n; i++) {
        str_reset(&line);
        print_event(x, "ADDED", list.items[i], list.items[i]->version, &line);
        x->columns_sent = true;
        send_line(x, &line);
    }
    object_list_fini(&list);
}

static void replay_event(void *arg, const struct store_event *e)
{
    struct line_key none = {0};

    tell(arg, e, &none);
}

static const char *stream_type(const struct call *call)
{
    return call->answer_as.media == MEDIA_PROTOBUF ? PROTOBUF_TYPE ";stream=watch"
                                                   : media_type(MEDIA_JSON);
}

static int end_too_old(struct call *call, int64_t version)
{
    STR_AUTO struct str line;

    str_init(&line, 4096);
    refuse_expired(&call->refusal,
                   "too old resource version: %" PRId64 " (%" PRId64 ")", version,
                   store_version(call->server->store));
    str_add(&line, "{\"type\":\"ERROR\",\"object\":");
    json_print(call->refusal.status, &line);
    str_add(&line, "}\n");
    settle_line(call->server->kinds, call->answer_as.media, &line);
    return answer_bytes(call, 200, stream_type(call), &line);
}

static void begin(struct watcher *x, const struct start *start)
{
    if (start->initial)
        send_initial(x);
    else if (start->version >= 0)
        store_replay(x->watches->server->store, x->group->table, start->version,
                     replay_event, x);
    if (start->initial_end)
        send_bookmark(x, true);
    const size_t unsent = x->sink->ops->data(x->sink, "", 0);
    x->unsent_max = unsent + API_WATCH_UNSENT_MAX;
    loop_timer_start(x->deadline, start->timeout_sec * 1000);
}

/* A document of YAML has no end that a stream of them could show. */
static int check_media(struct call *call)
{
    if (call->answer_as.media != MEDIA_YAML)
        return 0;
    return refuse(&call->refusal, 406, "NotAcceptable",
                  "only the following media types are accepted: %s", media_streams);
}

/* A watch of one object may select it, and nothing besides without it. */
static int check_name(struct call *call, const struct filter *filter)
{
    const struct selector *fields = &filter->fields;

    if (!call->name || fields->n == 0)
        return 0;
    for (size_t i = 0; i < fields->n; i++) {
        const struct term *t = &fields->terms[i];
        if (strcmp(t->key, "metadata.name") == 0 && t->op == TERM_IN && t->n == 1 &&
            strcmp(t->values[0], call->name) == 0)
            return 0;
    }
    return refuse_bad_request(&call->refusal,
                              "fieldSelector metadata.name doesn't match requested "
                              "name");
}

int verb_watch(struct call *call)
{
    FILTER_AUTO struct filter filter = {0};
    struct view view;
    struct start start;

    if (check_media(call) != 0 || filter_of(call, &filter) != 0 ||
        check_name(call, &filter) != 0 || view_of(call, &view) != 0 ||
        read_start(call, &start) != 0)
        return -1;
    if (start.version >= 0 && !store_reaches(call->server->store, start.version))
        return end_too_old(call, start.version);
    const struct api_head head = {.status = 200,
                                  .content_type = stream_type(call),
                                  .warning = call->warning,
                                  .retry_after_sec = -1};
    call->sink->ops->head(call->sink, &head);
    struct watcher *x = watcher_new(call, &view, &filter);
    call->exchange = &x->base;
    begin(x, &start);
    return 0;
}

/* ---- all ---- */

static void refind_kind(struct watcher *x)
{
    x->view.kind = kinds_find(x->watches->server->kinds, x->kind_group, x->kind_version,
                              x->kind_plural);
    if (!x->view.kind)
        watch_end(x);
}

void watches_kinds_changed(struct watches *w)
{
    for (struct group *g = w->groups; g; g = g->hh.next)
        each_watcher(g, refind_kind);
}

struct watches *watches_new(struct apiserver *server, int64_t bookmark_sec)
{
    struct watches *w = xcalloc(1, sizeof(*w));

    w->server = server;
    w->bookmark_ms = bookmark_sec * 1000;
    w->bookmark_timer = loop_timer_new(server->loop, on_bookmark, w);
    str_init(&w->line, EVENT_BYTES_MAX);
    store_listen(server->store, on_event, w);
    return w;
}

void watches_free(struct watches *w)
{
    struct group *g, *tmp;

    if (!w)
        return;
    HASH_ITER (hh, w->groups, g, tmp) {
        each_watcher(g, watch_end);
        HASH_DEL(w->groups, g);
        free(g);
    }
    loop_timer_free(w->bookmark_timer);
    str_fini(&w->line);
    free(w);
}
