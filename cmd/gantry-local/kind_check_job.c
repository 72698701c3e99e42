/* kind_check_job - what is wrong with Jobs and CronJobs. */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/gotext.h"
#include "cmd/gantry-local/kind_check.h"
#include "cmd/gantry-local/timezone.h"

/* A CronJob's name with what its jobs' names have behind. */
#define CRONJOB_NAME_MAX 52

static bool is_indexed(const struct check *c)
{
    return str_eq(json_str(c->after, "spec.completionMode"), "Indexed");
}

static void check_counts(const struct check *c)
{
    static const char *const counts[] = {"spec.parallelism",
                                         "spec.completions",
                                         "spec.activeDeadlineSeconds",
                                         "spec.backoffLimit",
                                         "spec.backoffLimitPerIndex",
                                         "spec.maxFailedIndexes",
                                         "spec.ttlSecondsAfterFinished"};

    for (size_t i = 0; i < ARRAY_LEN(counts); i++)
        check_not_negative(c, counts[i]);
}

/* What needs indexed completion, and how it is shown; NULL: as it is. */
static const struct gotext_field success_rule[] = {
    {"succeededIndexes", "null", NULL}, {"succeededCount", "null", NULL}, {NULL}};
static const struct gotext_field success_policy[] = {{"rules", "null", success_rule},
                                                     {NULL}};
static const struct {
    const char *at;
    const struct gotext_field *fields;
} indexed[] = {{"spec.backoffLimitPerIndex", NULL},
               {"spec.maxFailedIndexes", NULL},
               {"spec.successPolicy", success_policy}};

static void check_indexes(const struct check *c)
{
    if (is_indexed(c) && !json_at(c->after, "spec.completions"))
        check_required(c, "spec.completions", "when completion mode is Indexed");
    for (size_t i = 0; i < ARRAY_LEN(indexed) && !is_indexed(c); i++) {
        const struct json *value = json_at(c->after, indexed[i].at);
        if (!value)
            continue;
        AUTO_FREE char *shown = indexed[i].fields
                                    ? gotext_struct(value, indexed[i].fields)
                                    : json_text(value, NULL);
        check_invalid_shown(c, indexed[i].at, shown,
                            "requires indexed completion mode");
    }
}

/* Labels that the server gives choose the pods, unless somebody said that he does. */
static void check_job_selector(const struct check *c)
{
    const struct json *selector = json_at(c->after, "spec.selector");
    const struct json *labels = json_at(c->after, "spec.template.metadata.labels");
    const char *uid = json_str_or(c->after, "metadata.uid", "");
    JSON_AUTO struct json *own =
        json_build("{'matchLabels': {'batch.kubernetes.io/controller-uid': %s}}", uid);

    if (!check_selector(c, "spec.selector", selector))
        return;
    if (!c->before && !json_bool_or(c->after, "spec.manualSelector", false) &&
        !json_equal(selector, own))
        check_invalid(c, "spec.selector", selector, "`selector` not auto-generated");
    else if (!selector_takes(selector, labels))
        check_invalid(c, "spec.template.metadata.labels", labels,
                      "`selector` does not match template `labels`");
}

static void check_exit_codes(const struct check *c, const char *field,
                             const struct json *codes)
{
    const struct json *values = json_get(codes, "values");

    for (size_t i = 0; i < json_len(values); i++) {
        AUTO_FREE char *at = xasprintf("%s.onExitCodes.values[%zu]", field, i);
        if (str_eq(json_str(codes, "operator"), "In") &&
            json_int(json_item(values, i)) == 0)
            check_invalid(c, at, json_item(values, i),
                          "must not be 0 for the In operator");
    }
}

static void check_failure_rules(const struct check *c)
{
    const struct json *rules = json_at(c->after, "spec.podFailurePolicy.rules");

    for (size_t i = 0; i < json_len(rules); i++) {
        const struct json *rule = json_item(rules, i);
        const struct json *codes = json_get(rule, "onExitCodes");
        const bool conditions = json_len(json_get(rule, "onPodConditions")) > 0;
        AUTO_FREE char *at = xasprintf("spec.podFailurePolicy.rules[%zu]", i);
        const struct cause nothing = {at, "FieldValueInvalid",
                                      "Invalid value: specifying one of OnExitCodes "
                                      "and OnPodConditions is required"};
        if (!codes && !conditions)
            c->found(c->arg, &nothing);
        if (codes && conditions)
            check_invalid(
                c, at, NULL,
                "specifying both OnExitCodes and OnPodConditions is not supported");
        check_exit_codes(c, at, codes);
    }
}

