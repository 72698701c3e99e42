/* scale - the subresource by which clients change the number of replicas of any kind
 * that has one: a Scale of autoscaling/v1, made of the object, written to it. */
#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/answer.h"
#include "cmd/gantry-local/body.h"
#include "cmd/gantry-local/label_selector.h"
#include "cmd/gantry-local/patch_request.h"
#include "cmd/gantry-local/verbs.h"
#include "cmd/gantry-local/write.h"

#define API_VERSION "autoscaling/v1"

static const struct kind scale_kind = {
    .group = "autoscaling", .version = "v1", .name = "Scale", .plural = "scales"};

/* ---- from the object ---- */

static struct json *scale_of(const struct kind *kind, const struct json *object)
{
    static const char *const shared[] = {"name", "namespace", "uid", "resourceVersion",
                                         "creationTimestamp"};
    struct json *scale = json_build(
        "{'kind': 'Scale', 'apiVersion': %s, 'metadata': {}, 'spec': {}, 'status': {}}",
        API_VERSION);
    const int64_t replicas = json_int_or(object, kind->scale.replicas, 0);
    const struct json *selector =
        kind->scale.selector ? json_at(object, kind->scale.selector) : NULL;

    for (size_t i = 0; i < ARRAY_LEN(shared); i++) {
        struct json *value = json_get(json_get(object, "metadata"), shared[i]);
        if (value)
            json_set(json_get(scale, "metadata"), shared[i], json_copy(value));
    }
    if (replicas != 0)
        json_set_at(scale, "spec.replicas", json_new_int(replicas));
    json_set_at(scale, "status.replicas",
                json_new_int(json_int_or(object, kind->scale.current, 0)));
    if (selector) {
        AUTO_FREE char *text = label_selector_text(selector);
        json_set_at(scale, "status.selector", json_new_string(text));
    }
    return scale;
}

static int answer_scale(struct call *call, int status, const struct object *object)
{
    JSON_AUTO struct json *tree = object_tree(object);
    JSON_AUTO struct json *scale = scale_of(call->kind, tree);
    struct object *made = object_new(scale, &scale_kind, object->version);

    if (!made)
        return refuse(&call->refusal, 500, "InternalError",
                      "the Scale is larger than %u bytes", OBJECT_BYTES_MAX);
    const int rc = answer_as(call, status, &scale_kind, made);
    object_unref(made);
    return rc;
}

/* ---- back to the object ---- */

static int check_type(struct call *call, const struct json *scale)
{
    const char *api_version = json_str_or(scale, "apiVersion", API_VERSION);
    const char *kind = json_str_or(scale, "kind", "Scale");
    const char *name = json_str_or(scale, "metadata.name", call->name);

    if (strcmp(api_version, API_VERSION) != 0 || strcmp(kind, "Scale") != 0)
        return write_refuse_kind(call, &scale_kind, api_version, kind);
    if (strcmp(name, call->name) != 0)
        return refuse_bad_request(&call->refusal,
                                  "the name of the object (%s) does not match the name "
                                  "on the URL (%s)",
                                  name, call->name);
    return 0;
}

static int read_replicas(struct call *call, const struct json *scale, int64_t *ret)
{
    struct err err = ERR_INIT;

    *ret = 0;
    if (json_read_int(scale, "spec.replicas", ret, &err) == JSON_WRONG_TYPE)
        return refuse_bad_request(&call->refusal, "%s", err.msg);
    if (*ret >= 0 && *ret <= INT32_MAX)
        return 0;
    AUTO_FREE char *why = xasprintf("Invalid value: %" PRId64 ": must be %s", *ret,
                                    *ret < 0 ? "greater than or equal to 0"
                                             : "less than or equal to 2147483647");
    return refuse_field(&call->refusal, &scale_kind, call->name,
                        &(struct cause){"spec.replicas", "FieldValueInvalid", why});
}

/* Writes what a client made of the Scale; w->before is the object. */
static int write_scale(struct write *w, const struct json *scale)
{
    struct call *call = w->call;
    const char *version = json_str_or(scale, "metadata.resourceVersion", "");
    const char *uid = json_str_or(scale, "metadata.uid", "");
    int64_t replicas;

    if (check_type(call, scale) != 0 || read_replicas(call, scale, &replicas) != 0)
        return -1;
    w->after = json_copy(w->before);
    w->answer = answer_scale;
    json_set_at(w->after, call->kind->scale.replicas, json_new_int(replicas));
    json_set_at(w->after, "metadata.resourceVersion", json_new_string(version));
    json_set_at(w->after, "metadata.uid", json_new_string(uid));
    return write_update(w);
}

/* ---- verbs ---- */

int verb_get_scale(struct call *call)
{
    const struct object *o = table_find(call->table, call->ns, call->name);

    if (!o)
        return refuse_not_found(&call->refusal, call->kind, call->name);
    return answer_scale(call, 200, o);
}

int verb_update_scale(struct call *call)
{
    WRITE_AUTO struct write w;
    JSON_AUTO struct json *scale = NULL;

    if (write_init(&w, call) != 0 || write_find(&w) != 0)
        return -1;
    scale = body_parse(call, "Scale");
    return scale ? write_scale(&w, scale) : -1;
}

int verb_patch_scale(struct call *call)
{
    PATCH_REQUEST_AUTO struct patch_request patch = {0};
    WRITE_AUTO struct write w;

    if (write_init(&w, call) != 0 || patch_request_read(&patch, call) != 0 ||
        write_find(&w) != 0)
        return -1;
    if (patch.type == PATCH_APPLY)
        return refuse(
            &call->refusal, 415, "UnsupportedMediaType",
            "gantry-local does not apply to %s/scale: apply to the object, or "
            "send a merge patch",
            call->kind->plural);
    JSON_AUTO struct json *scale = scale_of(call->kind, w.before);
    JSON_AUTO struct json *after = patch_request_apply(&patch, call, scale, NULL);
    return after ? write_scale(&w, after) : -1;
}
