#include "cmd/gantry-local/verbs.h"

#include <string.h>

#include "base/util.h"
#include "base/yaml.h"
#include "cmd/gantry-local/answer.h"
#include "cmd/gantry-local/lastapplied.h"
#include "cmd/gantry-local/list.h"
#include "cmd/gantry-local/patch.h"
#include "cmd/gantry-local/write.h"

int verb_get(struct call *call)
{
    int64_t version;
    const struct object *o = table_find(call->table, call->ns, call->name);

    if (list_version_param(call, &version) != 0 ||
        list_check_version(call, version) != 0)
        return -1;
    if (!o)
        return refuse_not_found(&call->refusal, call->kind, call->name);
    return answer_object(call, 200, o);
}

int verb_create(struct call *call)
{
    WRITE_AUTO struct write w;

    if (write_init(&w, call) != 0 || write_decode(&w) != 0)
        return -1;
    return write_create(&w);
}

int verb_update(struct call *call)
{
    WRITE_AUTO struct write w;

    if (write_init(&w, call) != 0 || write_decode(&w) != 0 || write_find(&w) != 0)
        return -1;
    if (call->kind->is_custom &&
        !json_str_or(w.after, "metadata.resourceVersion", "")[0])
        return refuse_field(
            &call->refusal, call->kind, call->name,
            &(struct cause){"metadata.resourceVersion", "FieldValueInvalid",
                            "Invalid value: 0: must be specified for an "
                            "update"});
    return write_update(&w);
}

/* ---- patches ---- */

enum patch_type { PATCH_JSON, PATCH_MERGE, PATCH_STRATEGIC, PATCH_APPLY };

static const struct {
    const char *media;
    enum patch_type type;
} patch_types[] = {
    {"application/json-patch+json", PATCH_JSON},
    {"application/merge-patch+json", PATCH_MERGE},
    {"application/apply-patch+yaml", PATCH_APPLY},
    {"application/strategic-merge-patch+json", PATCH_STRATEGIC},
};

static int read_patch_type(struct call *call, enum patch_type *ret)
{
    const char *media = call->req->content_type;
    const size_t len = strcspn(media, "; ");

    for (size_t i = 0; i < ARRAY_LEN(patch_types); i++) {
        if (len != strlen(patch_types[i].media) ||
            strncmp(media, patch_types[i].media, len) != 0)
            continue;
        *ret = patch_types[i].type;
        if (*ret != PATCH_STRATEGIC || !call->kind->is_custom)
            return 0;
    }
    return refuse(
        &call->refusal, 415, "UnsupportedMediaType",
        "the body of the request was in an unknown format - accepted media types "
        "include: application/json-patch+json, application/merge-patch+json, %s"
        "application/apply-patch+yaml",
        call->kind->is_custom ? "" : "application/strategic-merge-patch+json, ");
}

static struct json *parse_patch(struct call *call, enum patch_type type)
{
    struct err err = ERR_INIT;
    const struct api_request *req = call->req;
    struct json *patch = type == PATCH_APPLY
                             ? yaml_parse_one(req->body, req->body_len, "body", &err)
                             : json_parse(req->body, req->body_len, &err);
    const enum json_type want = type == PATCH_JSON ? JSON_ARRAY : JSON_OBJECT;

    if (!patch)
        refuse_bad_request(&call->refusal, "error decoding patch: %s", err.msg);
    else if (!json_is(patch, want))
        refuse_bad_request(&call->refusal, "error decoding patch: expected %s, got %s",
                           json_type_name(want), json_type_name(json_type(patch)));
    else
        return patch;
    json_free(patch);
    return NULL;
}

/* JSON, merge and strategic patches of what is there. */
static int patch_stored(struct write *w, enum patch_type type, const struct json *patch)
{
    struct call *call = w->call;
    struct err err = ERR_INIT;

    if (write_find(w) != 0)
        return -1;
    if (type == PATCH_JSON)
        w->after = patch_json(w->before, patch, &err);
    else if (type == PATCH_STRATEGIC)
        w->after = patch_strategic(w->before, patch, call->kind->schema, &err);
    else
        w->after = patch_merge(w->before, patch);
    if (!w->after)
        return refuse(
            &call->refusal, 422, "Invalid",
            "the server rejected our request due to an error in our request: %s",
            err.msg);
    if (write_check_identity(w, w->after) != 0)
        return -1;
    return write_update(w);
}

