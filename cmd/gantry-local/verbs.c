#include "cmd/gantry-local/verbs.h"

#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/form.h"
#include "cmd/gantry-local/answer.h"
#include "cmd/gantry-local/lastapplied.h"
#include "cmd/gantry-local/list.h"
#include "cmd/gantry-local/patch.h"
#include "cmd/gantry-local/patch_request.h"
#include "cmd/gantry-local/strategy.h"
#include "cmd/gantry-local/typed.h"
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

/* Here Kubernetes has the resource where a kind stands elsewhere. */
static int refuse_unversioned(struct call *call)
{
    struct kind resource = *call->kind;

    resource.name = resource.plural;
    return refuse_field(
        &call->refusal, &resource, call->name,
        &(struct cause){"metadata.resourceVersion", "FieldValueInvalid",
                        "Invalid value: 0: must be specified for an update"});
}

/* As in Kubernetes a uid is held against what is not there, a version is not. */
static int create_by_update(struct write *w)
{
    struct call *call = w->call;
    const char *uid = json_str_or(w->after, "metadata.uid", "");

    if (uid[0])
        return refuse_precondition(&call->refusal, call->kind, call->ns, call->name,
                                   "UID", uid, "");
    json_del(json_get(w->after, "metadata"), "resourceVersion");
    return write_create(w);
}

int verb_update(struct call *call)
{
    WRITE_AUTO struct write w;

    if (write_init(&w, call) != 0 || write_decode(&w) != 0)
        return -1;
    if (w.strategy->put_creates && !call->sub[0] &&
        !table_find(call->table, call->ns, call->name))
        return create_by_update(&w);
    if (write_find(&w) != 0)
        return -1;
    if (w.strategy->needs_version &&
        !json_str_or(w.after, "metadata.resourceVersion", "")[0])
        return refuse_unversioned(call);
    return write_update(&w);
}

/* ---- patches ---- */

/* In what a patch makes of an object, another uid is no fence but a change. */
static int check_uid(struct write *w)
{
    const struct call *call = w->call;
    const char *uid = json_str_or(w->after, "metadata.uid", "");

    if (!uid[0] || strcmp(uid, w->old->uid) == 0)
        return 0;
    AUTO_FREE char *message =
        xasprintf("Invalid value: \"%s\": field is immutable", uid);
    return refuse_field(&w->call->refusal, call->kind, call->name,
                        &(struct cause){"metadata.uid", "FieldValueInvalid", message});
}

/* JSON, merge and strategic patches of what is there. */
static int patch_stored(struct write *w, const struct patch_request *patch)
{
    if (write_find(w) != 0)
        return -1;
    w->after = patch_request_apply(patch, w->call, w->before, w->call->kind->schema);
    if (!w->after || check_uid(w) != 0 || write_check_identity(w, w->after) != 0)
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

static int refuse_object_type(struct call *call, const char *version, const char *kind)
{
    return refuse_bad_request(&call->refusal, "invalid object type: %s%s, Kind=%s",
                              strchr(version, '/') ? "" : "/", version, kind);
}

/* What an apply must say, and must not. */
static int check_apply(struct write *w)
{
    struct call *call = w->call;

    if (!call_param_or(call, "fieldManager", "")[0])
        return refuse_request_option(
            &call->refusal, "PatchOptions",
            &(struct cause){"fieldManager", "FieldValueRequired",
                            "Required value: is required for apply patch"});
    const char *version = json_str_or(w->after, "apiVersion", "");
    const char *kind = json_str_or(w->after, "kind", "");
    if (!version[0] || !kind[0])
        return refuse_object_type(call, version, kind);
    AUTO_FREE char *want = kind_api_version(call->kind);
    AUTO_FREE char *said_ns = xstrdup(json_str_or(w->after, "metadata.namespace", ""));
    const bool same = strcmp(version, want) == 0;
    if (same ? strcmp(kind, call->kind->name) != 0 : !call->kind->is_custom)
        return refuse_object_type(call, version, kind);
    if (write_check_identity(w, w->after) != 0)
        return -1;
    if (json_len(json_at(w->after, "metadata.managedFields")) > 0)
        return refuse_bad_request(&call->refusal, "metadata.managedFields must be nil");
    json_del(json_get(w->after, "metadata"), "managedFields");
    return typed_check(call, w->after, said_ns);
}

/* The half of the object that the path is not about: nobody comes to own it. */
static void drop_other_half(struct write *w)
{
    if (strcmp(w->call->sub, "status") == 0)
        json_del(w->after, "spec");
    else if (w->call->kind->has_status)
        json_del(w->after, "status");
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

static struct json *in_version(const void *arg, const char *api_version,
                               const struct json *object,
                               const struct schema **ret_schema)
{
    const struct call *call = arg;

    return form_in_version(call->server->kinds, call->kind, api_version, object,
                           ret_schema);
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
    drop_other_half(w);
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
                                      .now_sec = loop_now_sec(call->server->loop),
                                      .in_version = in_version,
                                      .version_arg = call};
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
    PATCH_REQUEST_AUTO struct patch_request patch = {0};
    WRITE_AUTO struct write w;

    if (write_init(&w, call) != 0 || patch_request_read(&patch, call) != 0)
        return -1;
    if (patch.type == PATCH_APPLY)
        return apply(&w, TAKE(patch.body));
    return patch_stored(&w, &patch);
}
