#include "cmd/gantry-local/body.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "base/yaml.h"
#include "cmd/gantry-local/gotext.h"
#include "cmd/gantry-local/protobuf.h"

#define READ_FAULT "couldn't get version/kind; json parse error: %s"

/* Each leaves in *ret_why what is wrong, where it returns NULL. */

static struct json *parse_json(const struct call *call, char **ret_why)
{
    const struct api_request *req = call->req;
    struct err err = ERR_INIT;
    struct json *body = json_parse(req->body, req->body_len, &err);

    if (!body) {
        AUTO_FREE char *why = gotext_json(req->body, req->body_len);
        *ret_why = xasprintf(READ_FAULT, why ? why : err.msg);
    }
    return body;
}

static struct json *parse_yaml(const struct call *call, char **ret_why)
{
    const struct api_request *req = call->req;
    struct yaml_fault fault;
    struct err err = ERR_INIT;
    struct json *body =
        yaml_parse_checked(req->body, req->body_len, "body", &fault, &err);

    if (!body) {
        *ret_why = gotext_yaml(&fault);
        if (!*ret_why)
            *ret_why = xstrdup(err.msg);
    }
    return body;
}

static struct json *parse_protobuf(const struct call *call, char **ret_why)
{
    const struct api_request *req = call->req;
    struct err err = ERR_INIT;
    struct json *body =
        protobuf_parse(call->server->kinds, req->body, req->body_len, &err);

    if (!body)
        *ret_why = xstrdup(err.msg);
    return body;
}

static const struct {
    const char *type;
    struct json *(*parse)(const struct call *call, char **ret_why);
} forms[] = {
    {"application/json", parse_json},
    {"application/yaml", parse_yaml},
    {PROTOBUF_TYPE, parse_protobuf},
    {"", parse_json},
};

static bool is_media(const char *type, const char *want)
{
    const size_t len = strcspn(type, "; ");

    return len == strlen(want) && strncasecmp(type, want, len) == 0;
}

static int refuse_media(struct call *call)
{
    return refuse(&call->refusal, 415, "UnsupportedMediaType",
                  "the body of the request was in an unknown format - accepted media "
                  "types include: application/json, application/yaml, " PROTOBUF_TYPE);
}

/* ---- what is wrong with one ---- */

#define SUMMARY_BYTES 30

void body_summarize(const struct api_request *req, struct str *out)
{
    const size_t n = MIN(req->body_len, SUMMARY_BYTES);

    if (n == 0)
        str_add(out, "<empty>");
    else if (req->body[0] == '{')
        str_addn(out, req->body, n);
    else
        for (size_t i = 0; i < n; i++)
            str_addf(out, "%02x", (unsigned char)req->body[i]);
    if (n < req->body_len)
        str_add(out, " ...");
}

/* What Go has the type of an object read into first. */
#define TYPE_STRUCT                                                      \
    "struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; " \
    "Kind string \"json:\\\"kind,omitempty\\\"\" }"

static char *not_object(const struct json *body)
{
    AUTO_FREE char *word = gotext_type(body, JSON_OBJECT);
    AUTO_FREE char *why =
        xasprintf("json: cannot unmarshal %s into Go value of type " TYPE_STRUCT, word);

    return xasprintf(READ_FAULT, why);
}

static int refuse_body(struct call *call, const char *type, const char *why)
{
    STR_AUTO struct str summary;

    str_init(&summary, 4 * SUMMARY_BYTES);
    if (strcmp(type, "DeleteOptions") == 0)
        return refuse_bad_request(&call->refusal, "%s", why);
    body_summarize(call->req, &summary);
    return refuse_bad_request(
        &call->refusal,
        "the object provided is unrecognized (must be of type %s): %s (%s)", type, why,
        summary.s);
}

struct json *body_parse(struct call *call, const char *type)
{
    struct json *(*parse)(const struct call *call, char **ret_why) = NULL;
    AUTO_FREE char *why = NULL;

    for (size_t i = 0; !parse && i < ARRAY_LEN(forms); i++)
        if (is_media(call->req->content_type, forms[i].type))
            parse = forms[i].parse;
    if (!parse) {
        refuse_media(call);
        return NULL;
    }
    struct json *body = parse(call, &why);
    if (json_is(body, JSON_OBJECT))
        return body;
    /* As Go reads it into an object: nothing is said. */
    if (json_is(body, JSON_NULL)) {
        json_free(body);
        return json_new_object();
    }
    if (body)
        why = not_object(body);
    refuse_body(call, type, why);
    json_free(body);
    return NULL;
}
