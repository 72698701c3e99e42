#include "cmd/gantry-local/managed.h"

#include <stdlib.h>
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

static bool is_operation(const char *word)
{
    return str_eq(word, MANAGED_APPLY) || str_eq(word, MANAGED_UPDATE);
}

bool managed_is_claim(const struct json *entries)
{
    const size_t n = json_len(entries);

    if (!json_is(entries, JSON_ARRAY) || n == 0)
        return false;
    if (n == 1 && json_is(json_item(entries, 0), JSON_OBJECT) &&
        json_len(json_item(entries, 0)) == 0)
        return true;
    for (size_t i = 0; i < n; i++) {
        const struct json *entry = json_item(entries, i);
        if (!json_str(entry, "manager") ||
            !is_operation(json_str(entry, "operation")) ||
            !json_str(entry, "apiVersion") || managed_fields(entry) == NULL)
            return false;
    }
    return true;
}

static int compare_entries(const void *x, const void *y)
{
    static const char *const keys[] = {"operation", "time", "manager", "apiVersion",
                                       "subresource"};
    const struct json *a = *(const struct json *const *)x;
    const struct json *b = *(const struct json *const *)y;
    int order = 0;

    for (size_t i = 0; order == 0 && i < ARRAY_LEN(keys); i++)
        order = strcmp(json_str_or(a, keys[i], ""), json_str_or(b, keys[i], ""));
    return order;
}

struct json *managed_sorted(struct json *entries)
{
    const size_t n = json_len(entries);
    struct json **items = xcalloc(n + 1, sizeof(struct json *));
    struct json *out = json_new_array();

    for (size_t i = 0; i < n; i++)
        items[i] = json_item(entries, i);
    qsort(items, n, sizeof(struct json *), compare_entries);
    for (size_t i = 0; i < n; i++)
        json_append(out, json_ref(items[i]));
    free(items);
    json_free(entries);
    return out;
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

/* The fields that this write took away. */
static struct json *gone_fields(const struct apply_request *req,
                                const struct json *before, const struct json *after)
{
    struct json *all = before ? fieldset_of_object(req->schema, before) : NULL;
    JSON_AUTO struct json *left =
        fieldset_existing(all ? json_copy(all) : NULL, req->schema, after);

    return fieldset_minus(all, left);
}

struct json *managed_left(const struct apply_request *req, const struct json *entry,
                          const struct json *before, const struct json *after,
                          struct json *take_fields)
{
    if (str_eq(json_str(entry, "apiVersion"), req->api_version))
        return fieldset_existing(take_fields, req->schema, after);
    JSON_AUTO struct json *gone = gone_fields(req, before, after);
    return fieldset_minus(take_fields, gone);
}

static void append_entry(struct json *list, struct json *entry)
{
    if (entry != NULL)
        json_append(list, entry);
}

struct json *managed_before_apply(const struct apply_request *req,
                                  const struct json *live)
{
    struct apply_request made = *req;
    struct json *out = json_new_array();

    made.manager = "before-first-apply";
    made.subresource = "";
    append_entry(out, managed_entry(&made, MANAGED_UPDATE,
                                    changed_fields(req, NULL, live), NULL, true));
    return out;
}

void managed_update(const struct apply_request *req, const struct json *before,
                    struct json *after)
{
    const struct json *claimed = json_at(after, "metadata.managedFields");
    const struct json *entries =
        claimed ? claimed : json_at(before, "metadata.managedFields");

    /* Where nobody owns anything, only an apply begins to. */
    if (before && json_len(entries) == 0) {
        json_del(json_get(after, "metadata"), "managedFields");
        return;
    }
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
        fields = managed_left(req, entry, before, after, fields);
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
    out = managed_sorted(out);
    if (json_len(out) == 0) {
        json_free(out);
        out = NULL;
    }
    if (json_is(json_get(after, "metadata"), JSON_OBJECT))
        json_set_at(after, "metadata.managedFields", out);
    else
        json_free(out);
}
