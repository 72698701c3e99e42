/* kind_default_workload - defaults of what makes pods. */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/autoscaler.h"
#include "cmd/gantry-local/kind_default_priv.h"

static void default_template(struct json *object)
{
    default_pod_spec(json_at(object, "spec.template.spec"));
}

/* The fields of a rolling update at `path`, where that is the strategy. */
static void default_rolling(struct json *object, const char *path,
                            const char *const fields[][2], size_t n)
{
    AUTO_FREE char *type = xasprintf("%s.type", path);

    if (!json_is(json_get(object, "spec"), JSON_OBJECT))
        return;
    default_put(object, type, json_new_string("RollingUpdate"));
    for (size_t i = 0; i < n && str_eq(json_str(object, type), "RollingUpdate"); i++) {
        AUTO_FREE char *field = xasprintf("%s.rollingUpdate.%s", path, fields[i][0]);
        default_put(object, field, json_build(fields[i][1]));
    }
}

void default_deployment(struct json *deployment)
{
    static const char *const fields[][2] = {{"maxUnavailable", "'25%%'"},
                                            {"maxSurge", "'25%%'"}};

    default_template(deployment);
    default_rolling(deployment, "spec.strategy", fields, ARRAY_LEN(fields));
}

void default_daemonset(struct json *daemonset)
{
    static const char *const fields[][2] = {{"maxUnavailable", "1"}, {"maxSurge", "0"}};

    default_template(daemonset);
    default_rolling(daemonset, "spec.updateStrategy", fields, ARRAY_LEN(fields));
}

static void default_claims(struct json *statefulset)
{
    const struct json *claims = json_at(statefulset, "spec.volumeClaimTemplates");

    for (size_t i = 0; i < json_len(claims); i++) {
        struct json *claim = json_item(claims, i);
        if (!json_is(claim, JSON_OBJECT))
            continue;
        default_put(claim, "apiVersion", json_new_string("v1"));
        default_put(claim, "kind", json_new_string("PersistentVolumeClaim"));
    }
}

void default_statefulset(struct json *statefulset)
{
    static const char *const fields[][2] = {{"partition", "0"},
                                            {"maxUnavailable", "1"}};

    default_template(statefulset);
    default_claims(statefulset);
    default_rolling(statefulset, "spec.updateStrategy", fields, ARRAY_LEN(fields));
}

void default_replicaset(struct json *replicaset)
{
    default_template(replicaset);
}

/* `object.path` is given the template's labels where it has none. */
static void copy_labels(struct json *object, const char *path)
{
    const struct json *labels = json_at(object, "spec.template.metadata.labels");

    if (json_len(labels) > 0 && json_len(json_at(object, path)) == 0)
        json_set_at(object, path, json_copy(labels));
}

void default_replication_controller(struct json *rc)
{
    default_template(rc);
    copy_labels(rc, "spec.selector");
    copy_labels(rc, "metadata.labels");
}

void default_pod_template(struct json *template)
{
    default_pod_spec(json_at(template, "template.spec"));
}

static void default_tries(struct json *job)
{
    const bool by_index = json_at(job, "spec.backoffLimitPerIndex") != NULL;

    default_put(job, "spec.backoffLimit", json_new_int(by_index ? INT32_MAX : 6));
}

void default_job(struct json *job)
{
    const bool has_policy = json_at(job, "spec.podFailurePolicy") != NULL;

    if (!json_is(json_get(job, "spec"), JSON_OBJECT))
        return;
    default_template(job);
    copy_labels(job, "metadata.labels");
    if (json_at(job, "spec.parallelism") == NULL)
        default_put(job, "spec.completions", json_new_int(1));
    default_put(job, "spec.parallelism", json_new_int(1));
    default_tries(job);
    default_put(job, "spec.completionMode", json_new_string("NonIndexed"));
    default_put(job, "spec.suspend", json_new_bool(false));
    default_put(job, "spec.manualSelector", json_new_bool(false));
    default_put(job, "spec.podReplacementPolicy",
                json_new_string(has_policy ? "Failed" : "TerminatingOrFailed"));
}

/* The jobs' own defaults are filled when they are made. */
void default_cronjob(struct json *cronjob)
{
    default_pod_spec(json_at(cronjob, "spec.jobTemplate.spec.template.spec"));
}

/* How fast to scale, one direction; "" as the stabilization is absent. */
static void default_scaling(struct json *hpa, const char *path, const char *policies,
                            int64_t stabilization_sec)
{
    AUTO_FREE char *policies_at = xasprintf("%s.policies", path);
    AUTO_FREE char *select_at = xasprintf("%s.selectPolicy", path);
    AUTO_FREE char *stabilization_at = xasprintf("%s.stabilizationWindowSeconds", path);

    default_put(hpa, policies_at, json_build(policies));
    default_put(hpa, select_at, json_new_string("Max"));
    if (stabilization_sec >= 0)
        default_put(hpa, stabilization_at, json_new_int(stabilization_sec));
}

/* In the first version other metrics are annotations. */
static void default_cpu_target(struct json *hpa)
{
    if (!json_get(json_at(hpa, "metadata.annotations"), AUTOSCALER_NOTE "metrics"))
        default_put(hpa, "spec.targetCPUUtilizationPercentage", json_new_int(80));
}

void default_autoscaler(struct json *hpa)
{
    if (!json_is(json_get(hpa, "spec"), JSON_OBJECT))
        return;
    if (str_eq(json_str(hpa, "apiVersion"), "autoscaling/v1")) {
        default_cpu_target(hpa);
        return;
    }
    if (json_len(json_at(hpa, "spec.metrics")) == 0)
        json_set_at(hpa, "spec.metrics",
                    json_build("[{'type': 'Resource', 'resource': {'name': 'cpu',"
                               " 'target': {'type': 'Utilization',"
                               " 'averageUtilization': 80}}}]"));
    if (json_at(hpa, "spec.behavior") == NULL)
        return;
    default_scaling(hpa, "spec.behavior.scaleUp",
                    "[{'type': 'Pods', 'value': 4, 'periodSeconds': 15},"
                    " {'type': 'Percent', 'value': 100, 'periodSeconds': 15}]",
                    0);
    default_scaling(hpa, "spec.behavior.scaleDown",
                    "[{'type': 'Percent', 'value': 100, 'periodSeconds': 15}]", -1);
}
