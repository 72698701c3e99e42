/* table_core - columns of nodes, namespaces and what holds data; all tables found. */
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry-local/table_priv.h"

#define ROLE_PREFIX "node-role.kubernetes.io/"
#define UNKNOWN "<unknown>"

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
    return cell_take(xasprintf(
        "%s%s", ready,
        json_bool_or(node, "spec.unschedulable", false) ? ",SchedulingDisabled" : ""));
}

static const char *role_of(const char *label, const struct json *value)
{
    if (str_starts(label, ROLE_PREFIX))
        return label + strlen(ROLE_PREFIX);
    return strcmp(label, "kubernetes.io/role") == 0 && json_is(value, JSON_STRING)
               ? json_string(value)
               : "";
}

/* Sorted, each once. */
static struct json *node_roles(const struct json *node, int64_t now_sec)
{
    JSON_AUTO struct json *roles = json_new_object();
    STR_AUTO struct str text;

    (void)now_sec;
    for (json_each (it, json_at(node, "metadata.labels")))
        json_set(roles, role_of(it.key, it.val), json_new_bool(true));
    AUTO_FREE const char **names = json_sorted_keys(roles);
    str_init(&text, CELL_MAX);
    for (const char **name = names; *name; name++)
        if (**name)
            str_addf(&text, "%s%s", text.len > 0 ? "," : "", *name);
    return cell_take(str_take(&text));
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

static struct json *node_version(const struct json *node, int64_t now_sec)
{
    (void)now_sec;
    return cell_text_or(node, "status.nodeInfo.kubeletVersion", "");
}

static struct json *node_info(const struct json *node, const char *field)
{
    AUTO_FREE char *path = xasprintf("status.nodeInfo.%s", field);

    const char *said = json_str_or(node, path, "");
    return json_new_string(said[0] ? said : UNKNOWN);
}

static struct json *node_image(const struct json *node, int64_t now_sec)
{
    (void)now_sec;
    return node_info(node, "osImage");
}

static struct json *node_kernel(const struct json *node, int64_t now_sec)
{
    const char *version = json_str_or(node, "status.nodeInfo.kernelVersion", "");
    const char *machine = json_str_or(node, "status.nodeInfo.architecture", "");

    (void)now_sec;
    version = version[0] ? version : UNKNOWN;
    return machine[0] ? cell_take(xasprintf("%s (%s)", version, machine))
                      : json_new_string(version);
}

static struct json *node_runtime(const struct json *node, int64_t now_sec)
{
    (void)now_sec;
    return node_info(node, "containerRuntimeVersion");
}

/* ---- others ---- */

static struct json *data_count(const struct json *object, int64_t now_sec)
{
    (void)now_sec;
    return json_new_int((int64_t)(json_len(json_get(object, "data")) +
                                  json_len(json_get(object, "binaryData"))));
}

/* Of a quota: how much of each resource is used, of how much. */
static struct json *quota_used(const struct json *quota, bool limits)
{
    const struct json *used = json_at(quota, "status.used");
    const struct json *hard = json_at(quota, "status.hard");
    AUTO_FREE const char **names = json_sorted_keys(hard);
    STR_AUTO struct str text;

