/* kind_check_autoscale - what is wrong with HorizontalPodAutoscalers. */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/autoscaler.h"
#include "cmd/gantry-local/kind_check.h"
#include "cmd/gantry-local/names.h"

static const char *const metric_fields[][2] = {
    {"Resource", "resource"}, {"ContainerResource", "containerResource"},
    {"Pods", "pods"},         {"Object", "object"},
    {"External", "external"},
};

static void check_target(const struct check *c, const char *field,
                         const struct json *target)
{
    const char *type = json_str_or(target, "type", "");
    const struct json *percent = json_get(target, "averageUtilization");
    AUTO_FREE char *type_at = xasprintf("%s.target.type", field);
    AUTO_FREE char *percent_at = xasprintf("%s.target.averageUtilization", field);

    if (strcmp(type, "Utilization") != 0 && strcmp(type, "Value") != 0 &&
        strcmp(type, "AverageValue") != 0)
        check_invalid_text(c, type_at, type,
                           "must be either Utilization, Value, or AverageValue");
    if (percent && json_int(percent) < 1)
        check_invalid(c, percent_at, percent, "must be greater than 0");
    if (!percent && !json_get(target, "value") && !json_get(target, "averageValue"))
        check_required(c, percent_at,
                       "must set either a target raw value or a target utilization");
}

static void check_metric(const struct check *c, size_t i, const struct json *metric)
{
    const char *type = json_str_or(metric, "type", "");
    AUTO_FREE char *type_at = xasprintf("spec.metrics[%zu].type", i);

    for (size_t k = 0; k < ARRAY_LEN(metric_fields); k++) {
        AUTO_FREE char *at = xasprintf("spec.metrics[%zu].%s", i, metric_fields[k][1]);
        if (strcmp(metric_fields[k][0], type) != 0)
            continue;
        const struct json *source = json_get(metric, metric_fields[k][1]);
        if (source)
            check_target(c, at, json_get(source, "target"));
        else
            check_required(c, at,
                           "must populate information for the given metric source");
        return;
    }
    check_unsupported(c, type_at, type,
                      "ContainerResource|External|Object|Pods|Resource");
}

static bool scales_to_zero(const struct json *metrics)
{
    for (size_t i = 0; i < json_len(metrics); i++)
        if (str_eq(json_str(json_item(metrics, i), "type"), "Object") ||
            str_eq(json_str(json_item(metrics, i), "type"), "External"))
            return true;
    return false;
}

static void check_replicas(const struct check *c, const struct json *metrics)
{
    const int64_t min = json_int_or(c->after, "spec.minReplicas", 1);
    const int64_t max = json_int_or(c->after, "spec.maxReplicas", 0);

    check_not_negative(c, "spec.minReplicas");
    if (min == 0 && !scales_to_zero(metrics))
        check_forbidden(c, "spec.metrics",
                        "must specify at least one Object or External metric to "
                        "support scaling to zero replicas");
    if (max < min)
        check_invalid(c, "spec.maxReplicas", json_at(c->after, "spec.maxReplicas"),
                      "must be greater than or equal to `minReplicas`");
    if (max == 0)
        check_required(c, "spec.maxReplicas", NULL);
}

/* How fast it may go in one direction. */
static void check_speed(const struct check *c, const char *direction)
{
    AUTO_FREE char *at = xasprintf("spec.behavior.%s", direction);
    AUTO_FREE char *policies_at = xasprintf("%s.policies", at);
    AUTO_FREE char *window_at = xasprintf("%s.stabilizationWindowSeconds", at);
    AUTO_FREE char *select_at = xasprintf("%s.selectPolicy", at);
    const struct json *window = json_at(c->after, window_at);

    if (json_at(c->after, at) && json_len(json_at(c->after, policies_at)) == 0)
        check_required(c, policies_at, "must specify at least one Policy");
    if (window && json_int(window) < 0)
        check_invalid(c, window_at, window, "must be greater than or equal to zero");
    check_one_of(c, select_at, "Disabled|Max|Min");
}

/* What is scaled: of which group must be said, but for the oldest kind. */
static void check_scaled(const struct check *c)
{
    const char *version = json_str_or(c->after, "spec.scaleTargetRef.apiVersion", "");
    const char *kind = json_str_or(c->after, "spec.scaleTargetRef.kind", "");
    const char *name = json_str_or(c->after, "spec.scaleTargetRef.name", "");

    if (!strchr(version, '/') && strcmp(kind, "ReplicationController") != 0)
        check_invalid_text(c, "spec.scaleTargetRef.apiVersion", version,
                           "apiVersion must specify API group");
    if (name_refuse_segment(kind))
        check_invalid_text(c, "spec.scaleTargetRef.kind", kind,
                           name_refuse_segment(kind));
    if (name_refuse_segment(name))
        check_invalid_text(c, "spec.scaleTargetRef.name", name,
                           name_refuse_segment(name));
}

/* One of the second version. */
static void check_autoscaler(const struct check *c)
{
    const struct json *metrics = json_at(c->after, "spec.metrics");

    check_scaled(c);
    check_replicas(c, metrics);
    for (size_t i = 0; i < json_len(metrics); i++)
        check_metric(c, i, json_item(metrics, i));
    check_speed(c, "scaleUp");
    check_speed(c, "scaleDown");
}

void autoscaler_check(const struct check *c)
{
    if (!str_eq(json_str(c->after, "apiVersion"), "autoscaling/v1")) {
        check_autoscaler(c);
        return;
    }
    JSON_AUTO struct json *after = json_copy(c->after);
    struct check as_v2 = *c;

    autoscaler_to_v2(after);
    as_v2.after = after;
    check_autoscaler(&as_v2);
}
