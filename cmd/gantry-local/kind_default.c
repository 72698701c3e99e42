/* kind_default - defaults of core kinds that depend on the object. */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/kind_default_priv.h"
#include "cmd/gantry-local/kinds.h"

#define RBAC "rbac.authorization.k8s.io"

void default_put(struct json *object, const char *path, struct json *take)
{
    if (json_at(object, path) == NULL)
        json_set_at(object, path, take);
    else
        json_free(take);
}

/* A node that does not say otherwise gives all that it has. */
static void default_node(struct json *node)
{
    static const char *const about[] = {
        "architecture",  "bootID",           "containerRuntimeVersion",
        "kernelVersion", "kubeProxyVersion", "kubeletVersion",
        "machineID",     "operatingSystem",  "osImage",
        "systemUUID"};
    const struct json *capacity = json_at(node, "status.capacity");

    if (capacity != NULL)
        default_put(node, "status.allocatable", json_copy(capacity));
    default_put(node, "status.daemonEndpoints.kubeletEndpoint.Port", json_new_int(0));
    for (size_t i = 0; i < ARRAY_LEN(about); i++) {
        AUTO_FREE char *path = xasprintf("status.nodeInfo.%s", about[i]);
        default_put(node, path, json_new_string(""));
    }
}

static char *base64(const char *bytes, size_t len)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = xmalloc((len + 2) / 3 * 4 + 1);
    char *p = out;

    for (size_t i = 0; i < len; i += 3) {
        unsigned v = (unsigned)(unsigned char)bytes[i] << 16;
        if (i + 1 < len)
            v |= (unsigned)(unsigned char)bytes[i + 1] << 8;
        if (i + 2 < len)
            v |= (unsigned char)bytes[i + 2];
        *p++ = digits[v >> 18];
        *p++ = digits[v >> 12 & 63];
        *p++ = i + 1 < len ? digits[v >> 6 & 63] : '=';
        *p++ = i + 2 < len ? digits[v & 63] : '=';
    }
    *p = '\0';
    return out;
}

/* stringData is for writing only. */
static void default_secret(struct json *secret)
{
    const struct json *texts = json_get(secret, "stringData");

    if (!json_is(texts, JSON_OBJECT))
        return;
    if (!json_is(json_get(secret, "data"), JSON_OBJECT))
        json_set(secret, "data", json_new_object());
    for (json_each (it, texts)) {
        if (!json_is(it.val, JSON_STRING))
            continue;
        AUTO_FREE char *coded = base64(json_string(it.val), json_string_len(it.val));
        json_set(json_get(secret, "data"), it.key, json_new_string(coded));
    }
    json_del(secret, "stringData");
}

/* Of one map of amounts those that the other lacks. */
static void add_amounts(struct json *item, const char *to, const char *from)
{
    const struct json *amounts = json_get(item, from);

    if (json_len(amounts) > 0 && json_get(item, to) == NULL)
        json_set(item, to, json_new_object());
    for (json_each (it, amounts))
        if (json_get(json_get(item, to), it.key) == NULL)
            json_set(json_get(item, to), it.key, json_copy(it.val));
}

/* Containers may have as much as is allowed, and ask for what they may have. */
static void default_limit_range(struct json *range)
{
    const struct json *limits;

    if (!json_get(range, "spec"))
        json_set(range, "spec", json_build("{'limits': null}"));
    limits = json_at(range, "spec.limits");

    for (size_t i = 0; i < json_len(limits); i++) {
        struct json *item = json_item(limits, i);
        if (!str_eq(json_str(item, "type"), "Container"))
            continue;
        add_amounts(item, "default", "max");
        add_amounts(item, "defaultRequest", "default");
        add_amounts(item, "defaultRequest", "min");
    }
}

/* People and groups are of no group of Kubernetes' own. */
static void default_subjects(struct json *binding)
{
    const struct json *subjects = json_get(binding, "subjects");

    for (size_t i = 0; i < json_len(subjects); i++) {
        struct json *s = json_item(subjects, i);
        const char *kind = json_str_or(s, "kind", "");
        if (strcmp(kind, "User") == 0 || strcmp(kind, "Group") == 0)
            default_put(s, "apiGroup", json_new_string(RBAC));
    }
}

