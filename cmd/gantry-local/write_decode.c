/* write_decode - from a request's body to the object that it means. */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/body.h"
#include "cmd/gantry-local/metadata.h"
#include "cmd/gantry-local/write.h"

static int refuse_syntax(struct call *call, const char *why)
{
    return refuse_bad_request(
        &call->refusal, "%s in version \"%s\" cannot be handled as a %s: %s",
        call->kind->name, call->kind->version, call->kind->name, why);
}

static bool is_json(const struct api_request *req)
{
    return !req->content_type[0] || str_starts(req->content_type, "application/json");
}

static int parse_body(struct write *w)
{
    struct call *call = w->call;
    const struct api_request *req = call->req;
    const struct kind *kind = call->kind;
    AUTO_FREE char *what = xasprintf("%s in version \"%s\" cannot be handled as a %s",
                                     kind->name, kind->version, kind->name);
    STR_AUTO struct str path;

    str_init(&path, 4096);
    w->after = body_parse(call, what);
    if (!w->after)
        return -1;
    if (is_json(req) && json_duplicate_key(req->body, req->body_len, &path)) {
        AUTO_FREE char *text = xasprintf("duplicate field \"%s\"", path.s);
        json_append(w->strange, json_new_string(text));
    }
    return 0;
}

/* The type that the object names, which may be left out. */
static int check_type(struct write *w, struct json *object)
{
    const struct kind *kind = w->call->kind;
    AUTO_FREE char *api_version = kind_api_version(kind);
    const char *said = json_str_or(object, "apiVersion", "");
    const char *said_kind = json_str_or(object, "kind", "");

    if (said[0] && strcmp(said, api_version) != 0)
        return refuse_bad_request(&w->call->refusal,
                                  "the API version in the data (%s) does not match the "
                                  "expected API version (%s)",
                                  said, api_version);
    if (said_kind[0] && strcmp(said_kind, kind->name) != 0)
        return refuse_bad_request(
            &w->call->refusal,
            "%s in version \"%s\" cannot be handled as a %s: the kind in the data (%s) "
            "does not match",
            said_kind, kind->version, kind->name, said_kind);
    json_set(object, "apiVersion", json_new_string(api_version));
    json_set(object, "kind", json_new_string(kind->name));
    return 0;
}

int write_check_identity(struct write *w, struct json *object)
{
    struct call *call = w->call;
    struct err err = ERR_INIT;

    if (!json_is(object, JSON_OBJECT))
        return refuse_syntax(call, "expected a JSON object");
    if (check_type(w, object) != 0)
        return -1;
    if (metadata_check(object, &err) != 0)
        return refuse_syntax(call, err.msg);
    const char *ns = json_str_or(object, "metadata.namespace", "");
    const char *name = json_str_or(object, "metadata.name", "");
    if (call->ns && ns[0] && strcmp(ns, call->ns) != 0)
        return refuse_bad_request(
            &call->refusal, "the namespace of the provided object does not match the "
                            "namespace sent on the request");
    if (call->name && name[0] && strcmp(name, call->name) != 0)
        return refuse_bad_request(
            &call->refusal,
            "the name of the object (%s) does not match the name on the URL (%s)", name,
            call->name);
    json_set_at(object, "metadata.namespace",
                call->ns ? json_new_string(call->ns) : NULL);
    if (call->name)
        json_set_at(object, "metadata.name", json_new_string(call->name));
    return 0;
}

int write_decode(struct write *w)
{
    if (parse_body(w) != 0)
        return -1;
    if (w->call->name && !json_str_or(w->after, "metadata.name", "")[0])
        return refuse_bad_request(&w->call->refusal,
                                  "the name of the object (%s based on URL) was "
                                  "undeterminable: name must be provided",
                                  w->call->name);
    return write_check_identity(w, w->after);
}

int write_refuse_misread(struct write *w)
{
    for (size_t i = 0; i < json_len(w->causes); i++) {
        const struct json *cause = json_item(w->causes, i);
        if (str_eq(json_str(cause, "reason"), "FieldValueTypeInvalid"))
            return refuse_syntax(w->call, json_str_or(cause, "message", ""));
    }
    return 0;
}

/* ---- unknown fields ---- */

static void found_unknown(void *arg, const char *path, const char *near)
{
    struct write *w = arg;
    AUTO_FREE char *hint = near ? xasprintf("; did you mean \"%s\"?", near) : NULL;
    AUTO_FREE char *text = xasprintf("unknown field \"%s\"%s", path, hint ? hint : "");

    json_append(w->strange, json_new_string(text));
}

/* A patch's own text was understood; it is the outcome that is wrong. */
static int refuse_outcome(struct call *call, const struct json *outcome,
                          const char *why)
{
    AUTO_FREE char *text = json_text(outcome, NULL);
    JSON_AUTO struct json *quoted = json_new_string(text);
    AUTO_FREE char *value = json_text(quoted, NULL);
    AUTO_FREE char *message = xasprintf("Invalid value: %s: %s", value, why);

    return refuse_nameless(&call->refusal, "",
                           &(struct cause){"patch", "FieldValueInvalid", message});
}

static int refuse_strange(struct write *w, const char *what)
{
    AUTO_FREE char *why = xasprintf("strict decoding error: %s", what);
    const struct call *call = w->call;

    if (strcmp(call->req->method, "PATCH") != 0)
        return refuse_syntax(w->call, why);
    if (str_starts(call->req->content_type, "application/apply-patch"))
        return refuse_bad_request(&w->call->refusal, "%s", why);
    return refuse_outcome(w->call, w->after, why);
}

static char *join_strange(const struct json *strange, const char *between)
{
    STR_AUTO struct str text;

    str_init(&text, 4096);
    for (size_t i = 0; i < json_len(strange); i++)
        str_addf(&text, "%s%s", i ? between : "", json_string(json_item(strange, i)));
    return str_take(&text);
}

/* Fields that do not exist: refused, warned of, or dropped without a word. */
int write_drop_unknown(struct write *w)
{
    metadata_prune(w->after, found_unknown, w);
    metadata_drop_empty(w->after);
    schema_prune(w->call->kind->schema, w->after, found_unknown, w);
    if (json_len(w->strange) == 0 || w->validation == FIELDS_IGNORE)
        return 0;
    AUTO_FREE char *text =
        join_strange(w->strange, w->validation == FIELDS_STRICT ? ", " : "\n");
    if (w->validation == FIELDS_STRICT)
        return refuse_strange(w, text);
    call_warn(w->call, "%s", text);
    return 0;
}
