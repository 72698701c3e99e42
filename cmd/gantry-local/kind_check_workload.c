/* kind_check_workload - what is wrong with sets of pods. */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/daemonset.h"
#include "cmd/gantry-local/gotext.h"
#include "cmd/gantry-local/kind_check.h"
#include "cmd/gantry-local/pod_check.h"

/* ---- templates ---- */

static void check_template_metadata(const struct check *c, const char *field,
                                    const struct json *template)
{
    AUTO_FREE char *labels_at = xasprintf("%s.labels", field);

    check_label_map(c, labels_at, json_at(template, "metadata.labels"));
}

static void check_restarts(const struct check *c, const char *field,
                           const struct json *spec, const char *policies)
{
    const char *policy = json_str_or(spec, "restartPolicy", "");
    AUTO_FREE char *policy_at = xasprintf("%s.spec.restartPolicy", field);

    if (check_is_one_of(policy, policies))
        return;
    if (strcmp(policies, "Always") == 0)
        check_unsupported(c, policy_at, policy, policies);
    else
        check_required(c, policy_at, "valid values: \"OnFailure\", \"Never\"");
}

void template_check(const struct check *c, const char *field, const char *policies)
{
    const struct json *template = json_at(c->after, field);
    const struct json *spec = json_get(template, "spec");
    AUTO_FREE char *spec_at = xasprintf("%s.spec", field);
    AUTO_FREE char *containers_at = xasprintf("%s.containers", spec_at);

    check_template_metadata(c, field, template);
    if (json_len(json_get(spec, "containers")) == 0)
        check_required(c, containers_at, NULL);
    pod_check(spec, spec_at, c->found, c->arg);
    if (policies)
        check_restarts(c, field, spec, policies);
}

void pod_template_check(const struct check *c)
{
    template_check(c, "template", NULL);
}

/* ---- selectors ---- */

static void check_match(const struct check *c, const struct json *selector)
{
    const struct json *labels = json_at(c->after, "spec.template.metadata.labels");

    if (!selector || !selector_takes(selector, labels))
        check_invalid(c, "spec.template.metadata.labels", labels,
                      "`selector` does not match template `labels`");
}

/* `noun`: "deployment". */
static void check_set_selector(const struct check *c, const char *noun)
{
    const struct json *selector = json_at(c->after, "spec.selector");
    AUTO_FREE char *empty = xasprintf("empty selector is invalid for %s", noun);

    if (!check_selector(c, "spec.selector", selector)) {
        check_invalid(c, "spec.selector", selector, "invalid label selector");
        return;
    }
    if (selector && json_len(json_get(selector, "matchLabels")) == 0 &&
        json_len(json_get(selector, "matchExpressions")) == 0)
        check_invalid(c, "spec.selector", selector, empty);
    check_match(c, selector);
}

static void check_set(const struct check *c, const char *noun)
{
    static const char *const counts[] = {"spec.replicas", "spec.minReadySeconds",
                                         "spec.revisionHistoryLimit"};

    for (size_t i = 0; i < ARRAY_LEN(counts); i++)
        check_not_negative(c, counts[i]);
    check_set_selector(c, noun);
    template_check(c, "spec.template", "Always");
    check_fixed(c, "spec.selector");
}

/* ---- rolling updates ---- */

static bool is_zero(const struct json *count)
{
    return (json_is(count, JSON_INT) && json_int(count) == 0) ||
           (json_is(count, JSON_STRING) && strcmp(json_string(count), "0%") == 0);
}

static void check_rolling(const struct check *c, const char *strategy)
{
    AUTO_FREE char *surge_at = xasprintf("%s.rollingUpdate.maxSurge", strategy);
    AUTO_FREE char *gone_at = xasprintf("%s.rollingUpdate.maxUnavailable", strategy);
    const struct json *surge = json_at(c->after, surge_at);
    const struct json *gone = json_at(c->after, gone_at);

    check_count_or_percent(c, surge_at, surge);
    check_count_or_percent(c, gone_at, gone);
    if (is_zero(surge) && is_zero(gone))
        check_invalid(c, gone_at, gone, "may not be 0 when `maxSurge` is 0");
}

/* ---- strategies ---- */

static const struct gotext_field counts_of_rolling[] = {
    {"maxUnavailable", "0", NULL}, {"maxSurge", "0", NULL}, {NULL}};
static const struct gotext_field strategy_fields[] = {
    {"type", "\"\"", NULL}, {"rollingUpdate", "null", counts_of_rolling}, {NULL}};
static const struct gotext_field rolling_of_statefulset[] = {
    {"partition", "0", NULL}, {"maxUnavailable", "null", NULL}, {NULL}};
static const struct gotext_field statefulset_strategy_fields[] = {
    {"type", "\"\"", NULL}, {"rollingUpdate", "null", rolling_of_statefulset}, {NULL}};

static bool has_type(const struct check *c, const char *strategy, const char *types)
{
    return check_is_one_of(json_str_or(json_at(c->after, strategy), "type", ""), types);
}

static void check_strategy(const struct check *c, const char *strategy,
                           const char *types)
{
    if (has_type(c, strategy, types))
        return;
    AUTO_FREE char *shown = gotext_struct(json_at(c->after, strategy), strategy_fields);
    check_unsupported_shown(c, strategy, shown, types);
}

