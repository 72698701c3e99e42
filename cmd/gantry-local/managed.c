#include "cmd/gantry-local/managed.h"

#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry-local/fieldset.h"
#include "cmd/gantry-local/schema_priv.h"

bool managed_is_own(const struct json *entry, const struct apply_request *req,
                    const char *operation)
{
    return str_eq(json_str(entry, "manager"), req->manager) &&
           str_eq(json_str(entry, "operation"), operation) &&
           strcmp(json_str_or(entry, "subresource", ""), req->subresource) == 0 &&
           (strcmp(operation, MANAGED_APPLY) == 0 ||
            str_eq(json_str(entry, "apiVersion"), req->api_version));
}

struct json *managed_fields(const struct json *entry)
{
    struct json *fields = json_get(entry, "fieldsV1");

    return json_is(fields, JSON_OBJECT) ? fields : NULL;
}

struct json *managed_with(const struct json *entry, struct json *fields)
{
    struct json *out;

    if (fields == NULL)
        return NULL;
    out = json_copy(entry);
    json_set(out, "fieldsV1", fields);
    return out;
}

struct json *managed_entry(const struct apply_request *req, const char *operation,
                           struct json *fields, const struct json *old, bool touched)
{
    char now[TIME_TEXT_MAX];
    struct json *entry;
    bool same = old != NULL && !touched && json_equal(managed_fields(old), fields) &&
                str_eq(json_str(old, "apiVersion"), req->api_version);

    if (fields == NULL)
        return NULL;
    time_format_rfc3339(req->now_sec, now);
    entry = json_build("{'manager': %s, 'operation': %s, 'apiVersion': %s, 'time': %s,"
                       " 'fieldsType': 'FieldsV1'}",
                       req->manager, operation, req->api_version,
                       same ? json_str_or(old, "time", now) : now);
    json_set(entry, "fieldsV1", fields);
    if (req->subresource[0] != '\0')
        json_set(entry, "subresource", json_new_string(req->subresource));
    return entry;
}

/* What this write changed. A main resource's status at its creation is the server's. */
static struct json *changed_fields(const struct apply_request *req,
                                   const struct json *before, const struct json *after)
{
    JSON_AUTO struct json *empty = json_new_object();
    struct json *set =
        fieldset_changed(req->schema, before == NULL ? empty : before, after);

    if (set != NULL && before == NULL && req->schema->is_core)
        json_del(set, "f:status");
    return set;
}

static void append_entry(struct json *list, struct json *entry)
{
    if (entry != NULL)
        json_append(list, entry);
}

void managed_update(const struct apply_request *req, const struct json *before,
                    struct json *after)
{
    const struct json *entries = json_at(before, "metadata.managedFields");
    JSON_AUTO struct json *changes = changed_fields(req, before, after);
    JSON_AUTO struct json *own = NULL;
    const struct json *old = NULL;
    struct json *out = json_new_array();

    for (size_t i = 0; i < json_len(entries); i++) {
        const struct json *entry = json_item(entries, i);
        struct json *fields = managed_fields(entry);
        bool is_own = managed_is_own(entry, req, MANAGED_UPDATE);

        fields = fields == NULL ? NULL : json_copy(fields);
        if (!is_own)
            fields = fieldset_minus(fields, changes);
        fields = fieldset_existing(fields, req->schema, after);
        if (is_own) {
            old = entry;
            json_free(own);
            own = fields;
        } else {
            append_entry(out, managed_with(entry, fields));
        }
    }
    own = fieldset_union(own, changes);
    append_entry(out,
                 managed_entry(req, MANAGED_UPDATE, TAKE(own), old, changes != NULL));
    if (json_len(out) == 0) {
        json_free(out);
        out = NULL;
    }
    if (json_is(json_get(after, "metadata"), JSON_OBJECT))
        json_set_at(after, "metadata.managedFields", out);
    else
        json_free(out);
}
