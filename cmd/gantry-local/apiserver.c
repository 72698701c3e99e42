#include "cmd/gantry-local/apiserver.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/about.h"
#include "cmd/gantry-local/answer.h"
#include "cmd/gantry-local/crd_end.h"
#include "cmd/gantry-local/delete.h"
#include "cmd/gantry-local/durable.h"
#include "cmd/gantry-local/expire.h"
#include "cmd/gantry-local/garbage.h"
#include "cmd/gantry-local/list.h"
#include "cmd/gantry-local/restore.h"
#include "cmd/gantry-local/podlog.h"
#include "cmd/gantry-local/protection.h"
#include "cmd/gantry-local/strategy.h"
#include "cmd/gantry-local/unserved.h"
#include "cmd/gantry-local/verbs.h"
#include "cmd/gantry-local/watch.h"

#define HISTORY_EVENTS 10000
#define HISTORY_EVENTS_MAX 10000000
#define BOOKMARK_SEC 60

static int verb_list_or_watch(struct call *call)
{
    return call->is_watch ? verb_watch(call) : verb_list(call);
}

enum target { ON_COLLECTION, ON_OBJECT };

static const struct {
    const char *method;
    enum target target;
    const char *sub;
    const char
        *plural; /* of the core group; NULL: every kind that has the subresource */
    int (*verb)(struct call *call);
} verbs[] = {
    {"GET", ON_COLLECTION, "", NULL, verb_list_or_watch},
    {"POST", ON_COLLECTION, "", NULL, verb_create},
    {"DELETE", ON_COLLECTION, "", NULL, verb_delete_collection},
    {"GET", ON_OBJECT, "", NULL, verb_get},
    {"PUT", ON_OBJECT, "", NULL, verb_update},
    {"PATCH", ON_OBJECT, "", NULL, verb_patch},
    {"DELETE", ON_OBJECT, "", NULL, verb_delete},
    {"GET", ON_OBJECT, "status", NULL, verb_get},
    {"PUT", ON_OBJECT, "status", NULL, verb_update},
    {"PATCH", ON_OBJECT, "status", NULL, verb_patch},
    {"POST", ON_OBJECT, "binding", "pods", verb_bind},
    {"POST", ON_OBJECT, "eviction", "pods", verb_evict},
    {"GET", ON_OBJECT, "log", "pods", verb_log},
    {"GET", ON_OBJECT, "scale", NULL, verb_get_scale},
    {"PUT", ON_OBJECT, "scale", NULL, verb_update_scale},
    {"PATCH", ON_OBJECT, "scale", NULL, verb_patch_scale},
};

/* /api/v1/... or /apis/<group>/<version>/..., then
 * [watch/][namespaces/<ns>/]<plural>[/<name>[/<sub>]]; "namespaces" is a resource, too.
 */
static int find_resource(struct call *call)
{
    const bool core = call->n_parts > 0 && strcmp(call->parts[0], "api") == 0;
    const size_t head = core ? 2 : 3;

    if (call->n_parts <= head || (!core && strcmp(call->parts[0], "apis") != 0))
        return refuse_page(&call->refusal);
    char **rest = call->parts + head;
    size_t n = call->n_parts - head;
    call->watch_path = n > 1 && strcmp(rest[0], "watch") == 0;
    if (call->watch_path) {
        rest++;
        n--;
    }
    const bool spaced = n >= 3 && strcmp(rest[0], "namespaces") == 0 &&
                        !(n == 3 && strcmp(rest[2], "status") == 0);
    if (spaced) {
        call->ns = rest[1];
        rest += 2;
        n -= 2;
    }
    /* What stands behind "proxy" would be the other side's path. */
    call->kind = n > 3 && strcmp(rest[2], "proxy") != 0
                     ? NULL
                     : kinds_find(call->server->kinds, core ? "" : call->parts[1],
                                  call->parts[head - 1], rest[0]);
    call->name = n > 1 ? rest[1] : NULL;
    call->sub = n > 2 ? rest[2] : "";
    if (!core && !kinds_have_group(call->server->kinds, call->parts[1]))
        return refuse_page(&call->refusal);
    if (!call->kind || (call->ns && !call->kind->namespaced) ||
        (call->name && !call->ns && call->kind->namespaced))
        return refuse_path(&call->refusal);
    call->table = call_table(call->server, call->kind);
    call->is_watch = call->watch_path || (!call->name && call_flag(call, "watch"));
    return 0;
}

static bool has_sub(const struct kind *kind, size_t i)
{
    if (strcmp(verbs[i].sub, "status") == 0 && !kind->has_status)
        return false;
    if (strcmp(verbs[i].sub, "scale") == 0 && !kind->scale.replicas)
        return false;
    return !verbs[i].plural ||
           (!kind->group[0] && strcmp(verbs[i].plural, kind->plural) == 0);
}

static int refuse_sub(struct call *call)
{
    AUTO_FREE char *line = unserved_line(call->kind->plural, call->sub);

    /* Names of what is proxied may have a scheme and a port. */
    const bool is_bare = strcmp(call->sub, "proxy") != 0;

    if (line && is_bare && !table_find(call->table, call->ns, call->name))
        return refuse_not_found(&call->refusal, call->kind, call->name);
    if (line)
        return refuse(&call->refusal, 501, "NotImplemented", "%s", line);
    if (call->kind->is_custom)
        return refuse_not_found(&call->refusal, call->kind, call->name);
    return refuse_path(&call->refusal);
}

