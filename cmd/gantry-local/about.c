#include "cmd/gantry-local/about.h"

#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/answer.h"
#include "cmd/gantry-local/openapi_v2.h"
#include "cmd/gantry-local/verbs.h"

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
    const bool aggregated = call->answer_as.repr == REPR_DISCOVERY;
    STR_AUTO struct str text;

    str_init(&text, ANSWER_BYTES_MAX);
    if (aggregated)
        discovery_aggregated(call->server->kinds, core, &text);
    else
        discovery_roots(call->server->kinds, core, call->req->host, &text);
    if (aggregated && call->answer_as.media == MEDIA_JSON)
        return answer_bytes(call, 200, DISCOVERY_TYPE, &text);
    return answer_document(call, 200, &text);
}

static void append_path(struct json *paths, const char *group, const char *version)
{
    AUTO_FREE char *path = version ? xasprintf("/apis/%s/%s", group, version)
                                   : xasprintf("/apis/%s", group);

    json_append(paths, json_new_string(path));
}

/* What can be asked of the server, as paths. */
static int serve_paths(struct call *call)
{
    static const char *const others[] = {"/healthz",    "/livez",  "/openapi/v2",
                                         "/openapi/v3", "/readyz", "/version"};
    const struct kinds *kinds = call->server->kinds;
    JSON_AUTO struct json *paths = json_build("['/api', '/api/v1', '/apis']");

    for (size_t i = 0; i < kinds_count(kinds); i++) {
        const struct kind *k = kinds_at(kinds, i);
        const struct kind *before = i > 0 ? kinds_at(kinds, i - 1) : NULL;
        const bool same = before && strcmp(before->group, k->group) == 0;
        if (!k->group[0] || (same && strcmp(before->version, k->version) == 0))
            continue;
        if (!same)
            append_path(paths, k->group, NULL);
        append_path(paths, k->group, k->version);
    }
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        json_append(paths, json_new_string(others[i]));
    JSON_AUTO struct json *body = json_build("{'paths': %j}", paths);
    return answer_tree(call, 200, body);
}

static int answer_if(struct call *call, bool found, const struct str *text)
{
    return found ? answer_document(call, 200, text) : refuse_page(&call->refusal);
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

static int serve_openapi_v2(struct call *call)
{
    STR_AUTO struct str text;

    str_init(&text, ANSWER_BYTES_MAX);
    if (strstr(call->req->accept, OPENAPI_V2_ASKED)) {
        openapi_v2_protobuf(call->server->kinds, &text);
        return answer_bytes(call, 200, OPENAPI_V2_GIVEN, &text);
    }
    openapi_v2_json(call->server->kinds, &text);
    return answer_bytes(call, 200, "application/json", &text);
}

/* Health and documents of OpenAPI are what they are, whatever is accepted. */
static const struct media_offer version_offer = {.json_only = true, .is_named = true};
static const struct media_offer group_offer = {.discovery = true};
static const struct media_offer named_offer = {.is_named = true, .discovery = true};
static const struct media_offer review_offer = {.is_named = true};

/* By the first parts of the path; "*" is any. `more` parts may follow. */
static const struct {
    const char *method;
    const char *parts[4];
    size_t n, more;
    const struct media_offer *offer;
    int (*serve)(struct call *call);
} routes[] = {
    {"GET", {NULL}, 0, 0, NULL, serve_paths},
    {"GET", {"healthz"}, 1, 1, NULL, serve_ok},
    {"GET", {"livez"}, 1, 1, NULL, serve_ok},
    {"GET", {"readyz"}, 1, 1, NULL, serve_ok},
    {"GET", {"version"}, 1, 0, &version_offer, serve_version},
    {"GET", {"api"}, 1, 0, &named_offer, serve_roots},
    {"GET", {"apis"}, 1, 0, &group_offer, serve_roots},
    {"GET", {"api", "*"}, 2, 0, &named_offer, serve_version_resources},
    {"GET", {"apis", "*"}, 2, 0, &group_offer, serve_version_resources},
    {"GET", {"apis", "*", "*"}, 3, 0, &named_offer, serve_version_resources},
    {"GET", {"openapi", "v2"}, 2, 0, NULL, serve_openapi_v2},
    {"GET", {"openapi", "v3"}, 2, 3, NULL, serve_openapi},
    {"POST",
     {"apis", "authorization.k8s.io", "v1", "selfsubjectaccessreviews"},
     4,
     0,
     &review_offer,
     verb_access_review},
    {"POST",
     {"apis", "authorization.k8s.io", "v1", "selfsubjectrulesreviews"},
     4,
     0,
     &review_offer,
     verb_rules_review},
    {"POST",
     {"apis", "authentication.k8s.io", "v1", "selfsubjectreviews"},
     4,
     0,
     &review_offer,
     verb_self_review},
};

static bool matches(const struct call *call, size_t i)
{
    if (strcmp(call->req->method, routes[i].method) != 0 ||
        call->n_parts < routes[i].n || call->n_parts > routes[i].n + routes[i].more)
        return false;
    for (size_t k = 0; k < routes[i].n; k++)
        if (strcmp(routes[i].parts[k], "*") != 0 &&
            strcmp(routes[i].parts[k], call->parts[k]) != 0)
            return false;
    return true;
}

bool about_serve(struct call *call, int *ret_rc)
{
    size_t i = 0;

    while (i < ARRAY_LEN(routes) && !matches(call, i))
        i++;
    if (i == ARRAY_LEN(routes))
        return false;
    const struct media_offer *offer = routes[i].offer;
    *ret_rc = offer && call_negotiate(call, offer) != 0 ? -1 : routes[i].serve(call);
    return true;
}
