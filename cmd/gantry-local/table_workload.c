/* table_workload - columns of what makes pods. */
#include <inttypes.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry-local/names.h"
#include "cmd/gantry-local/table_priv.h"

/* A column for each place where kinds have their containers. */
static struct json *containers_of(const struct json *object, const char *path,
                                  const char *field)
{
    const struct json *list = json_at(object, path);
    STR_AUTO struct str text;

    str_init(&text, CELL_MAX);
    for (size_t i = 0; i < json_len(list); i++)
        str_addf(&text, "%s%s", i > 0 ? "," : "",
                 json_str_or(json_item(list, i), field, ""));
    return json_new_string(text.s);
}

#define CONTAINER_CELLS(name, path)                                                   \
    static struct json *name##_containers(const struct json *object, int64_t now_sec) \
    {                                                                                 \
        (void)now_sec;                                                                \
        return containers_of(object, path, "name");                                   \
    }                                                                                 \
    static struct json *name##_images(const struct json *object, int64_t now_sec)     \
    {                                                                                 \
        (void)now_sec;                                                                \
        return containers_of(object, path, "image");                                  \
    }

CONTAINER_CELLS(spec, "spec.template.spec.containers")
CONTAINER_CELLS(cron, "spec.jobTemplate.spec.template.spec.containers")
CONTAINER_CELLS(template, "template.spec.containers")

static struct json *spec_selector(const struct json *object, int64_t now_sec)
{
    (void)now_sec;
    return cell_selector(json_at(object, "spec.selector"));
}

static struct json *rc_selector(const struct json *rc, int64_t now_sec)
{
    (void)now_sec;
    return cell_selector(json_at(rc, "spec.selector"));
}

static struct json *template_labels(const struct json *template, int64_t now_sec)
{
    (void)now_sec;
    return cell_selector(json_at(template, "template.metadata.labels"));
}

static struct json *daemonset_nodes(const struct json *daemonset, int64_t now_sec)
{
    (void)now_sec;
    return cell_selector(json_at(daemonset, "spec.template.spec.nodeSelector"));
}

static struct json *revision_controller(const struct json *revision, int64_t now_sec)
{
    const struct json *owners = json_at(revision, "metadata.ownerReferences");

    (void)now_sec;
    for (size_t i = 0; i < json_len(owners); i++) {
        const struct json *o = json_item(owners, i);
        const char *version = json_str_or(o, "apiVersion", "");
        const int group = strchr(version, '/') ? (int)strcspn(version, "/") : 0;
        AUTO_FREE char *kind = name_lower(json_str_or(o, "kind", ""));
        if (!json_bool_or(o, "controller", false))
            continue;
        return cell_take(xasprintf("%s%s%.*s/%s", kind, group > 0 ? "." : "", group,
                                   version, json_str_or(o, "name", "")));
    }
    return json_new_string("<none>");
}

/* ---- sets ---- */

static struct json *ready_of(const struct json *object, const char *have)
{
    return cell_take(xasprintf("%" PRId64 "/%" PRId64, json_int_or(object, have, 0),
                               json_int_or(object, "spec.replicas", 1)));
}

static struct json *replicas_ready(const struct json *object, int64_t now_sec)
{
    (void)now_sec;
    return ready_of(object, "status.readyReplicas");
}

static bool has_condition(const struct json *job, const char *type)
{
    const struct json *list = json_at(job, "status.conditions");

    for (size_t i = 0; i < json_len(list); i++)
        if (str_eq(json_str(json_item(list, i), "type"), type) &&
            str_eq(json_str(json_item(list, i), "status"), "True"))
            return true;
    return false;
}

static struct json *job_status(const struct json *job, int64_t now_sec)
{
    static const char *const ends[] = {"Complete", "Failed"};
    static const char *const states[] = {"Suspended", "FailureTarget",
                                         "SuccessCriteriaMet"};

    (void)now_sec;
    for (size_t i = 0; i < ARRAY_LEN(ends); i++)
        if (has_condition(job, ends[i]))
            return json_new_string(ends[i]);
    if (json_str(job, "metadata.deletionTimestamp") != NULL)
        return json_new_string("Terminating");
    for (size_t i = 0; i < ARRAY_LEN(states); i++)
        if (has_condition(job, states[i]))
            return json_new_string(states[i]);
    return json_new_string("Running");
}

static struct json *job_completions(const struct json *job, int64_t now_sec)
{
    int64_t want = json_int_or(job, "spec.completions", -1);
    int64_t done = json_int_or(job, "status.succeeded", 0);
    int64_t parallel = json_int_or(job, "spec.parallelism", 1);

    (void)now_sec;
    if (want >= 0)
        return cell_take(xasprintf("%" PRId64 "/%" PRId64, done, want));
    if (parallel > 1)
        return cell_take(xasprintf("%" PRId64 "/1 of %" PRId64, done, parallel));
    return cell_take(xasprintf("%" PRId64 "/1", done));
}

static struct json *job_duration(const struct json *job, int64_t now_sec)
{
    struct err err = ERR_INIT;
    const char *start = json_str(job, "status.startTime");
    const char *end = json_str(job, "status.completionTime");
    char text[AGE_TEXT_MAX];
    int64_t from;
    int64_t to = now_sec;

    if (start == NULL || time_parse_rfc3339(start, &from, &err) != 0 ||
        (end != NULL && time_parse_rfc3339(end, &to, &err) != 0))
        return json_new_string("");
    table_duration(to - from, text);
    return json_new_string(text);
}

/* ---- cron jobs ---- */

