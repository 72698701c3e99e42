/* write_decode - from a request's body to the object that it means. */
#include <stdlib.h>
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
    STR_AUTO struct str path;

    str_init(&path, 4096);
    w->after = body_parse(call, call->kind->name);
    if (!w->after)
        return -1;
    if (is_json(req) && json_duplicate_key(req->body, req->body_len, &path)) {
        AUTO_FREE char *text = xasprintf("duplicate field \"%s\"", path.s);
        json_append(w->strange, json_new_string(text));
    }
    return 0;
}

/* Where it is shown whole: at most this. */
#define QUOTED_BYTES 32768

/* What a custom resource is must be said: nothing else tells. */
static int check_typed(struct call *call, const struct json *object)
{
    const struct api_request *req = call->req;

    if (!call->kind->is_custom || json_str_or(object, "kind", "")[0])
        return 0;
    STR_AUTO struct str summary;
    str_init(&summary, QUOTED_BYTES);
    body_summarize(req, &summary);
    return refuse_bad_request(
        &call->refusal,
        "the object provided is unrecognized (must be of type %s): Object 'Kind' is "
        "missing in '%.*s' (%s)",
        call->kind->name, (int)MIN(req->body_len, QUOTED_BYTES), req->body, summary.s);
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

static int refuse_version(struct call *call, const char *said, const char *want)
{
    return refuse_bad_request(&call->refusal,
                              "the API version in the data (%s) does not match the "
                              "expected API version (%s)",
                              said, want);
}

/* Where Kubernetes has the kinds that its versions become. */
static char *internal_package(const char *group)
{
    if (!group[0] || strcmp(group, "events.k8s.io") == 0)
        return xstrdup("core");
    return xstrndup(group, strcspn(group, "."));
}

/* Why an object of that version and kind cannot be one of ours. */
static char *mistaken(const struct call *call, const struct kind *want,
                      const char *api_version, const char *kind_name)
{
    const char *slash = strchr(api_version, '/');
    AUTO_FREE char *package = internal_package(want->group);

    if (!kinds_type(call->server->kinds, api_version, kind_name))
        return xasprintf("no kind \"%s\" is registered for version \"%s\" in scheme "
                         "\"pkg/runtime/scheme.go:111\"",
                         kind_name, api_version);
    return xasprintf("converting (%s.%s) to (%s.%s): unknown conversion",
                     slash ? slash + 1 : api_version, kind_name, package, want->name);
}

int write_refuse_kind(struct call *call, const struct kind *want,
                      const char *api_version, const char *kind_name)
{
    const char *slash = strchr(api_version, '/');
    AUTO_FREE char *why = mistaken(call, want, api_version, kind_name);

    return refuse_bad_request(
        &call->refusal, "%s in version \"%s\" cannot be handled as a %s: %s", kind_name,
        slash ? slash + 1 : api_version, want->name, why);
}

/* It is of another version, also of one that is served no more. */
static bool could_be_read(const struct call *call, const char *api_version,
                          const char *kind_name)
{
    const char *group = call->kind->group;
    const size_t len = strlen(group);

    return kinds_type(call->server->kinds, api_version, kind_name) ||
           (len > 0 && str_starts(api_version, group) && api_version[len] == '/');
}

static int check_core_type(struct call *call, const struct json *object,
                           const char *api_version)
{
    const struct kind *kind = call->kind;
    const char *said = json_str_or(object, "apiVersion", "");
    const char *said_kind = json_str_or(object, "kind", "");
    const char *version = said[0] ? said : api_version;
    const char *name = said_kind[0] ? said_kind : kind->name;
    const bool same_kind = strcmp(name, kind->name) == 0;

    if (same_kind && strcmp(version, api_version) == 0)
        return 0;
    if (same_kind && could_be_read(call, version, name))
        return refuse_version(call, version, api_version);
    if (strcmp(call->req->method, "PATCH") != 0)
        return write_refuse_kind(call, kind, version, name);
    AUTO_FREE char *why = mistaken(call, kind, version, name);
    return refuse_outcome(call, object, why);
}

/* A custom resource whose `field` says that it is another: told as one of that kind. */
static int refuse_other(struct call *call, const struct json *object, const char *field,
                        const char *want)
{
    const char *version = json_str_or(object, "apiVersion", "");
    const char *slash = strchr(version, '/');
    AUTO_FREE char *group = xstrndup(version, slash ? (size_t)(slash - version) : 0);
    const struct kind other = {.group = group,
                               .name = (char *)json_str_or(object, "kind", "")};
    AUTO_FREE char *message = xasprintf("Invalid value: \"%s\": must be %s",
                                        json_str_or(object, field, ""), want);

    return refuse_field(&call->refusal, &other,
                        json_str_or(object, "metadata.name", ""),
                        &(struct cause){field, "FieldValueInvalid", message});
}

static int check_custom_type(struct call *call, const struct json *object,
                             const char *api_version)
{
    const bool patched = strcmp(call->req->method, "PATCH") == 0;
    const char *said = json_str_or(object, "apiVersion", "");
    const char *said_kind = json_str_or(object, "kind", "");

    if (patched && !said_kind[0]) {
        AUTO_FREE char *text = json_text(object, NULL);
        AUTO_FREE char *why = xasprintf("Object 'Kind' is missing in '%s'", text);
        return refuse_outcome(call, object, why);
    }
    if (strcmp(said, api_version) != 0)
        return patched ? refuse_other(call, object, "apiVersion", api_version)
                       : refuse_version(call, said, api_version);
    if (strcmp(said_kind, call->kind->name) != 0)
        return refuse_other(call, object, "kind", call->kind->name);
    return 0;
}

/* The type that the object names, which core ones may leave out. */
static int check_type(struct call *call, struct json *object)
{
    const struct kind *kind = call->kind;
    AUTO_FREE char *api_version = kind_api_version(kind);
    const int rc = kind->is_custom ? check_custom_type(call, object, api_version)
                                   : check_core_type(call, object, api_version);

    if (rc != 0)
        return -1;
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
    if (check_type(call, object) != 0)
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
    if (parse_body(w) != 0 || check_typed(w->call, w->after) != 0)
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
        if (!str_eq(json_str(cause, "reason"), "FieldValueTypeInvalid"))
            continue;
        /* Its fields were never looked at. */
        free(TAKE(w->call->warning));
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

static int text_order(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Of custom kinds in alphabetical order, of others as they were met. */
static char *join_strange(const struct write *w, const char *between)
{
    const size_t n = json_len(w->strange);
    AUTO_FREE const char **texts = xcalloc(n + 1, sizeof(*texts));
    STR_AUTO struct str text;

    str_init(&text, 4096);
    for (size_t i = 0; i < n; i++)
        texts[i] = json_string(json_item(w->strange, i));
    if (w->call->kind->is_custom)
        qsort(texts, n, sizeof(*texts), text_order);
    for (size_t i = 0; i < n; i++)
        str_addf(&text, "%s%s", i ? between : "", texts[i]);
    return str_take(&text);
}

/* Fields that do not exist: refused, warned of, or dropped without a word. */
int write_drop_unknown(struct write *w)
{
    metadata_prune(w->after, found_unknown, w);
    schema_prune(w->call->kind->schema, w->after, found_unknown, w);
    if (json_len(w->strange) == 0 || w->validation == FIELDS_IGNORE)
        return 0;
    AUTO_FREE char *text =
        join_strange(w, w->validation == FIELDS_STRICT ? ", " : "\n");
    if (w->validation == FIELDS_STRICT)
        return refuse_strange(w, text);
    call_warn(w->call, "%s", text);
    return 0;
}
