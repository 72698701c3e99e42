/* table_job - columns of jobs and cron jobs. */
#include <inttypes.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry-local/table_priv.h"

TABLE_CONTAINER_CELLS(job, "spec.template.spec.containers")
TABLE_CONTAINER_CELLS(cron, "spec.jobTemplate.spec.template.spec.containers")

/* ---- jobs ---- */

static struct json *job_selector(const struct json *object, int64_t now_sec)
{
    (void)now_sec;
    return cell_selector(json_at(object, "spec.selector"));
}

static struct json *job_status(const struct json *job, int64_t now_sec)
{
    static const char *const ends[] = {"Complete", "Failed"};
    static const char *const states[] = {"Suspended", "FailureTarget",
                                         "SuccessCriteriaMet"};

    (void)now_sec;
    for (size_t i = 0; i < ARRAY_LEN(ends); i++)
        if (cell_has_condition(job, ends[i]))
            return json_new_string(ends[i]);
    if (json_str(job, "metadata.deletionTimestamp") != NULL)
        return json_new_string("Terminating");
    for (size_t i = 0; i < ARRAY_LEN(states); i++)
        if (cell_has_condition(job, states[i]))
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

/* ---- the tables ---- */

static const struct core_column jobs[] = {
    {"Status", "string", 0, job_status, NULL},
    {"Completions", "string", 0, job_completions, NULL},
    {"Duration", "string", 0, job_duration, NULL},
    TABLE_AGE,
    {"Containers", "string", 1, job_containers, NULL},
    {"Images", "string", 1, job_images, NULL},
    {"Selector", "string", 1, job_selector, NULL},
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

static const struct core_table rows[] = {
    TABLE_ROW("batch", "jobs", jobs),
    TABLE_ROW("batch", "cronjobs", cronjobs),
};

const struct core_tables table_job = {rows, ARRAY_LEN(rows)};
