#include "cmd/gantry-local/apiserver.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/answer.h"
#include "cmd/gantry-local/delete.h"
#include "cmd/gantry-local/list.h"
#include "cmd/gantry-local/strategy.h"
#include "cmd/gantry-local/verbs.h"
#include "cmd/gantry-local/watch.h"

#define HISTORY_EVENTS 10000
#define HISTORY_EVENTS_MAX 10000000
#define BOOKMARK_SEC 60

/* ---- paths that name no object ---- */

static int serve_ok(struct call *call)
{
    STR_AUTO struct str text;

    str_init(&text, 16);
    str_add(&text, "ok");
    return answer_bytes(call, 200, "text/plain; charset=utf-8", &text);
}

static int serve_version(struct call *call)
{
    JSON_AUTO struct json *version =
        json_build("{'major': '1', 'minor': '37', 'gitVersion': 'v1.37.2+gantry',"
                   " 'gitCommit': '', 'gitTreeState': 'clean', 'buildDate': "
                   "'2026-01-01T00:00:00Z', 'goVersion': '', 'compiler': 'gcc',"
                   " 'platform': 'linux/amd64'}");

    return answer_tree(call, 200, version);
}

#define DISCOVERY_TYPE \
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"

static int serve_roots(struct call *call)
{
    const bool core = strcmp(call->parts[0], "api") == 0;
    const bool aggregated = call->repr == REPR_DISCOVERY;
    STR_AUTO struct str text;

    str_init(&text, ANSWER_BYTES_MAX);
    if (aggregated)
        discovery_aggregated(call->server->kinds, core, &text);
    else
        discovery_roots(call->server->kinds, core, &text);
    return answer_bytes(call, 200, aggregated ? DISCOVERY_TYPE : "application/json",
                        &text);
}

static int answer_if(struct call *call, bool found, const struct str *text)
{
    return found ? answer_bytes(call, 200, "application/json", text)
                 : refuse_path(&call->refusal);
}

static int serve_version_resources(struct call *call)
{
    const struct kinds *kinds = call->server->kinds;
    STR_AUTO struct str text;

    str_init(&text, ANSWER_BYTES_MAX);
    if (strcmp(call->parts[0], "api") == 0)
        return answer_if(call, discovery_version(kinds, "", call->parts[1], &text),
                         &text);
    if (call->n_parts == 2)
        return answer_if(call, discovery_group(kinds, call->parts[1], &text), &text);
    return answer_if(
        call, discovery_version(kinds, call->parts[1], call->parts[2], &text), &text);
}

static int serve_openapi(struct call *call)
{
    const struct kinds *kinds = call->server->kinds;
    STR_AUTO struct str text;

    str_init(&text, ANSWER_BYTES_MAX);
    if (call->n_parts == 2) {
        openapi_index(kinds, &text);
        return answer_if(call, true, &text);
    }
    if (call->n_parts == 4 && strcmp(call->parts[2], "api") == 0)
        return answer_if(call, openapi_version(kinds, "", call->parts[3], &text),
                         &text);
    if (call->n_parts == 5 && strcmp(call->parts[2], "apis") == 0)
        return answer_if(
            call, openapi_version(kinds, call->parts[3], call->parts[4], &text), &text);
    return refuse_path(&call->refusal);
}

/* As clients ask for it, and as it is answered, since no media type has an '@'. */
#define OPENAPI_V2_ASKED "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
#define OPENAPI_V2_GIVEN "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"

/* What kubectl falls back to for a type that it finds in no v3 document, that is, for
 * one that is not served. A document without types lets it go on to say so. */
static int serve_openapi_v2(struct call *call)
{
    STR_AUTO struct str text;

    str_init(&text, 1024);
    if (strstr(call->req->accept, OPENAPI_V2_ASKED)) {
        str_add(&text, "\n\x03"
                       "2.0"          /* 1: swagger */
                       "\x12\x15\n\n" /* 2: info { 1: title, 2: version } */
                       "Kubernetes\x12\x07v1.37.2");
        return answer_bytes(call, 200, OPENAPI_V2_GIVEN, &text);
    }
    str_add(&text, "{\"swagger\":\"2.0\",\"info\":{\"title\":\"Kubernetes\","
                   "\"version\":\"v1.37.2\"},\"paths\":{}}");
    return answer_bytes(call, 200, "application/json", &text);
}