static struct json *cron_suspend(const struct json *cron, int64_t now_sec)
{
    (void)now_sec;
    return json_new_string(json_bool_or(cron, "spec.suspend", false) ? "True"
                                                                     : "False");
}

static struct json *cron_active(const struct json *cron, int64_t now_sec)
{
    (void)now_sec;
    return json_new_int((int64_t)json_len(json_at(cron, "status.active")));
}

static struct json *cron_last(const struct json *cron, int64_t now_sec)
{
    const char *last = json_str(cron, "status.lastScheduleTime");

    return last != NULL ? table_since(last, now_sec) : json_new_string("<none>");
}

static struct json *cron_selector(const struct json *cron, int64_t now_sec)
{
    (void)now_sec;
    return cell_selector(json_at(cron, "spec.jobTemplate.spec.selector"));
}

/* Numbers, in columns that say that they hold text. */
static struct json *replicas_updated(const struct json *object, int64_t now_sec)
{
    (void)now_sec;
    return json_new_int(json_int_or(object, "status.updatedReplicas", 0));
}

static struct json *replicas_available(const struct json *object, int64_t now_sec)
{
    (void)now_sec;
    return json_new_int(json_int_or(object, "status.availableReplicas", 0));
}

/* ---- the tables ---- */

static const struct core_column deployments[] = {
    {"Ready", "string", 0, replicas_ready, NULL},
    {"Up-to-date", "string", 0, replicas_updated, NULL},
    {"Available", "string", 0, replicas_available, NULL},
    TABLE_AGE,
    {"Containers", "string", 1, spec_containers, NULL},
    {"Images", "string", 1, spec_images, NULL},
    {"Selector", "string", 1, spec_selector, NULL},
};
static const struct core_column daemonsets[] = {
    {"Desired", "integer", 0, NULL, "status.desiredNumberScheduled"},
    {"Current", "integer", 0, NULL, "status.currentNumberScheduled"},
    {"Ready", "integer", 0, NULL, "status.numberReady"},
    {"Up-to-date", "integer", 0, NULL, "status.updatedNumberScheduled"},
    {"Available", "integer", 0, NULL, "status.numberAvailable"},
    {"Node Selector", "string", 0, daemonset_nodes, NULL},
    TABLE_AGE,
    {"Containers", "string", 1, spec_containers, NULL},
    {"Images", "string", 1, spec_images, NULL},
    {"Selector", "string", 1, spec_selector, NULL},
};
static const struct core_column replicasets[] = {
    {"Desired", "integer", 0, NULL, "spec.replicas"},
    {"Current", "integer", 0, NULL, "status.replicas"},
    {"Ready", "integer", 0, NULL, "status.readyReplicas"},
    TABLE_AGE,
    {"Containers", "string", 1, spec_containers, NULL},
    {"Images", "string", 1, spec_images, NULL},
    {"Selector", "string", 1, spec_selector, NULL},
};
static const struct core_column rcs[] = {
    {"Desired", "integer", 0, NULL, "spec.replicas"},
    {"Current", "integer", 0, NULL, "status.replicas"},
    {"Ready", "integer", 0, NULL, "status.readyReplicas"},
    TABLE_AGE,
    {"Containers", "string", 1, spec_containers, NULL},
    {"Images", "string", 1, spec_images, NULL},
    {"Selector", "string", 1, rc_selector, NULL},
};
static const struct core_column statefulsets[] = {
    {"Ready", "string", 0, replicas_ready, NULL},
    TABLE_AGE,
    {"Containers", "string", 1, spec_containers, NULL},
    {"Images", "string", 1, spec_images, NULL},
};
static const struct core_column jobs[] = {
    {"Status", "string", 0, job_status, NULL},
    {"Completions", "string", 0, job_completions, NULL},
    {"Duration", "string", 0, job_duration, NULL},
    TABLE_AGE,
    {"Containers", "string", 1, spec_containers, NULL},
    {"Images", "string", 1, spec_images, NULL},
    {"Selector", "string", 1, spec_selector, NULL},
};
static const struct core_column cronjobs[] = {
    {"Schedule", "string", 0, NULL, "spec.schedule"},
    {"Timezone", "string", 0, NULL, "spec.timeZone"},
    {"Suspend", "boolean", 0, cron_suspend, NULL},
    {"Active", "integer", 0, cron_active, NULL},
    {"Last Schedule", "string", 0, cron_last, NULL},
    TABLE_AGE,
    {"Containers", "string", 1, cron_containers, NULL},
    {"Images", "string", 1, cron_images, NULL},
    {"Selector", "string", 1, cron_selector, NULL},
};
static const struct core_column templates[] = {
    {"Containers", "string", 0, template_containers, NULL},
    {"Images", "string", 0, template_images, NULL},
    {"Pod Labels", "string", 0, template_labels, NULL},
};
static const struct core_column revisions[] = {
    {"Controller", "string", 0, revision_controller, NULL},
    {"Revision", "string", 0, NULL, "revision"},
    TABLE_AGE,
};

static const struct core_table rows[] = {
    TABLE_ROW("apps", "deployments", deployments),
    TABLE_ROW("apps", "daemonsets", daemonsets),
    TABLE_ROW("apps", "replicasets", replicasets),
    TABLE_ROW("apps", "statefulsets", statefulsets),
    TABLE_ROW("apps", "controllerrevisions", revisions),
    TABLE_ROW("", "replicationcontrollers", rcs),
    TABLE_ROW("", "podtemplates", templates),
    TABLE_ROW("batch", "jobs", jobs),
    TABLE_ROW("batch", "cronjobs", cronjobs),
};

const struct core_tables table_workload = {rows, ARRAY_LEN(rows)};
