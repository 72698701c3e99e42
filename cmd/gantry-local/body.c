#include "cmd/gantry-local/body.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "base/yaml.h"
#include "cmd/gantry-local/gotext.h"
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

    return xasprintf("json: cannot unmarshal %s into Go value of type " TYPE_STRUCT,
                     word);
}

/* Errors of the scanner are told with the line that they are in, those of the parser
 * with the one before; the first line is not named. */
static char *yaml_fault(const char *said)
{
    static const char *const parser[] = {"did not find", "could not find"};
    const char *what = strstr(said, "not YAML: ");
    const char *number = strchr(said, ':');

    if (!what || !number)
        return xstrdup(said);
    what += strlen("not YAML: ");
    const char *end = strstr(what, " while ");
    const int len = (int)(end ? (size_t)(end - what) : strlen(what));
    int64_t line = strtoll(number + 1, NULL, 10);
    bool parsed = false;
    for (size_t i = 0; i < ARRAY_LEN(parser); i++)
        parsed |= str_starts(what, parser[i]);
    line -= parsed || line == 1;
    if (line == 0)
        return xasprintf("yaml: %.*s", len, what);
    return xasprintf("yaml: line %" PRId64 ": %.*s", line, len, what);
}

static char *json_fault(const struct call *call, const struct json *body,
                        const char *said)
{
    AUTO_FREE char *why =
        body ? not_object(body) : gotext_json(call->req->body, call->req->body_len);

    return xasprintf("couldn't get version/kind; json parse error: %s",
                     why ? why : said);
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
    AUTO_FREE char *why = body || parse == parse_json ? json_fault(call, body, err.msg)
                          : parse == parse_yaml       ? yaml_fault(err.msg)
                                                      : xstrdup(err.msg);
    refuse_body(call, type, why);
    json_free(body);
    return NULL;
}
