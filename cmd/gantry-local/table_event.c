/* table_event - columns of events, in both forms. */
#include "base/util.h"
#include "cmd/gantry-local/names.h"
#include "cmd/gantry-local/table_priv.h"

/* How long ago the first of these times was that the event has. */
static struct json *since_first_of(const struct json *event, const char *const *times,
                                   size_t n, int64_t now_sec)
{
    for (size_t i = 0; i < n; i++)
        if (json_str(event, times[i]) != NULL)
            return table_since(json_str(event, times[i]), now_sec);
    return table_since(NULL, now_sec);
}

static struct json *event_last_seen(const struct json *event, int64_t now_sec)
{
    static const char *const times[] = {"series.lastObservedTime", "lastTimestamp",
                                        "eventTime", "deprecatedLastTimestamp"};

    return since_first_of(event, times, ARRAY_LEN(times), now_sec);
}

static struct json *event_first_seen(const struct json *event, int64_t now_sec)
{
    static const char *const times[] = {"firstTimestamp", "eventTime",
                                        "deprecatedFirstTimestamp"};

    return since_first_of(event, times, ARRAY_LEN(times), now_sec);
}

static const struct json *event_about(const struct json *event)
{
    const struct json *about = json_get(event, "involvedObject");

    return about != NULL ? about : json_get(event, "regarding");
}

static struct json *event_object(const struct json *event, int64_t now_sec)
{
    const struct json *about = event_about(event);
    AUTO_FREE char *kind = name_lower(json_str_or(about, "kind", ""));

    (void)now_sec;
    return cell_take(xasprintf("%s/%s", kind, json_str_or(about, "name", "")));
}

static struct json *event_subobject(const struct json *event, int64_t now_sec)
{
    (void)now_sec;
    return json_new_string(json_str_or(event_about(event), "fieldPath", ""));
}

static struct json *event_source(const struct json *event, int64_t now_sec)
{
    const char *component = json_str(event, "source.component");
    const char *host = json_str_or(event, "source.host", "");

    (void)now_sec;
    if (component == NULL)
        component = json_str_or(event, "reportingComponent",
                                json_str_or(event, "reportingController", ""));
    return cell_take(xasprintf("%s%s%s", component, host[0] != '\0' ? ", " : "", host));
}

static struct json *event_message(const struct json *event, int64_t now_sec)
{
    (void)now_sec;
    return json_new_string(
        json_str_or(event, "message", json_str_or(event, "note", "")));
}

static struct json *event_count(const struct json *event, int64_t now_sec)
{
    (void)now_sec;
    return json_new_int(
        json_int_or(event, "series.count", json_int_or(event, "count", 1)));
}

static const struct core_column events[] = {
    {"Last Seen", "string", 0, event_last_seen, NULL},
    {"Type", "string", 0, NULL, "type"},
    {"Reason", "string", 0, NULL, "reason"},
    {"Object", "string", 0, event_object, NULL},
    {"Subobject", "string", 1, event_subobject, NULL},
    {"Source", "string", 1, event_source, NULL},
    {"Message", "string", 0, event_message, NULL},
    {"First Seen", "string", 1, event_first_seen, NULL},
    {"Count", "string", 1, event_count, NULL},
    {"Name", "string", 1, NULL, "metadata.name"},
};

static const struct core_table rows[] = {
    TABLE_ROW("", "events", events),
    TABLE_ROW("events.k8s.io", "events", events),
};

const struct core_tables table_event = {rows, ARRAY_LEN(rows)};