/* Fields that Kubernetes writes also where they hold nothing. */
static const struct {
    const char *group, *plural;
    const char *list; /* whose items have the field; "": the object has */
    const char *field, *value;
} written[] = {
    {"", "events", "", "firstTimestamp", "null"},
    {"", "events", "", "lastTimestamp", "null"},
    {"", "events", "", "eventTime", "null"},
    {"", "events", "", "source", "{}"},
    {"", "events", "", "reportingComponent", "''"},
    {"", "events", "", "reportingInstance", "''"},
    {"events.k8s.io", "events", "", "deprecatedFirstTimestamp", "null"},
    {"events.k8s.io", "events", "", "deprecatedLastTimestamp", "null"},
    {"events.k8s.io", "events", "", "deprecatedSource", "{}"},
    {"", "nodes", "status.conditions", "lastHeartbeatTime", "null"},
    {"", "nodes", "status.conditions", "lastTransitionTime", "null"},
    {"", "pods", "status.conditions", "lastProbeTime", "null"},
    {"", "pods", "status.conditions", "lastTransitionTime", "null"},
    {"", "pods", "status.containerStatuses", "lastState", "{}"},
    {"", "pods", "status.initContainerStatuses", "lastState", "{}"},
    {"apps", "deployments", "status.conditions", "lastTransitionTime", "null"},
    {"apps", "deployments", "status.conditions", "lastUpdateTime", "null"},
    {"apps", "statefulsets", "status.conditions", "lastTransitionTime", "null"},
    {"apps", "replicasets", "status.conditions", "lastTransitionTime", "null"},
    {"apps", "daemonsets", "status.conditions", "lastTransitionTime", "null"},
    {"", "replicationcontrollers", "status.conditions", "lastTransitionTime", "null"},
    {"batch", "jobs", "status.conditions", "lastProbeTime", "null"},
    {"batch", "jobs", "status.conditions", "lastTransitionTime", "null"},
};

static void write_empty(const struct kind *kind, struct json *object)
{
    for (size_t i = 0; i < ARRAY_LEN(written); i++) {
        if (strcmp(written[i].group, kind->group) != 0 ||
            strcmp(written[i].plural, kind->plural) != 0)
            continue;
        if (!written[i].list[0])
            default_put(object, written[i].field, json_build(written[i].value));
        const struct json *list =
            written[i].list[0] ? json_at(object, written[i].list) : NULL;
        for (size_t k = 0; k < json_len(list); k++)
            if (json_is(json_item(list, k), JSON_OBJECT))
                default_put(json_item(list, k), written[i].field,
                            json_build(written[i].value));
    }
}

static const struct {
    const char *group, *plural;
    void (*fill)(struct json *object);
} hooks[] = {
    {"", "nodes", default_node},
    {"", "pods", default_pod},
    {"", "services", default_service},
    {"", "secrets", default_secret},
    {"", "limitranges", default_limit_range},
    {"", "podtemplates", default_pod_template},
    {"", "replicationcontrollers", default_replication_controller},
    {"apps", "deployments", default_deployment},
    {"apps", "daemonsets", default_daemonset},
    {"apps", "replicasets", default_replicaset},
    {"apps", "statefulsets", default_statefulset},
    {"autoscaling", "horizontalpodautoscalers", default_autoscaler},
    {"batch", "jobs", default_job},
    {"batch", "cronjobs", default_cronjob},
    {"networking.k8s.io", "networkpolicies", default_network_policy},
    {RBAC, "rolebindings", default_subjects},
    {RBAC, "clusterrolebindings", default_subjects},
};

void kind_default(const struct kind *kind, struct json *object)
{
    for (size_t i = 0; i < ARRAY_LEN(hooks) && !kind->is_custom; i++)
        if (strcmp(hooks[i].group, kind->group) == 0 &&
            strcmp(hooks[i].plural, kind->plural) == 0)
            hooks[i].fill(object);
    if (!kind->is_custom)
        write_empty(kind, object);
}
