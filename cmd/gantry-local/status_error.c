#include "cmd/gantry-local/status_error.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/util.h"

#define MESSAGE_MAX (64u << 10)

void refusal_fini(struct refusal *r)
{
    json_free(r->status);
    *r = REFUSAL_INIT;
}

char *kind_resource(const struct kind *kind)
{
    return kind->group[0] ? xasprintf("%s.%s", kind->plural, kind->group)
                          : xstrdup(kind->plural);
}

char *kind_api_version(const struct kind *kind)
{
    return kind->group[0] ? xasprintf("%s/%s", kind->group, kind->version)
                          : xstrdup(kind->version);
}

static int refuse_text(struct refusal *r, int code, const char *reason,
                       const char *message)
{
    refusal_fini(r);
    r->code = code;
    r->status = json_build("{'kind': 'Status', 'apiVersion': 'v1', 'metadata': {},"
                           " 'status': 'Failure', 'message': %s, 'reason': %s,"
                           " 'code': %i}",
                           message, reason, (int64_t)code);
    if (!reason[0])
        json_del(r->status, "reason");
    return -1;
}

static char *format(const char *fmt, va_list ap)
{
    STR_AUTO struct str text;

    str_init(&text, MESSAGE_MAX);
    str_vaddf(&text, fmt, ap);
    return str_take(&text);
}

/* Formats the arguments of a variadic caller into a fresh string. */
#define FORMAT(fmt)                     \
    ({                                  \
        va_list ap_;                    \
        va_start(ap_, fmt);             \
        char *text_ = format(fmt, ap_); \
        va_end(ap_);                    \
        text_;                          \
    })

int refuse(struct refusal *r, int code, const char *reason, const char *fmt, ...)
{
    AUTO_FREE char *message = FORMAT(fmt);

    return refuse_text(r, code, reason, message);
}

int refuse_bad_request(struct refusal *r, const char *fmt, ...)
{
    AUTO_FREE char *message = FORMAT(fmt);

    return refuse_text(r, 400, "BadRequest", message);
}

int refuse_expired(struct refusal *r, const char *fmt, ...)
{
    AUTO_FREE char *message = FORMAT(fmt);

    return refuse_text(r, 410, "Expired", message);
}

/* Where Kubernetes has them: before the code. */
static void set_details(struct json *status, struct json *take_details)
{
    struct json *code = json_copy(json_get(status, "code"));

    json_set(status, "details", take_details);
    if (!code)
        return;
    json_del(status, "code");
    json_set(status, "code", code);
}

/* `kind_word` is the plural for most refusals, the kind's name for Invalid. */
static void put_details(struct json *status, const char *name, const char *group,
                        const char *kind_word)
{
    struct json *details = json_new_object();

    if (name && name[0])
        json_set(details, "name", json_new_string(name));
    if (group[0])
        json_set(details, "group", json_new_string(group));
    if (kind_word[0])
        json_set(details, "kind", json_new_string(kind_word));
    set_details(status, details);
}

static int refuse_about(struct refusal *r, const struct kind *kind, const char *name)
{
    put_details(r->status, name, kind->group, kind->plural);
    return -1;
}

int refuse_not_found(struct refusal *r, const struct kind *kind, const char *name)
{
    AUTO_FREE char *resource = kind_resource(kind);

    refuse(r, 404, "NotFound", "%s \"%s\" not found", resource, name);
    return refuse_about(r, kind, name);
}

int refuse_exists(struct refusal *r, const struct kind *kind, const char *name,
                  bool is_deleting)
{
    AUTO_FREE char *resource = kind_resource(kind);

    refuse(r, 409, "AlreadyExists", "%s%s \"%s\" already exists",
           is_deleting ? "object is being deleted: " : "", resource, name);
    return refuse_about(r, kind, name);
}

int refuse_conflict(struct refusal *r, const struct kind *kind, const char *name,
                    const char *fmt, ...)
{
    AUTO_FREE char *message = FORMAT(fmt);
    AUTO_FREE char *resource = kind_resource(kind);

    refuse(r, 409, "Conflict", "Operation cannot be fulfilled on %s \"%s\": %s",
           resource, name, message);
    return refuse_about(r, kind, name);
}

