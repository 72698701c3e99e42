#include "kubeclient/client_private.h"

#include <assert.h>
#include <string.h>

#include "base/util.h"

/* Past any path of escaped names; a selector behind it may be long. */
#define PATH_MAX_BYTES (64u << 10)

#define TABLE "application/json;as=Table;v=v1;g=meta.k8s.io"

/* A misspelt field fails instead of being dropped, and our fields are told from
 * others'. */
#define WRITE_QUERY "fieldManager=gantry&fieldValidation=Strict"

static const struct {
    const char *content_type;
    const char *query;
} patches[] = {
    [KC_PATCH_MERGE] = {"application/merge-patch+json", WRITE_QUERY},
    [KC_PATCH_JSON] = {"application/json-patch+json", WRITE_QUERY},
    [KC_PATCH_STRATEGIC] = {"application/strategic-merge-patch+json", WRITE_QUERY},
    /* A controller that applies means its fields: it takes them over. */
    [KC_PATCH_APPLY] = {"application/apply-patch+yaml", WRITE_QUERY "&force=true"},
};

/* `query` NULL: none. */
static struct kc_call *start(struct kc_client *c, const struct kc_ref *ref,
                             const char *query, struct kc_request request,
                             kc_done_fn *done, void *arg)
{
    STR_AUTO struct str path;

    str_init(&path, PATH_MAX_BYTES);
    kc_path(ref, &path);
    if (query && query[0]) {
        str_addc(&path, '?');
        str_add(&path, query);
    }
    assert(!path.overflow);
    request.path = path.s;
    return kc_call_start(c, &request, done, arg);
}

struct kc_call *kc_get(struct kc_client *c, const struct kc_ref *ref, kc_done_fn *done,
                       void *arg)
{
    assert(ref->name != NULL);
    return start(c, ref, NULL, (struct kc_request){.method = "GET"}, done, arg);
}

struct kc_call *kc_list(struct kc_client *c, const struct kc_ref *ref,
                        const char *query, kc_done_fn *done, void *arg)
{
    assert(ref->name == NULL);
    return start(c, ref, query, (struct kc_request){.method = "GET"}, done, arg);
}

struct kc_call *kc_list_text(struct kc_client *c, const struct kc_ref *ref,
                             const char *query, kc_done_fn *done, void *arg)
{
    assert(ref->name == NULL);
    return start(c, ref, query, (struct kc_request){.method = "GET", .text_only = true},
                 done, arg);
}

struct kc_call *kc_list_table(struct kc_client *c, const struct kc_ref *ref,
                              const char *query, kc_done_fn *done, void *arg)
{
    assert(ref->name == NULL);
    return start(
        c, ref, query,
        (struct kc_request){.method = "GET", .accept = TABLE, .text_only = true}, done,
        arg);
}

struct kc_call *kc_create(struct kc_client *c, const struct kc_ref *ref,
                          const struct json *body, kc_done_fn *done, void *arg)
{
    struct kc_ref collection = *ref;
    struct kc_request request = {
        .method = "POST", .content_type = "application/json", .body = body};

    /* The name of a new object stands in its body; only a subresource is posted to one.
     */
    if (ref->subresource == NULL)
        collection.name = NULL;
    return start(c, &collection, WRITE_QUERY, request, done, arg);
}

struct kc_call *kc_update(struct kc_client *c, const struct kc_ref *ref,
                          const struct json *body, kc_done_fn *done, void *arg)
{
    struct kc_request request = {
        .method = "PUT", .content_type = "application/json", .body = body};

    assert(ref->name != NULL);
    return start(c, ref, WRITE_QUERY, request, done, arg);
}

struct kc_call *kc_patch(struct kc_client *c, const struct kc_ref *ref,
                         enum kc_patch type, const struct json *body, kc_done_fn *done,
                         void *arg)
{
    struct kc_request request = {
        .method = "PATCH", .content_type = patches[type].content_type, .body = body};

    assert(ref->name != NULL);
    return start(c, ref, patches[type].query, request, done, arg);
}

struct kc_call *kc_delete(struct kc_client *c, const struct kc_ref *ref,
                          const struct kc_delete_options *o, kc_done_fn *done,
                          void *arg)
{
    static const struct kc_delete_options plain = {.grace_sec = -1};
    JSON_AUTO struct json *body =
        json_build("{'apiVersion': 'v1', 'kind': 'DeleteOptions'}");
    struct kc_request request = {
        .method = "DELETE", .content_type = "application/json", .body = body};

    assert(ref->name != NULL);
    if (o == NULL)
        o = &plain;
    if (o->uid)
        json_set_at(body, "preconditions.uid", json_new_string(o->uid));
    if (o->resource_version)
        json_set_at(body, "preconditions.resourceVersion",
                    json_new_string(o->resource_version));
    if (o->grace_sec >= 0)
        json_set(body, "gracePeriodSeconds", json_new_int(o->grace_sec));
    if (o->propagation)
        json_set(body, "propagationPolicy", json_new_string(o->propagation));
    return start(c, ref, NULL, request, done, arg);
}

struct kc_call *kc_bind(struct kc_client *c, const char *ns, const char *pod,
                        const char *uid, const char *node, kc_done_fn *done, void *arg)
{
    struct kc_ref ref = {&kc_pods, ns, pod, "binding"};
    JSON_AUTO struct json *body =
        json_build("{'apiVersion': 'v1', 'kind': 'Binding',"
                   " 'metadata': {'name': %s, 'namespace': %s, 'uid': %s},"
                   " 'target': {'apiVersion': 'v1', 'kind': 'Node', 'name': %s}}",
                   pod, ns, uid, node);

    assert(ns && pod && uid && node);
    return kc_create(c, &ref, body, done, arg);
}

struct kc_call *kc_raw(struct kc_client *c, const char *method, const char *path,
                       const char *content_type, const struct json *body,
                       kc_done_fn *done, void *arg)
{
    struct kc_request request = {.method = method,
                                 .path = path,
                                 .content_type = content_type,
                                 .body = body,
                                 .any_content = true};

    return kc_call_start(c, &request, done, arg);
}
