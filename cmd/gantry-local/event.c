#include "cmd/gantry-local/event.h"

#include <string.h>

#include "base/util.h"

static const struct {
    const char *core, *other;
} names[] = {
    {"involvedObject", "regarding"},
    {"message", "note"},
    {"reportingComponent", "reportingController"},
    {"source", "deprecatedSource"},
    {"count", "deprecatedCount"},
    {"firstTimestamp", "deprecatedFirstTimestamp"},
    {"lastTimestamp", "deprecatedLastTimestamp"},
};

static const char *const left_out[] = {"reportingController", "reportingInstance"};

static void rename_field(struct json *object, const char *from, const char *to)
{
    struct json *value = json_get(object, from);

    if (!value)
        return;
    json_set(object, to, json_ref(value));
    json_del(object, from);
}

void event_to_core(struct json *event)
{
    json_set(event, "apiVersion", json_new_string("v1"));
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        rename_field(event, names[i].other, names[i].core);
}

void event_from_core(struct json *event)
{
    json_set(event, "apiVersion", json_new_string("events.k8s.io/v1"));
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        rename_field(event, names[i].core, names[i].other);
    /* This form leaves out what the core one writes empty. */
    for (size_t i = 0; i < ARRAY_LEN(left_out); i++)
        if (str_eq(json_str(event, left_out[i]), ""))
            json_del(event, left_out[i]);
}

char *event_core_path(const char *path)
{
    const size_t len = strcspn(path, ".");

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strlen(names[i].other) == len && strncmp(names[i].other, path, len) == 0)
            return xasprintf("%s%s", names[i].core, path + len);
    return xstrdup(path);
}