static void check_statefulset_strategy(const struct check *c)
{
    static const char at[] = "spec.updateStrategy";

    if (has_type(c, at, "RollingUpdate|OnDelete"))
        return;
    AUTO_FREE char *shown =
        gotext_struct(json_at(c->after, at), statefulset_strategy_fields);
    check_invalid_shown(c, at, shown, "must be 'RollingUpdate' or 'OnDelete'");
}

/* ---- statuses ---- */

/* None below 0, and none of what is counted more than there are. */
static void check_counts(const struct check *c, const char *const *counted)
{
    const int64_t all = json_int_or(c->after, "status.replicas", 0);

    check_not_negative(c, "status.replicas");
    for (; *counted; counted++) {
        AUTO_FREE char *at = xasprintf("status.%s", *counted);
        const int64_t n = json_int_or(c->after, at, 0);
        JSON_AUTO struct json *number = json_new_int(n);
        check_not_negative(c, at);
        if (n > all)
            check_invalid(c, at, number, "cannot be greater than status.replicas");
    }
}

/* ---- the kinds ---- */

void deployment_check(const struct check *c)
{
    static const char *const counted[] = {"updatedReplicas", "readyReplicas",
                                          "availableReplicas", NULL};
    const int64_t deadline_sec =
        json_int_or(c->after, "spec.progressDeadlineSeconds", INT64_MAX);
    const bool recreates = str_eq(json_str(c->after, "spec.strategy.type"), "Recreate");

    check_set(c, "deployment");
    check_counts(c, counted);
    if (recreates && json_at(c->after, "spec.strategy.rollingUpdate"))
        check_forbidden(c, "spec.strategy.rollingUpdate",
                        "may not be specified when strategy `type` is 'Recreate'");
    else
        check_rolling(c, "spec.strategy");
    check_strategy(c, "spec.strategy", "Recreate|RollingUpdate");
    check_not_negative(c, "spec.progressDeadlineSeconds");
    if (deadline_sec <= json_int_or(c->after, "spec.minReadySeconds", 0))
        check_invalid(c, "spec.progressDeadlineSeconds",
                      json_at(c->after, "spec.progressDeadlineSeconds"),
                      "must be greater than minReadySeconds");
}

static void check_number(const struct check *c)
{
    const int64_t number = daemonset_number(c->after);
    JSON_AUTO struct json *value = json_new_int(number);

    if (number < 0)
        check_invalid(c, "spec.templateGeneration", value,
                      "must be greater than or equal to 0");
    if (c->before && number < daemonset_number(c->before))
        check_invalid(c, "spec.templateGeneration", value, "must not be decremented");
}

void daemonset_check(const struct check *c)
{
    check_set(c, "daemonset");
    check_number(c);
    check_rolling(c, "spec.updateStrategy");
    check_strategy(c, "spec.updateStrategy", "RollingUpdate|OnDelete");
}

void replicaset_check(const struct check *c)
{
    static const char *const counted[] = {"fullyLabeledReplicas", "readyReplicas",
                                          "availableReplicas", NULL};

    check_set(c, "replicaset");
    check_counts(c, counted);
}

void statefulset_check(const struct check *c)
{
    static const char *const counted[] = {"readyReplicas", "currentReplicas",
                                          "updatedReplicas", "availableReplicas", NULL};
    static const char *const fixed[] = {"spec.serviceName", "spec.podManagementPolicy",
                                        "spec.volumeClaimTemplates"};
    const char *policy = json_str_or(c->after, "spec.podManagementPolicy", "");

    if (strcmp(policy, "OrderedReady") != 0 && strcmp(policy, "Parallel") != 0)
        check_invalid_text(c, "spec.podManagementPolicy", policy,
                           "must be 'OrderedReady' or 'Parallel'");
    check_set(c, "statefulset");
    check_statefulset_strategy(c);
    check_counts(c, counted);
    check_one_of(c, "spec.persistentVolumeClaimRetentionPolicy.whenDeleted",
                 "Delete|Retain");
    check_one_of(c, "spec.persistentVolumeClaimRetentionPolicy.whenScaled",
                 "Delete|Retain");
    check_not_negative(c, "spec.ordinals.start");
    check_not_negative(c, "spec.updateStrategy.rollingUpdate.partition");
    for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
        check_fixed(c, fixed[i]);
}

void replication_controller_check(const struct check *c)
{
    const struct json *labels = json_at(c->after, "spec.selector");
    JSON_AUTO struct json *selector = json_build("{'matchLabels': %j}", labels);

    check_not_negative(c, "spec.replicas");
    check_not_negative(c, "spec.minReadySeconds");
    if (json_len(labels) == 0)
        check_required(c, "spec.selector", NULL);
    if (!json_at(c->after, "spec.template")) {
        check_required(c, "spec.template", NULL);
        return;
    }
    if (json_len(labels) > 0)
        check_match(c, selector);
    template_check(c, "spec.template", "Always");
}

void revision_check(const struct check *c)
{
    check_not_negative(c, "revision");
    if (!json_get(c->after, "data"))
        check_required(c, "data", "data is mandatory");
    check_fixed(c, "data");
}