/* Where pods of a job that never started may run can still change. */
static struct json *fixed_template(const struct check *c, const struct json *job)
{
    static const char *const placement[] = {"affinity", "nodeSelector", "tolerations",
                                            "schedulingGates"};
    struct json *template = json_copy(json_at(job, "spec.template"));

    if (!json_bool_or(c->before, "spec.suspend", false) ||
        json_at(c->before, "status.startTime"))
        return template;
    for (size_t i = 0; i < ARRAY_LEN(placement); i++)
        json_del(json_get(template, "spec"), placement[i]);
    json_del(template, "metadata");
    return template;
}

/* An indexed job may grow and shrink as its parallelism does. */
static void check_size(const struct check *c)
{
    const struct json *is = json_at(c->after, "spec.completions");

    if (!is_indexed(c))
        check_fixed(c, "spec.completions");
    else if (!json_equal(json_at(c->before, "spec.completions"), is) &&
             !json_equal(json_at(c->after, "spec.parallelism"), is))
        check_invalid(c, "spec.completions", is,
                      "can only be modified in tandem with spec.parallelism");
}

static void check_changes(const struct check *c)
{
    static const char *const fixed[] = {
        "spec.completionMode",       "spec.selector",
        "spec.podFailurePolicy",     "spec.successPolicy",
        "spec.backoffLimitPerIndex", "spec.managedBy"};

    if (!c->before)
        return;
    JSON_AUTO struct json *was = fixed_template(c, c->before);
    JSON_AUTO struct json *is = fixed_template(c, c->after);
    for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
        check_fixed(c, fixed[i]);
    check_size(c);
    if (!json_equal(was, is))
        check_invalid(c, "spec.template", json_at(c->after, "spec.template"),
                      "field is immutable");
}

void job_check(const struct check *c)
{
    const char *manager = json_str(c->after, "spec.managedBy");

    check_counts(c);
    check_indexes(c);
    check_job_selector(c);
    if (manager)
        check_domain_path(c, "spec.managedBy", manager);
    check_failure_rules(c);
    template_check(c, "spec.template", "OnFailure|Never");
    check_changes(c);
}

/* ---- cron jobs ---- */

static void check_schedule(const struct check *c)
{
    const char *schedule = json_str_or(c->after, "spec.schedule", "");
    AUTO_FREE char *why = cron_refuse(schedule);

    if (why)
        check_invalid_text(c, "spec.schedule", schedule, why);
}

static void check_time_zone(const struct check *c)
{
    const char *zone = json_str(c->after, "spec.timeZone");

    if (!zone)
        return;
    if (!zone[0])
        check_invalid_text(c, "spec.timeZone", zone,
                           "timeZone must be nil or non-empty string");
    else if (strcasecmp(zone, "Local") == 0)
        check_invalid_text(c, "spec.timeZone", zone,
                           "timeZone must be an explicit time zone as defined in "
                           "https://www.iana.org/time-zones");
    else if (!timezone_is_known(zone)) {
        AUTO_FREE char *why = xasprintf("unknown time zone %s", zone);
        check_invalid_text(c, "spec.timeZone", zone, why);
    }
}

void cronjob_check(const struct check *c)
{
    static const char *const counts[] = {"spec.startingDeadlineSeconds",
                                         "spec.successfulJobsHistoryLimit",
                                         "spec.failedJobsHistoryLimit"};
    const char *name = json_str_or(c->after, "metadata.name", "");

    check_schedule(c);
    check_time_zone(c);
    for (size_t i = 0; i < ARRAY_LEN(counts); i++)
        check_not_negative(c, counts[i]);
    if (json_at(c->after, "spec.jobTemplate.spec.selector"))
        check_invalid(c, "spec.jobTemplate.spec.selector",
                      json_at(c->after, "spec.jobTemplate.spec.selector"),
                      "`selector` will be auto-generated");
    template_check(c, "spec.jobTemplate.spec.template", "OnFailure|Never");
    if (strlen(name) > CRONJOB_NAME_MAX)
        check_invalid_text(c, "metadata.name", name,
                           "must be no more than 52 characters");
}