/* By the first parts of the path; "*" is any. `more` parts may follow. */
static const struct {
    const char *method;
    const char *parts[4];
    size_t n, more;
    int (*serve)(struct call *call);
} plain_routes[] = {
    {"GET", {"healthz"}, 1, 1, serve_ok},
    {"GET", {"livez"}, 1, 1, serve_ok},
    {"GET", {"readyz"}, 1, 1, serve_ok},
    {"GET", {"version"}, 1, 0, serve_version},
    {"GET", {"api"}, 1, 0, serve_roots},
    {"GET", {"apis"}, 1, 0, serve_roots},
    {"GET", {"api", "*"}, 2, 0, serve_version_resources},
    {"GET", {"apis", "*"}, 2, 1, serve_version_resources},
    {"GET", {"openapi", "v2"}, 2, 0, serve_openapi_v2},
    {"GET", {"openapi", "v3"}, 2, 3, serve_openapi},
    {"POST",
     {"apis", "authorization.k8s.io", "v1", "selfsubjectaccessreviews"},
     4,
     0,
     verb_access_review},
    {"POST",
     {"apis", "authorization.k8s.io", "v1", "selfsubjectrulesreviews"},
     4,
     0,
     verb_rules_review},
    {"POST",
     {"apis", "authentication.k8s.io", "v1", "selfsubjectreviews"},
     4,
     0,
     verb_self_review},
};

static bool plain_matches(const struct call *call, size_t i)
{
    if (strcmp(call->req->method, plain_routes[i].method) != 0 ||
        call->n_parts < plain_routes[i].n ||
        call->n_parts > plain_routes[i].n + plain_routes[i].more)
        return false;
    for (size_t k = 0; k < plain_routes[i].n; k++)
        if (strcmp(plain_routes[i].parts[k], "*") != 0 &&
            strcmp(plain_routes[i].parts[k], call->parts[k]) != 0)
            return false;
    return true;
}

/* ---- paths that name objects ---- */

static int verb_list_or_watch(struct call *call)
{
    return call_flag(call, "watch") ? verb_watch(call) : verb_list(call);
}

static int verb_get_or_watch(struct call *call)
{
    return call_flag(call, "watch") ? verb_watch(call) : verb_get(call);
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
    {"GET", ON_OBJECT, "", NULL, verb_get_or_watch},
    {"PUT", ON_OBJECT, "", NULL, verb_update},
    {"PATCH", ON_OBJECT, "", NULL, verb_patch},
    {"DELETE", ON_OBJECT, "", NULL, verb_delete},
    {"GET", ON_OBJECT, "status", NULL, verb_get},
    {"PUT", ON_OBJECT, "status", NULL, verb_update},
    {"PATCH", ON_OBJECT, "status", NULL, verb_patch},
    {"POST", ON_OBJECT, "binding", "pods", verb_bind},
    {"POST", ON_OBJECT, "eviction", "pods", verb_evict},
};

/* /api/v1/... or /apis/<group>/<version>/..., then
 * [namespaces/<ns>/]<plural>[/<name>[/<sub>]]; "namespaces" is a resource, too. */
static int find_resource(struct call *call)
{
    const bool core = call->n_parts > 0 && strcmp(call->parts[0], "api") == 0;
    const size_t head = core ? 2 : 3;

    if (call->n_parts <= head || (!core && strcmp(call->parts[0], "apis") != 0))
        return refuse_path(&call->refusal);
    char **rest = call->parts + head;
    size_t n = call->n_parts - head;
    const bool spaced = n >= 3 && strcmp(rest[0], "namespaces") == 0 &&
                        !(n == 3 && strcmp(rest[2], "status") == 0);
    if (spaced) {
        call->ns = rest[1];
        rest += 2;
        n -= 2;
    }
    call->kind = n > 3 ? NULL
                       : kinds_find(call->server->kinds, core ? "" : call->parts[1],
                                    call->parts[head - 1], rest[0]);
    call->name = n > 1 ? rest[1] : NULL;
    call->sub = n > 2 ? rest[2] : "";
    if (!call->kind || (call->ns && !call->kind->namespaced) ||
        (call->name && !call->ns && call->kind->namespaced))
        return refuse_path(&call->refusal);
    call->table = call_table(call->server, call->kind);
    return 0;
}

