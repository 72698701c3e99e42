/* table_core - kubectl's columns of the core kinds, one table each. */
#include <inttypes.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry-local/table_priv.h"

#define CELL_MAX 4096
#define ROLE_PREFIX "node-role.kubernetes.io/"

static struct json *take_text(char *text)
{
    AUTO_FREE char *own = text;

    return json_new_string(own[0] != '\0' ? own : "<none>");
}

/* ---- nodes ---- */

static struct json *node_status(const struct json *node, int64_t now_sec)
{
    const struct json *list = json_at(node, "status.conditions");
    const char *ready = "Unknown";

    (void)now_sec;
    for (size_t i = 0; i < json_len(list); i++)
        if (str_eq(json_str(json_item(list, i), "type"), "Ready"))
            ready = str_eq(json_str(json_item(list, i), "status"), "True") ? "Ready"
                                                                           : "NotReady";
    return take_text(xasprintf(
        "%s%s", ready,
        json_bool_or(node, "spec.unschedulable", false) ? ",SchedulingDisabled" : ""));
}

static struct json *node_roles(const struct json *node, int64_t now_sec)
{
    STR_AUTO struct str roles;

    (void)now_sec;
    str_init(&roles, CELL_MAX);
    for (json_each (it, json_at(node, "metadata.labels"))) {
        const char *role = NULL;
        if (str_starts(it.key, ROLE_PREFIX))
            role = it.key + strlen(ROLE_PREFIX);
        else if (strcmp(it.key, "kubernetes.io/role") == 0 &&
                 json_is(it.val, JSON_STRING))
            role = json_string(it.val);
        if (role != NULL && role[0] != '\0')
            str_addf(&roles, "%s%s", roles.len > 0 ? "," : "", role);
    }
    return take_text(str_take(&roles));
}

static struct json *node_address(const struct json *node, const char *type)
{
    const struct json *list = json_at(node, "status.addresses");

    for (size_t i = 0; i < json_len(list); i++)
        if (str_eq(json_str(json_item(list, i), "type"), type))
            return json_new_string(json_str_or(json_item(list, i), "address", ""));
    return json_new_string("<none>");
}

static struct json *node_internal_ip(const struct json *node, int64_t now_sec)
{
    (void)now_sec;
    return node_address(node, "InternalIP");
}

static struct json *node_external_ip(const struct json *node, int64_t now_sec)
{
    (void)now_sec;
    return node_address(node, "ExternalIP");
}

/* ---- services, and what holds data ---- */

static struct json *service_ports(const struct json *service, int64_t now_sec)
{
    const struct json *list = json_at(service, "spec.ports");
    STR_AUTO struct str ports;

    (void)now_sec;
    str_init(&ports, CELL_MAX);
    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *p = json_item(list, i);
        int64_t node_port = json_int_or(p, "nodePort", 0);
        str_addf(&ports, "%s%" PRId64, i > 0 ? "," : "", json_int_or(p, "port", 0));
        if (node_port != 0)
            str_addf(&ports, ":%" PRId64, node_port);
        str_addf(&ports, "/%s", json_str_or(p, "protocol", "TCP"));
    }
    return take_text(str_take(&ports));
}

static struct json *labels_text(const struct json *labels)
{
    STR_AUTO struct str text;

    str_init(&text, CELL_MAX);
    for (json_each (it, labels))
        str_addf(&text, "%s%s=%s", text.len > 0 ? "," : "", it.key,
                 json_is(it.val, JSON_STRING) ? json_string(it.val) : "");
    return take_text(str_take(&text));
}

static struct json *service_external_ip(const struct json *service, int64_t now_sec)
{
    const struct json *ips = json_at(service, "spec.externalIPs");
    STR_AUTO struct str text;

    (void)now_sec;
    str_init(&text, CELL_MAX);
    for (size_t i = 0; i < json_len(ips); i++)
        if (json_is(json_item(ips, i), JSON_STRING))
            str_addf(&text, "%s%s", i > 0 ? "," : "", json_string(json_item(ips, i)));
    return take_text(str_take(&text));
}

static struct json *service_selector(const struct json *service, int64_t now_sec)
{
    (void)now_sec;
    return labels_text(json_at(service, "spec.selector"));
}

static struct json *data_count(const struct json *object, int64_t now_sec)
{
    (void)now_sec;
    return take_text(xasprintf("%zu", json_len(json_get(object, "data")) +
                                          json_len(json_get(object, "binaryData"))));
}

/* ---- events ---- */

