#include "cmd/gantry-local/patch_request.h"

#include <string.h>

#include "base/util.h"
#include "base/yaml.h"
#include "cmd/gantry-local/gotext.h"
#include "cmd/gantry-local/patch.h"

static const struct {
    const char *media;
    enum patch_type type;
} patch_types[] = {
    {"application/json-patch+json", PATCH_JSON},
    {"application/merge-patch+json", PATCH_MERGE},
    {"application/apply-patch+yaml", PATCH_APPLY},
    {"application/strategic-merge-patch+json", PATCH_STRATEGIC},
};

static int read_type(struct patch_request *p, struct call *call)
{
    const char *media = call->req->content_type;
    const size_t len = strcspn(media, "; ");

    for (size_t i = 0; i < ARRAY_LEN(patch_types); i++) {
        if (len != strlen(patch_types[i].media) ||
            strncmp(media, patch_types[i].media, len) != 0)
            continue;
        p->type = patch_types[i].type;
        if (p->type != PATCH_STRATEGIC || !call->kind->is_custom)
            return 0;
    }
    return refuse(
        &call->refusal, 415, "UnsupportedMediaType",
        "the body of the request was in an unknown format - accepted media types "
        "include: application/json-patch+json, application/merge-patch+json, %s"
        "application/apply-patch+yaml",
        call->kind->is_custom ? "" : "application/strategic-merge-patch+json, ");
}

static int parse(struct patch_request *p, struct call *call)
{
    struct err err = ERR_INIT;
    struct yaml_fault fault = {0};
    const struct api_request *req = call->req;
    const enum json_type want = p->type == PATCH_JSON ? JSON_ARRAY : JSON_OBJECT;

    if (p->type == PATCH_APPLY)
        p->body = yaml_parse_checked(req->body, req->body_len, "body", &fault, &err);
    else
        p->body = json_parse(req->body, req->body_len, &err);
    AUTO_FREE char *why = gotext_yaml(&fault);
    if (why)
        return refuse_bad_request(&call->refusal, "error encoding patch: %s", why);
    if (!p->body)
        return refuse_bad_request(&call->refusal, "error decoding patch: %s", err.msg);
    if (!json_is(p->body, want))
        return refuse_bad_request(
            &call->refusal, "error decoding patch: expected %s, got %s",
            json_type_name(want), json_type_name(json_type(p->body)));
    return 0;
}

int patch_request_read(struct patch_request *ret, struct call *call)
{
    if (read_type(ret, call) != 0)
        return -1;
    if (call_param(call, "force") && ret->type != PATCH_APPLY)
        return refuse_request_option(
            &call->refusal, "PatchOptions",
            &(struct cause){"force", "FieldValueForbidden",
                            "Forbidden: may not be specified for non-apply patch"});
    return parse(ret, call);
}

void patch_request_fini(struct patch_request *p)
{
    json_free(p->body);
}

struct json *patch_request_apply(const struct patch_request *p, struct call *call,
                                 const struct json *document,
                                 const struct schema *schema)
{
    struct err err = ERR_INIT;
    struct json *after = NULL;

    if (p->type == PATCH_JSON)
        after = patch_json(document, p->body, &err);
    else if (p->type == PATCH_STRATEGIC && schema)
        after = patch_strategic(document, p->body, schema, &err);
    else
        after = patch_merge(document, p->body);
    if (!after && p->type == PATCH_STRATEGIC) {
        const bool bad = err.http_status == 400;
        refuse(&call->refusal, bad ? 400 : 500, bad ? "BadRequest" : "", "%s", err.msg);
    } else if (!after) {
        refuse(&call->refusal, 422, "Invalid",
               "the server rejected our request due to an error in our request: %s",
               err.msg);
        json_set(call->refusal.status, "details", json_new_object());
    }
    return after;
}