/* Made and deleted as a collection only within a namespace; namespaces, one by one. */
static bool may(const struct call *call, size_t i)
{
    const struct kind *kind = call->kind;

    if (verbs[i].verb == verb_delete_collection && !kind_deletes_collection(kind))
        return false;
    return call->name || !kind->namespaced || call->ns ||
           strcmp(verbs[i].method, "GET") == 0;
}

/* Custom kinds are not asked by paths that say which types they make; a log is text. */
static int negotiate(struct call *call)
{
    if (strcmp(call->sub, "log") == 0)
        return 0;
    const struct media_offer offer = {.is_named = !call->kind->is_custom,
                                      .is_custom = call->kind->is_custom,
                                      .tables = true,
                                      .streams = (!call->name || call->is_watch) &&
                                                 strcmp(call->req->method, "GET") == 0};

    return call_negotiate(call, &offer);
}

/* The paths of watches of old. */
static int serve_watch_path(struct call *call)
{
    if (call->sub[0] || call->kind->create_only)
        return refuse_path(&call->refusal);
    if (strcmp(call->req->method, "GET") != 0)
        return refuse_method(&call->refusal);
    return negotiate(call) != 0 ? -1 : verb_watch(call);
}

static int serve_resource(struct call *call)
{
    bool path_known = false;

    if (find_resource(call) != 0)
        return -1;
    if (call->kind->deprecated)
        call_warn(call, "%s", call->kind->deprecated);
    if (call->watch_path)
        return serve_watch_path(call);
    if (call->kind->create_only)
        return refuse_method(&call->refusal);
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
        if (verbs[i].target != (call->name ? ON_OBJECT : ON_COLLECTION) ||
            strcmp(verbs[i].sub, call->sub) != 0 || !has_sub(call->kind, i))
            continue;
        path_known = true;
        if (strcmp(verbs[i].method, call->req->method) != 0)
            continue;
        if (!may(call, i))
            continue;
        return negotiate(call) != 0 ? -1 : verbs[i].verb(call);
    }
    return path_known ? refuse_method(&call->refusal) : refuse_sub(call);
}

/* ---- the server ---- */

static int serve(struct call *call)
{
    if (call->req->body_len > API_BODY_MAX)
        return refuse(&call->refusal, 413, "RequestEntityTooLarge",
                      "Request entity too large: limit is %u", API_BODY_MAX);
    if (call_parse(call) != 0)
        return -1;
    int rc;
    return about_serve(call, &rc) ? rc : serve_resource(call);
}

struct api_exchange *apiserver_handle(struct apiserver *server,
                                      const struct api_request *request,
                                      struct api_sink *sink)
{
    struct call call = {
        .server = server, .req = request, .sink = sink, .refusal = REFUSAL_INIT};

    if (serve(&call) != 0)
        answer_refusal(&call);
    call_fini(&call);
    return call.exchange;
}

void apiserver_close(struct api_exchange *exchange)
{
    exchange->ops->close(exchange);
}

static struct api_exchange *handle(struct api_app *app,
                                   const struct api_request *request,
                                   struct api_sink *sink)
{
    return apiserver_handle((struct apiserver *)app, request, sink);
}

struct api_app *apiserver_app(struct apiserver *server)
{
    return &server->app;
}

void apiserver_dial_nodes(struct apiserver *server, struct node_dialer *dialer)
{
    server->dialer = dialer;
}

void apiserver_compact(struct apiserver *server)
{
    store_compact(server->store);
}

/* Without an earlier life, positions count on from the time: those of a server whose
 * objects are gone read as too old instead of as others of this one. */
static int64_t first_version(const struct loop *loop, struct durable *durable)
{
    const int64_t kept = durable ? objectdb_version(durable_db(durable)) : 0;

    return kept > 0 ? kept : loop_now_ms(loop);
}

struct apiserver *apiserver_new(const struct apiserver_config *config, struct err *err)
{
    const size_t history =
        config->history_events ? config->history_events : HISTORY_EVENTS;

    if (history > HISTORY_EVENTS_MAX) {
        err_set(err, ERR_TOO_LARGE, "a history of %zu events: at most %d", history,
                HISTORY_EVENTS_MAX);
        return NULL;
    }
    struct apiserver *s = xcalloc(1, sizeof(*s));

    s->app.handle = handle;
    TAILQ_INIT(&s->podlogs);
    s->loop = config->loop;
    s->rng = config->rng;
    s->durable = config->durable;
    s->kinds = kinds_new();
    s->store = store_new(first_version(s->loop, config->durable), history);
    if (config->durable && restore(s, durable_db(config->durable), err) != 0) {
        apiserver_free(s);
        return NULL;
    }
    if (config->durable)
        store_keep(s->store, durable_note, config->durable);
    s->watches =
        watches_new(s, config->bookmark_sec ? config->bookmark_sec : BOOKMARK_SEC);
    namespaces_create(s);
    s->garbage = garbage_new(s);
    s->crd_end = crd_end_new(s);
    s->protection = protection_new(s);
    if (config->durable) {
        crd_end_look(s);
        protection_look(s);
    }
    return s;
}

void apiserver_free(struct apiserver *server)
{
    if (!server)
        return;
    podlogs_end(server);
    expire_free(server->expire);
    garbage_free(server->garbage);
    crd_end_free(server->crd_end);
    protection_free(server->protection);
    watches_free(server->watches);
    if (server->durable)
        durable_flush(server->durable);
    store_free(server->store);
    kinds_free(server->kinds);
    free(server);
}

void apiserver_expire_events(struct apiserver *server)
{
    if (!server->expire)
        server->expire = expire_new(server->loop, server->store);
}