static struct json *event_last_seen(const struct json *event, int64_t now_sec)
{
    static const char *const times[] = {"series.lastObservedTime", "lastTimestamp",
                                        "eventTime", "deprecatedLastTimestamp"};

    for (size_t i = 0; i < ARRAY_LEN(times); i++)
        if (json_str(event, times[i]) != NULL)
            return table_since(json_str(event, times[i]), now_sec);
    return json_new_string("<unknown>");
}

static struct json *event_first_seen(const struct json *event, int64_t now_sec)
{
    static const char *const times[] = {"firstTimestamp", "eventTime",
                                        "deprecatedFirstTimestamp"};

    for (size_t i = 0; i < ARRAY_LEN(times); i++)
        if (json_str(event, times[i]) != NULL)
            return table_since(json_str(event, times[i]), now_sec);
    return json_new_string("<unknown>");
}

static const struct json *event_about(const struct json *event)
{
    const struct json *about = json_get(event, "involvedObject");

    return about != NULL ? about : json_get(event, "regarding");
}

static struct json *event_object(const struct json *event, int64_t now_sec)
{
    const struct json *about = event_about(event);
    AUTO_FREE char *kind = xstrdup(json_str_or(about, "kind", ""));

    (void)now_sec;
    for (char *p = kind; *p != '\0'; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    return take_text(xasprintf("%s/%s", kind, json_str_or(about, "name", "")));
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
    return take_text(xasprintf("%s%s%s", component, host[0] != '\0' ? ", " : "", host));
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
    return take_text(
        xasprintf("%" PRId64,
                  json_int_or(event, "series.count", json_int_or(event, "count", 1))));
}

/* ---- workloads ---- */

static struct json *ready_of(const struct json *object, const char *have)
{
    return take_text(xasprintf("%" PRId64 "/%" PRId64, json_int_or(object, have, 0),
                               json_int_or(object, "spec.replicas", 1)));
}

static struct json *replicas_ready(const struct json *object, int64_t now_sec)
{
    (void)now_sec;
    return ready_of(object, "status.readyReplicas");
}

static struct json *job_status(const struct json *job, int64_t now_sec)
{
    static const char *const ends[][2] = {
        {"Complete", "Complete"}, {"Failed", "Failed"}, {"Suspended", "Suspended"}};
    const struct json *list = json_at(job, "status.conditions");

    (void)now_sec;
    for (size_t e = 0; e < ARRAY_LEN(ends); e++)
        for (size_t i = 0; i < json_len(list); i++)
            if (str_eq(json_str(json_item(list, i), "type"), ends[e][0]) &&
                str_eq(json_str(json_item(list, i), "status"), "True"))
                return json_new_string(ends[e][1]);
    return json_new_string(json_str(job, "metadata.deletionTimestamp") ? "Terminating"
                                                                       : "Running");
}

static struct json *job_completions(const struct json *job, int64_t now_sec)
{
    int64_t want = json_int_or(job, "spec.completions", -1);
    int64_t done = json_int_or(job, "status.succeeded", 0);
    int64_t parallel = json_int_or(job, "spec.parallelism", 1);

    (void)now_sec;
    if (want >= 0)
        return take_text(xasprintf("%" PRId64 "/%" PRId64, done, want));
    if (parallel > 1)
        return take_text(xasprintf("%" PRId64 "/1 of %" PRId64, done, parallel));
    return take_text(xasprintf("%" PRId64 "/1", done));
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

/* ---- others ---- */

static struct json *text_or(const struct json *object, const char *path,
                            const char *otherwise)
{
    struct json *v = json_at(object, path);

    if (json_is(v, JSON_STRING))
        return json_copy(v);
    return v == NULL ? json_new_string(otherwise) : take_text(json_text(v, NULL));
}

static struct json *pdb_min(const struct json *pdb, int64_t now_sec)
{
    (void)now_sec;
    return text_or(pdb, "spec.minAvailable", "N/A");
}

static struct json *pdb_max(const struct json *pdb, int64_t now_sec)
{
    (void)now_sec;
    return text_or(pdb, "spec.maxUnavailable", "N/A");
}

static struct json *created_at(const struct json *object, int64_t now_sec)
{
    (void)now_sec;
    return text_or(object, "metadata.creationTimestamp", "<unknown>");
}

static struct json *binding_role(const struct json *binding, int64_t now_sec)
{
    (void)now_sec;
    return take_text(xasprintf("%s/%s", json_str_or(binding, "roleRef.kind", ""),
                               json_str_or(binding, "roleRef.name", "")));
}

static struct json *crd_versions(const struct json *crd, int64_t now_sec)
{
    const struct json *list = json_at(crd, "spec.versions");
    STR_AUTO struct str text;