/* Where etcd has objects of a kind, if not under its plural. */
static const char *directory_of(const struct kind *kind)
{
    static const char *const rows[][3] = {
        {"", "services", "services/specs"},
        {"", "endpoints", "services/endpoints"},
        {"", "nodes", "minions"},
        {"", "replicationcontrollers", "controllers"},
        {"networking.k8s.io", "ingresses", "ingress"},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (strcmp(rows[i][0], kind->group) == 0 &&
            strcmp(rows[i][1], kind->plural) == 0)
            return rows[i][2];
    return kind->plural;
}

int refuse_precondition(struct refusal *r, const struct kind *kind, const char *ns,
                        const char *name, const char *what, const char *wanted,
                        const char *is)
{
    const bool is_extension =
        kind->is_custom || strcmp(kind->group, "apiextensions.k8s.io") == 0;

    return refuse_conflict(
        r, kind, name,
        "StorageError: invalid object, Code: 4, Key: /registry/%s%s%s/%s%s%s, "
        "ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: %s in "
        "precondition: %s, %s in object meta: %s",
        is_extension ? kind->group : "", is_extension ? "/" : "", directory_of(kind),
        ns ? ns : "", ns ? "/" : "", name, what, wanted, what, is);
}

int refuse_conflict_of(struct refusal *r, const struct kind *kind, const char *word,
                       const char *name, const char *message)
{
    refuse(r, 409, "Conflict", "Operation cannot be fulfilled on %s%s%s \"%s\": %s",
           word, kind->group[0] ? "." : "", kind->group, name, message);
    put_details(r->status, name, kind->group, word);
    return -1;
}

int refuse_forbidden(struct refusal *r, const struct kind *kind, const char *name,
                     const char *fmt, ...)
{
    AUTO_FREE char *message = FORMAT(fmt);
    AUTO_FREE char *resource = kind_resource(kind);

    refuse(r, 403, "Forbidden", "%s \"%s\" is forbidden: %s", resource, name, message);
    return refuse_about(r, kind, name);
}

void refusal_causes(struct refusal *r, const struct json *causes)
{
    if (!json_get(r->status, "details"))
        set_details(r->status, json_new_object());
    json_set(json_get(r->status, "details"), "causes", json_copy(causes));
}

static void print_causes(const struct json *causes, struct str *out)
{
    const size_t n = json_len(causes);

    str_add(out, n > 1 ? "[" : "");
    for (size_t i = 0; i < n; i++) {
        const struct json *cause = json_item(causes, i);
        const char *field = json_str_or(cause, "field", "");
        str_addf(out, "%s%s%s%s", i ? ", " : "", field, field[0] ? ": " : "",
                 json_str_or(cause, "message", ""));
    }
    str_add(out, n > 1 ? "]" : "");
}

int refuse_invalid(struct refusal *r, const struct kind *kind, const char *name,
                   const struct json *causes)
{
    STR_AUTO struct str text;

    str_init(&text, MESSAGE_MAX);
    str_addf(&text, "%s%s%s \"%s\" is invalid: ", kind->name, kind->group[0] ? "." : "",
             kind->group, name);
    print_causes(causes, &text);
    refuse_text(r, 422, "Invalid", text.s);
    put_details(r->status, name, kind->group, kind->name);
    refusal_causes(r, causes);
    return -1;
}

int refuse_field(struct refusal *r, const struct kind *kind, const char *name,
                 const struct cause *cause)
{
    JSON_AUTO struct json *causes = json_new_array();

    causes_add(causes, cause);
    return refuse_invalid(r, kind, name, causes);
}

int refuse_nameless(struct refusal *r, const char *group, const struct cause *cause)
{
    const struct kind nothing = {.group = (char *)group, .name = (char *)""};

    return refuse_field(r, &nothing, "", cause);
}

int refuse_request_option(struct refusal *r, const char *options,
                          const struct cause *cause)
{
    const struct kind kind = {.group = "meta.k8s.io", .name = (char *)options};

    return refuse_field(r, &kind, "", cause);
}

int refuse_page(struct refusal *r)
{
    refusal_fini(r);
    r->code = 404;
    r->page = "404 page not found\n";
    return -1;
}

void refusal_no_details(struct refusal *r)
{
    set_details(r->status, json_new_object());
}

int refuse_path(struct refusal *r)
{
    refuse_text(r, 404, "NotFound", "the server could not find the requested resource");
    refusal_no_details(r);
    return -1;
}

int refuse_method(struct refusal *r)
{
    refuse_text(r, 405, "MethodNotAllowed",
                "the server does not allow this method on the requested resource");
    refusal_no_details(r);
    return -1;
}

void causes_add(void *array, const struct cause *cause)
{
    json_append(array, json_build("{'reason': %s, 'message': %s, 'field': %s}",
                                  cause->reason, cause->message, cause->field));
}

struct json *status_success(const struct kind *kind, const char *name, const char *uid)
{
    struct json *status = json_build("{'kind': 'Status', 'apiVersion': 'v1',"
                                     " 'metadata': {}, 'status': 'Success'}");

    put_details(status, name, kind->group, kind->plural);
    if (uid)
        json_set_at(status, "details.uid", json_new_string(uid));
    return status;
}
