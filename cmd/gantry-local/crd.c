/* crd - CustomResourceDefinitions: their kinds are served from the write on. */
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry-local/strategy.h"
#include "cmd/gantry-local/watch.h"

static void add_condition(struct json *conditions, const struct json *before,
                          const char *type, const char *reason, int64_t now_sec)
{
    char now[TIME_TEXT_MAX];
    const struct json *old = json_at(before, "status.conditions");
    const char *since = now;

    time_format_rfc3339(now_sec, now);
    for (size_t i = 0; i < json_len(old); i++)
        if (str_eq(json_str(json_item(old, i), "type"), type))
            since = json_str_or(json_item(old, i), "lastTransitionTime", now);
    json_append(conditions,
                json_build("{'type': %s, 'status': 'True', 'lastTransitionTime': %s,"
                           " 'reason': %s, 'message': %s}",
                           type, since, reason,
                           strcmp(type, "Established") == 0
                               ? "the initial names have been accepted"
                               : "no conflicts found"));
}

/* What crd_end.h says of one that is deleted. */
static void keep_terminating(struct json *conditions, const struct json *before)
{
    const struct json *old = json_at(before, "status.conditions");

    for (size_t i = 0; i < json_len(old); i++)
        if (str_eq(json_str(json_item(old, i), "type"), "Terminating"))
            json_append(conditions, json_copy(json_item(old, i)));
}

static const char *storage_version(const struct json *crd)
{
    const struct json *versions = json_at(crd, "spec.versions");

    for (size_t i = 0; i < json_len(versions); i++)
        if (json_bool_or(json_item(versions, i), "storage", false))
            return json_str(json_item(versions, i), "name");
    return NULL;
}

static void default_names(struct json *crd)
{
    const char *kind = json_str_or(crd, "spec.names.kind", "");

    if (!kind[0])
        return;
    if (!json_at(crd, "spec.names.listKind")) {
        AUTO_FREE char *list = xasprintf("%sList", kind);
        json_set_at(crd, "spec.names.listKind", json_new_string(list));
    }
    if (!json_at(crd, "spec.names.singular")) {
        AUTO_FREE char *singular = xstrdup(kind);
        for (char *p = singular; *p; p++)
            *p = (char)(*p >= 'A' && *p <= 'Z' ? *p - 'A' + 'a' : *p);
        json_set_at(crd, "spec.names.singular", json_new_string(singular));
    }
    if (!json_at(crd, "spec.conversion"))
        json_set_at(crd, "spec.conversion", json_build("{'strategy': 'None'}"));
}

void crd_prepare(struct write *w)
{
    const int64_t now_sec = loop_now_sec(w->call->server->loop);
    struct json *conditions = json_new_array();
    const char *stored = storage_version(w->after);

    default_names(w->after);
    const struct json *names = json_at(w->after, "spec.names");
    add_condition(conditions, w->before, "NamesAccepted", "NoConflicts", now_sec);
    add_condition(conditions, w->before, "Established", "InitialNamesAccepted",
                  now_sec);
    keep_terminating(conditions, w->before);
    json_set(
        w->after, "status",
        json_build("{'conditions': %j, 'acceptedNames': %j, 'storedVersions': [%s]}",
                   conditions, names, stored ? stored : ""));
    json_free(conditions);
}

void crd_validate(struct write *w)
{
    AUTO_FREE char *want =
        xasprintf("%s.%s", json_str_or(w->after, "spec.names.plural", ""),
                  json_str_or(w->after, "spec.group", ""));
    const char *name = json_str_or(w->after, "metadata.name", "");

    if (strcmp(name, want) != 0) {
        AUTO_FREE char *message = xasprintf(
            "Invalid value: \"%s\": must be spec.names.plural+\".\"+spec.group", name);
        write_invalid(w, "metadata.name", "FieldValueInvalid", message);
    }
}

/* Custom kinds of another make whose CEL rules are not evaluated. */
static void warn_of_cel(struct write *w)
{
    const struct kinds *kinds = w->call->server->kinds;

    for (size_t i = 0; i < kinds_count(kinds); i++) {
        const struct kind *k = kinds_at(kinds, i);
        if (k->has_foreign_cel && str_eq(k->group, json_str(w->after, "spec.group")) &&
            str_eq(k->plural, json_str(w->after, "spec.names.plural")))
            call_warn(w->call,
                      "the x-kubernetes-validations of %s are not evaluated by this "
                      "server",
                      json_str_or(w->after, "metadata.name", ""));
    }
}

/* "spec.scope: Unsupported value: ...": the field, and what is said of it. */
static int refuse_definition(struct write *w, const char *fault)
{
    static const struct {
        const char *begin, *reason;
    } words[] = {{"Required value", "FieldValueRequired"},
                 {"Unsupported value", "FieldValueNotSupported"},
                 {"Duplicate value", "FieldValueDuplicate"},
                 {"Too many", "FieldValueTooMany"}};
    const char *colon = strstr(fault, ": ");
    AUTO_FREE char *field = colon ? xstrndup(fault, (size_t)(colon - fault)) : NULL;
    const char *message = colon ? colon + 2 : fault;
    const char *reason = "FieldValueInvalid";

    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (str_starts(message, words[i].begin))
            reason = words[i].reason;
    return refuse_field(&w->call->refusal, w->call->kind,
                        json_str_or(w->after, "metadata.name", ""),
                        &(struct cause){field ? field : "spec", reason, message});
}

int crd_commit(struct write *w)
{
    struct apiserver *server = w->call->server;
    struct err err = ERR_INIT;
    struct kinds *trial = w->dry_run ? kinds_new() : NULL;

    const int rc = kinds_add_crd(trial ? trial : server->kinds, w->after, &err);
    kinds_free(trial);
    if (rc != 0)
        return refuse_definition(w, err.msg);
    if (!w->dry_run)
        watches_kinds_changed(server->watches);
    warn_of_cel(w);
    return 0;
}

void crd_removed(struct apiserver *server, const struct json *crd)
{
    const char *name = json_str_or(crd, "metadata.name", "");
    struct table *table = store_table(server->store, name);
    struct object_list list;

    store_list(server->store, table, NULL, store_version(server->store), &list);
    for (size_t i = 0; i < list.n; i++)
        store_remove(server->store, table, object_ref(list.items[i]));
    object_list_fini(&list);
    kinds_remove_crd(server->kinds, name);
    watches_kinds_changed(server->watches);
}