    (void)now_sec;
    str_init(&text, CELL_MAX);
    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *v = json_item(list, i);
        str_addf(&text, "%s%s%s", i > 0 ? "," : "", json_str_or(v, "name", ""),
                 json_bool_or(v, "storage", false) ? "(storage)" : "");
    }
    return take_text(str_take(&text));
}

static struct json *policy_validations(const struct json *policy, int64_t now_sec)
{
    (void)now_sec;
    return json_new_int((int64_t)json_len(json_at(policy, "spec.validations")));
}

static struct json *policy_mutations(const struct json *policy, int64_t now_sec)
{
    (void)now_sec;
    return json_new_int((int64_t)json_len(json_at(policy, "spec.mutations")));
}

static struct json *policy_param(const struct json *policy, int64_t now_sec)
{
    const char *kind = json_str(policy, "spec.paramKind.kind");

    (void)now_sec;
    if (kind == NULL)
        return json_new_string("<unset>");
    return take_text(
        xasprintf("%s/%s", json_str_or(policy, "spec.paramKind.apiVersion", ""), kind));
}

/* ---- the tables ---- */

#define AGE                                 \
    {                                       \
        "Age", "string", 0, table_age, NULL \
    }

static const struct core_column pods[] = {
    {"Ready", "string", 0, pod_cell_ready, NULL},
    {"Status", "string", 0, pod_cell_status, NULL},
    {"Restarts", "string", 0, pod_cell_restarts, NULL},
    AGE,
    {"IP", "string", 1, NULL, "status.podIP"},
    {"Node", "string", 1, NULL, "spec.nodeName"},
    {"Nominated Node", "string", 1, NULL, "status.nominatedNodeName"},
    {"Readiness Gates", "string", 1, pod_cell_gates, NULL},
};
static const struct core_column nodes[] = {
    {"Status", "string", 0, node_status, NULL},
    {"Roles", "string", 0, node_roles, NULL},
    AGE,
    {"Version", "string", 0, NULL, "status.nodeInfo.kubeletVersion"},
    {"Internal-IP", "string", 1, node_internal_ip, NULL},
    {"External-IP", "string", 1, node_external_ip, NULL},
    {"OS-Image", "string", 1, NULL, "status.nodeInfo.osImage"},
    {"Kernel-Version", "string", 1, NULL, "status.nodeInfo.kernelVersion"},
    {"Container-Runtime", "string", 1, NULL, "status.nodeInfo.containerRuntimeVersion"},
};
static const struct core_column namespaces[] = {
    {"Status", "string", 0, NULL, "status.phase"},
    AGE,
};
static const struct core_column services[] = {
    {"Type", "string", 0, NULL, "spec.type"},
    {"Cluster-IP", "string", 0, NULL, "spec.clusterIP"},
    {"External-IP", "string", 0, service_external_ip, NULL},
    {"Port(s)", "string", 0, service_ports, NULL},
    AGE,
    {"Selector", "string", 1, service_selector, NULL},
};
static const struct core_column configmaps[] = {
    {"Data", "string", 0, data_count, NULL},
    AGE,
};
static const struct core_column secrets[] = {
    {"Type", "string", 0, NULL, "type"},
    {"Data", "string", 0, data_count, NULL},
    AGE,
};
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
static const struct core_column pvcs[] = {
    {"Status", "string", 0, NULL, "status.phase"},
    {"Volume", "string", 0, NULL, "spec.volumeName"},
    {"Capacity", "string", 0, NULL, "status.capacity.storage"},
    {"StorageClass", "string", 0, NULL, "spec.storageClassName"},
    AGE,
    {"VolumeMode", "string", 1, NULL, "spec.volumeMode"},
};
static const struct core_column limitranges[] = {
    {"Created At", "date", 0, created_at, NULL},
};
static const struct core_column leases[] = {
    {"Holder", "string", 0, NULL, "spec.holderIdentity"},
    AGE,
};
static const struct core_column deployments[] = {
    {"Ready", "string", 0, replicas_ready, NULL},
    {"Up-to-date", "integer", 0, NULL, "status.updatedReplicas"},
    {"Available", "integer", 0, NULL, "status.availableReplicas"},
    AGE,
};
static const struct core_column daemonsets[] = {
    {"Desired", "integer", 0, NULL, "status.desiredNumberScheduled"},
    {"Current", "integer", 0, NULL, "status.currentNumberScheduled"},
    {"Ready", "integer", 0, NULL, "status.numberReady"},
    {"Up-to-date", "integer", 0, NULL, "status.updatedNumberScheduled"},
    {"Available", "integer", 0, NULL, "status.numberAvailable"},
    AGE,
};
static const struct core_column replicasets[] = {
    {"Desired", "integer", 0, NULL, "spec.replicas"},
    {"Current", "integer", 0, NULL, "status.replicas"},
    {"Ready", "integer", 0, NULL, "status.readyReplicas"},
    AGE,
};
static const struct core_column statefulsets[] = {
    {"Ready", "string", 0, replicas_ready, NULL},
    AGE,
};
static const struct core_column jobs[] = {
    {"Status", "string", 0, job_status, NULL},
    {"Completions", "string", 0, job_completions, NULL},
    {"Duration", "string", 0, job_duration, NULL},
    AGE,
};
static const struct core_column pdbs[] = {
    {"Min Available", "string", 0, pdb_min, NULL},
    {"Max Unavailable", "string", 0, pdb_max, NULL},
    {"Allowed Disruptions", "integer", 0, NULL, "status.disruptionsAllowed"},
    AGE,
};
static const struct core_column roles[] = {
    {"Created At", "date", 0, created_at, NULL},
};
static const struct core_column role_bindings[] = {
    {"Role", "string", 0, binding_role, NULL},
    AGE,
};
static const struct core_column priority_classes[] = {
    {"Value", "integer", 0, NULL, "value"},
    {"Global-Default", "boolean", 0, NULL, "globalDefault"},
    AGE,
    {"PreemptionPolicy", "string", 0, NULL, "preemptionPolicy"},
};
static const struct core_column crds[] = {
    {"Scope", "string", 0, NULL, "spec.scope"},
    {"Versions", "string", 0, crd_versions, NULL},
    {"Created At", "date", 0, created_at, NULL},
    {"Group", "string", 1, NULL, "spec.group"},
    {"Kind", "string", 1, NULL, "spec.names.kind"},
};
static const struct core_column validating_policies[] = {
    {"Validations", "integer", 0, policy_validations, NULL},
    {"ParamKind", "string", 0, policy_param, NULL},
    AGE,
};
static const struct core_column mutating_policies[] = {
    {"Mutations", "integer", 0, policy_mutations, NULL},
    {"ParamKind", "string", 0, policy_param, NULL},
    AGE,
};
static const struct core_column policy_bindings[] = {
    {"PolicyName", "string", 0, NULL, "spec.policyName"},
    {"ParamRef", "string", 0, NULL, "spec.paramRef.name"},
    AGE,
};

#define ROW(group, plural, columns)                \
    {                                              \
        group, plural, columns, ARRAY_LEN(columns) \
    }
#define ADMISSION "admissionregistration.k8s.io"
#define RBAC "rbac.authorization.k8s.io"

static const struct core_table tables[] = {
    ROW("", "pods", pods),
    ROW("", "nodes", nodes),
    ROW("", "namespaces", namespaces),
    ROW("", "services", services),
    ROW("", "configmaps", configmaps),
    ROW("", "secrets", secrets),
    ROW("", "events", events),
    ROW("events.k8s.io", "events", events),
    ROW("", "persistentvolumeclaims", pvcs),
    ROW("", "limitranges", limitranges),
    ROW("coordination.k8s.io", "leases", leases),
    ROW("apps", "deployments", deployments),
    ROW("apps", "daemonsets", daemonsets),
    ROW("apps", "replicasets", replicasets),
    ROW("apps", "statefulsets", statefulsets),
    ROW("batch", "jobs", jobs),
    ROW("policy", "poddisruptionbudgets", pdbs),
    ROW(RBAC, "roles", roles),
    ROW(RBAC, "clusterroles", roles),
    ROW(RBAC, "rolebindings", role_bindings),
    ROW(RBAC, "clusterrolebindings", role_bindings),
    ROW("scheduling.k8s.io", "priorityclasses", priority_classes),
    ROW("apiextensions.k8s.io", "customresourcedefinitions", crds),
    ROW(ADMISSION, "validatingadmissionpolicies", validating_policies),
    ROW(ADMISSION, "mutatingadmissionpolicies", mutating_policies),
    ROW(ADMISSION, "validatingadmissionpolicybindings", policy_bindings),
    ROW(ADMISSION, "mutatingadmissionpolicybindings", policy_bindings),
};

const struct core_table *table_of_core(const char *group, const char *plural)
{
    for (size_t i = 0; i < ARRAY_LEN(tables); i++)
        if (strcmp(tables[i].group, group) == 0 &&
            strcmp(tables[i].plural, plural) == 0)
            return &tables[i];
    return NULL;
}
