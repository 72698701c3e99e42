#include "cmd/gantry-local/body.h"

#include <string.h>

#include "base/util.h"
#include "base/yaml.h"
#include "cmd/gantry-local/protobuf.h"

static struct json *parse_json(const struct call *call, struct err *err)
{
    return json_parse(call->req->body, call->req->body_len, err);
}

static struct json *parse_yaml(const struct call *call, struct err *err)
{
    return yaml_parse_one(call->req->body, call->req->body_len, "body", err);
}

static struct json *parse_protobuf(const struct call *call, struct err *err)
{
    return protobuf_parse(call->server->kinds, call->req->body, call->req->body_len,
                          err);
}

static const struct {
    const char *type;
    struct json *(*parse)(const struct call *call, struct err *err);
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

struct json *body_parse(struct call *call, const char *what)
{
    struct json *(*parse)(const struct call *call, struct err *err) = NULL;
    struct err err = ERR_INIT;

    for (size_t i = 0; !parse && i < ARRAY_LEN(forms); i++)
        if (is_media(call->req->content_type, forms[i].type))
            parse = forms[i].parse;
    if (!parse) {
        refuse_media(call);
        return NULL;
    }
    struct json *body = parse(call, &err);
    if (json_is(body, JSON_OBJECT))
        return body;
    /* As Go reads it into an object: nothing is said. */
    if (json_is(body, JSON_NULL)) {
        json_free(body);
        return json_new_object();
    }
    refuse_bad_request(&call->refusal, "%s: %s", what,
                       body ? "expected a JSON object" : err.msg);
    json_free(body);
    return NULL;
}