static void add_conflict(void *arg, const struct cause *cause)
{
    causes_add(arg, cause);
}

static int refuse_apply(struct call *call, const struct err *err,
                        const struct json *conflicts)
{
    if (err->code != ERR_CONFLICT)
        return refuse_bad_request(&call->refusal, "%s", err->msg);
    refuse(&call->refusal, 409, "Conflict", "%s", err->msg);
    refusal_causes(&call->refusal, conflicts);
    return -1;
}

/* What an apply must say, and must not. */
static int check_apply(struct write *w)
{
    struct call *call = w->call;

    if (!call_param_or(call, "fieldManager", "")[0])
        return refuse(
            &call->refusal, 422, "Invalid",
            "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required "
            "value: is required for apply patch");
    if (write_check_identity(w, w->after) != 0)
        return -1;
    if (json_len(json_at(w->after, "metadata.managedFields")) > 0)
        return refuse_bad_request(&call->refusal, "metadata.managedFields must be nil");
    json_del(json_get(w->after, "metadata"), "managedFields");
    return write_drop_unknown(w);
}

/* resourceVersion and uid in an applied document are fences, not fields to own. */
static int take_fences(struct write *w)
{
    struct call *call = w->call;

    if (w->old)
        return write_check_fence(w);
    if (json_str_or(w->after, "metadata.uid", "")[0])
        return refuse_conflict(
            &call->refusal, call->kind, call->name,
            "uid mismatch: the provided object specified uid %s, and no "
            "existing object was found",
            json_str(w->after, "metadata.uid"));
    return 0;
}

static int apply(struct write *w, struct json *take_patch)
{
    struct call *call = w->call;
    AUTO_FREE char *api_version = kind_api_version(call->kind);
    JSON_AUTO struct json *conflicts = json_new_array();
    struct err err = ERR_INIT;

    w->after = take_patch;
    if (check_apply(w) != 0)
        return -1;
    if (table_find(call->table, call->ns, call->name) || call->sub[0]) {
        if (write_find(w) != 0)
            return -1;
    }
    if (take_fences(w) != 0)
        return -1;
    json_del(json_get(w->after, "metadata"), "resourceVersion");
    json_del(json_get(w->after, "metadata"), "uid");
    JSON_AUTO struct json *yielding =
        lastapplied_yielding(w->manager, w->before, call->kind->schema);
    const struct apply_request req = {.schema = call->kind->schema,
                                      .manager = w->manager,
                                      .api_version = api_version,
                                      .subresource = call->sub,
                                      .yielding = yielding,
                                      .force = call_flag(call, "force"),
                                      .now_sec = loop_now_sec(call->server->loop)};
    struct json *merged =
        patch_apply(&req, w->before, w->after, add_conflict, conflicts, &err);
    if (!merged)
        return refuse_apply(call, &err, conflicts);
    lastapplied_update(w->manager, w->before, w->after, merged);
    json_free(w->after);
    w->after = merged;
    w->applied = true;
    return w->old ? write_update(w) : write_create(w);
}

int verb_patch(struct call *call)
{
    WRITE_AUTO struct write w;
    enum patch_type type;

    if (write_init(&w, call) != 0 || read_patch_type(call, &type) != 0)
        return -1;
    if (call_param(call, "force") && type != PATCH_APPLY)
        return refuse(
            &call->refusal, 422, "Invalid",
            "PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: may not "
            "be specified for non-apply patch");
    struct json *patch = parse_patch(call, type);
    if (!patch)
        return -1;
    if (type == PATCH_APPLY)
        return apply(&w, patch);
    const int rc = patch_stored(&w, type, patch);
    json_free(patch);
    return rc;
}