static bool has_sub(const struct kind *kind, size_t i)
{
    if (strcmp(verbs[i].sub, "status") == 0 && !kind->has_status)
        return false;
    return !verbs[i].plural ||
           (!kind->group[0] && strcmp(verbs[i].plural, kind->plural) == 0);
}

/* What people ask of a Kubernetes that is not served here: why, and what to do. */
static const struct {
    const char *plural; /* NULL: of any kind */
    const char *sub, *why;
} unserved[] = {
    {"pods", "log",
     "a container's output is in the file logs/<namespace>_<pod>_<uid>/<container>.log "
     "of the --dir of its \"gantry-local node\""},
    {"pods", "exec", "containers are processes of their node's machine: look there"},
    {"pods", "attach", "containers are processes of their node's machine: look there"},
    {"pods", "portforward",
     "connect to the pod's own address (kubectl get pods -o wide) on its node's "
     "machine"},
    {"pods", "ephemeralcontainers",
     "containers are processes of their node's machine: debug them there"},
    {"pods", "resize", "a pod keeps the requests it was made with"},
    {"deployments", "scale", "nothing here runs Deployments"},
    {"replicasets", "scale", "nothing here runs ReplicaSets"},
    {"statefulsets", "scale", "nothing here runs StatefulSets"},
    {"serviceaccounts", "token",
     "there is one token for everybody, that of the server's kubeconfig"},
    {NULL, "scale", "change the field itself (kubectl patch)"},
};

static int refuse_sub(struct call *call)
{
    const char *plural = call->kind->plural;

    for (size_t i = 0; i < ARRAY_LEN(unserved); i++)
        if ((!unserved[i].plural || strcmp(unserved[i].plural, plural) == 0) &&
            strcmp(unserved[i].sub, call->sub) == 0)
            return refuse(&call->refusal, 501, "NotImplemented",
                          "gantry-local does not serve %s/%s: %s", plural, call->sub,
                          unserved[i].why);
    return refuse_path(&call->refusal);
}

static int serve_resource(struct call *call)
{
    bool path_known = false;

    if (find_resource(call) != 0)
        return -1;
    if (call->kind->create_only)
        return refuse_method(&call->refusal, call->kind);
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
        if (verbs[i].target != (call->name ? ON_OBJECT : ON_COLLECTION) ||
            strcmp(verbs[i].sub, call->sub) != 0 || !has_sub(call->kind, i))
            continue;
        path_known = true;
        if (strcmp(verbs[i].method, call->req->method) != 0)
            continue;
        if (verbs[i].verb == verb_create && call->kind->namespaced && !call->ns)
            continue;
        return verbs[i].verb(call);
    }
    return path_known ? refuse_method(&call->refusal, call->kind) : refuse_sub(call);
}

/* ---- the server ---- */

static int serve(struct call *call)
{
    if (call->req->body_len > API_BODY_MAX)
        return refuse(&call->refusal, 413, "RequestEntityTooLarge",
                      "Request entity too large: limit is %u", API_BODY_MAX);
    if (call_parse(call) != 0)
        return -1;
    for (size_t i = 0; i < ARRAY_LEN(plain_routes); i++)
        if (plain_matches(call, i))
            return plain_routes[i].serve(call);
    return serve_resource(call);
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
    watch_close(exchange);
}

void apiserver_compact(struct apiserver *server)
{
    store_compact(server->store);
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

    s->loop = config->loop;
    s->rng = config->rng;
    s->kinds = kinds_new();
    /* The store does not outlive the process. Counting on from the time makes positions
     * of an earlier life read as too old instead of as others of this one. */
    s->store = store_new(loop_now_ms(s->loop), history);
    s->watches =
        watches_new(s, config->bookmark_sec ? config->bookmark_sec : BOOKMARK_SEC);
    namespaces_create(s);
    return s;
}

void apiserver_free(struct apiserver *server)
{
    if (!server)
        return;
    watches_free(server->watches);
    store_free(server->store);
    kinds_free(server->kinds);
    free(server);
}