    str_init(&text, CELL_MAX);
    for (const char **name = names; *name; name++) {
        const struct json *have = json_get(used, *name);
        const struct json *of = json_get(hard, *name);
        if (str_starts(*name, "limits.") != limits)
            continue;
        str_addf(&text, "%s%s: %s/%s", text.len > 0 ? ", " : "", *name,
                 json_is(have, JSON_STRING) ? json_string(have) : "0",
                 json_is(of, JSON_STRING) ? json_string(of) : "");
    }
    return json_new_string(text.s);
}

static struct json *quota_requests(const struct json *quota, int64_t now_sec)
{
    (void)now_sec;
    return quota_used(quota, false);
}

static struct json *quota_limits(const struct json *quota, int64_t now_sec)
{
    (void)now_sec;
    return quota_used(quota, true);
}

/* ---- the tables ---- */

static const struct core_column pods[] = {
    {"Ready", "string", 0, pod_cell_ready, NULL},
    {"Status", "string", 0, pod_cell_status, NULL},
    {"Restarts", "string", 0, pod_cell_restarts, NULL},
    TABLE_AGE,
    {"IP", "string", 1, NULL, "status.podIP"},
    {"Node", "string", 1, NULL, "spec.nodeName"},
    {"Nominated Node", "string", 1, NULL, "status.nominatedNodeName"},
    {"Readiness Gates", "string", 1, pod_cell_gates, NULL},
};
static const struct core_column nodes[] = {
    {"Status", "string", 0, node_status, NULL},
    {"Roles", "string", 0, node_roles, NULL},
    TABLE_AGE,
    {"Version", "string", 0, node_version, NULL},
    {"Internal-IP", "string", 1, node_internal_ip, NULL},
    {"External-IP", "string", 1, node_external_ip, NULL},
    {"OS-Image", "string", 1, node_image, NULL},
    {"Kernel-Version", "string", 1, node_kernel, NULL},
    {"Container-Runtime", "string", 1, node_runtime, NULL},
};
static const struct core_column namespaces[] = {
    {"Status", "string", 0, NULL, "status.phase"},
    TABLE_AGE,
};
static const struct core_column configmaps[] = {
    {"Data", "string", 0, data_count, NULL},
    TABLE_AGE,
};
static const struct core_column secrets[] = {
    {"Type", "string", 0, NULL, "type"},
    {"Data", "string", 0, data_count, NULL},
    TABLE_AGE,
};
static const struct core_column limitranges[] = {
    {"Created At", "date", 0, cell_created_at, NULL},
};
static const struct core_column leases[] = {
    {"Holder", "string", 0, NULL, "spec.holderIdentity"},
    TABLE_AGE,
};
static const struct core_column quotas[] = {
    {"Request", "string", 0, quota_requests, NULL},
    {"Limit", "string", 0, quota_limits, NULL},
    TABLE_AGE,
};
static const struct core_column priority_classes[] = {
    {"Value", "integer", 0, NULL, "value"},
    {"Global-Default", "boolean", 0, NULL, "globalDefault"},
    TABLE_AGE,
    {"PreemptionPolicy", "string", 0, NULL, "preemptionPolicy"},
};
static const struct core_column runtime_classes[] = {
    {"Handler", "string", 0, NULL, "handler"},
    TABLE_AGE,
};

static const struct core_table rows[] = {
    TABLE_ROW("", "pods", pods),
    TABLE_ROW("", "nodes", nodes),
    TABLE_ROW("", "namespaces", namespaces),
    TABLE_ROW("", "configmaps", configmaps),
    TABLE_ROW("", "secrets", secrets),
    TABLE_ROW("", "limitranges", limitranges),
    TABLE_ROW("", "resourcequotas", quotas),
    TABLE_ROW("coordination.k8s.io", "leases", leases),
    TABLE_ROW("scheduling.k8s.io", "priorityclasses", priority_classes),
    TABLE_ROW("node.k8s.io", "runtimeclasses", runtime_classes),
};

const struct core_tables table_core = {rows, ARRAY_LEN(rows)};

const struct core_table *table_of_core(const char *group, const char *plural)
{
    static const struct core_tables *const all[] = {
        &table_core,      &table_event,   &table_workload, &table_job,
        &table_autoscale, &table_network, &table_storage,  &table_access};

    for (size_t a = 0; a < ARRAY_LEN(all); a++)
        for (size_t i = 0; i < all[a]->n; i++)
            if (strcmp(all[a]->rows[i].group, group) == 0 &&
                strcmp(all[a]->rows[i].plural, plural) == 0)
                return &all[a]->rows[i];
    return NULL;
}
