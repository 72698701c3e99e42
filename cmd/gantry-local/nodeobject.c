#include "cmd/gantry-local/nodeobject.h"

#include "base/duration.h"
#include "base/util.h"
#include "crds/convert.h"

#if defined(__x86_64__)
#define ARCH "amd64"
#elif defined(__aarch64__)
#define ARCH "arm64"
#else
#error "name this architecture as Go does"
#endif

#define VERSION "v0.1.0"

static struct json *labels(const struct node_facts *f)
{
    struct json *l = json_build(
        "{'kubernetes.io/hostname': %s, 'kubernetes.io/os': 'linux',"
        " 'gantry.dev/images': 'not-pulled', 'gantry.dev/cpu-limits':"
        " 'not-enforced', '" LABEL_SIGNALS "': '" LABEL_SIGNALS_DELIVERED "',"
        " 'kubernetes.io/arch': '" ARCH "'}",
        f->name);

    /* null in a patch takes an old one away */
    json_set(l, GPU_TYPE_LABEL,
             f->gpu_type ? json_new_string(f->gpu_type) : json_new_null());
    return l;
}

static struct json *annotations(const struct node_facts *f)
{
    return json_build("{'" NODE_SERVING_CA "': %s}", f->serving_ca);
}

struct json *nodeobject_new(const struct node_facts *f)
{
    struct json *node = json_build(
        "{'apiVersion': 'v1', 'kind': 'Node', 'metadata': {'name': %s}, 'spec': {}}",
        f->name);
    struct json *l = labels(f);

    if (!f->gpu_type)
        json_del(l, GPU_TYPE_LABEL);
    json_set_at(node, "metadata.labels", l);
    if (f->serving_ca)
        json_set_at(node, "metadata.annotations", annotations(f));
    return node;
}

struct json *nodeobject_metadata_patch(const struct node_facts *f)
{
    struct json *patch = json_new_object();

    json_set_at(patch, "metadata.labels", labels(f));
    json_set_at(patch, "metadata.annotations", annotations(f));
    return patch;
}

/* The pressures are never there: this node measures none. */
static const struct {
    const char *type, *reason, *message;
} pressures[] = {
    {"MemoryPressure", "KubeletHasSufficientMemory", "memory is not measured"},
    {"DiskPressure", "KubeletHasNoDiskPressure", "disk is not measured"},
    {"PIDPressure", "KubeletHasSufficientPID", "processes are not counted"},
};

static void add_condition(struct json *list, struct json *take_condition,
                          int64_t since_ms, int64_t now_ms)
{
    char since[TIME_TEXT_MAX], now[TIME_TEXT_MAX];

    time_format_rfc3339(since_ms / 1000, since);
    time_format_rfc3339(now_ms / 1000, now);
    json_set(take_condition, "lastHeartbeatTime", json_new_string(now));
    json_set(take_condition, "lastTransitionTime", json_new_string(since));
    json_append(list, take_condition);
}

static struct json *conditions(const struct node_facts *f, int64_t now_ms)
{
    struct json *list = json_new_array();

    for (size_t i = 0; i < ARRAY_LEN(pressures); i++)
        add_condition(list,
                      json_build("{'type': %s, 'status': 'False', 'reason': %s,"
                                 " 'message': %s}",
                                 pressures[i].type, pressures[i].reason,
                                 pressures[i].message),
                      f->ready_since_ms, now_ms);
    add_condition(
        list,
        json_build("{'type': 'Ready', 'status': %s, 'reason': %s, 'message': %s}",
                   f->ready ? "True" : "False",
                   f->ready ? "KubeletReady" : "KubeletNotReady",
                   f->ready ? "pods can be run" : "the node program is stopping"),
        f->ready_since_ms, now_ms);
    return list;
}

/* No Hostname among the addresses: API servers would try that first, and nobody
 * resolves it. */
struct json *nodeobject_status_patch(const struct node_facts *f, int64_t now_ms)
{
    struct json *amounts = amounts_json(f->capacity);
    struct json *list = conditions(f, now_ms);
    struct json *patch = json_build(
        "{'status': {'capacity': %j, 'allocatable': %j, 'conditions': %j,"
        " 'addresses': [{'type': 'InternalIP', 'address': %s}],"
        " 'daemonEndpoints': {'kubeletEndpoint': {'Port': %i}},"
        " 'nodeInfo': {'architecture': '" ARCH "', 'operatingSystem': 'linux',"
        " 'osImage': 'gantry-local', 'kernelVersion': '', 'machineID': %s,"
        " 'systemUUID': %s, 'bootID': '', 'kubeletVersion': '" VERSION "',"
        " 'kubeProxyVersion': '', 'containerRuntimeVersion': 'gantry://" VERSION "'}}}",
        amounts, amounts, list, f->address, (int64_t)f->log_port, f->name, f->name);

    json_free(amounts);
    json_free(list);
    return patch;
}

struct json *nodeobject_lease(const struct lease_facts *f, int64_t now_ms)
{
    char now[TIME_TEXT_MAX];

    time_format_micro(now_ms, now);
    return json_build("{'apiVersion': 'coordination.k8s.io/v1', 'kind': 'Lease',"
                      " 'metadata': {'name': %s, 'namespace': 'kube-node-lease',"
                      " 'ownerReferences': [{'apiVersion': 'v1', 'kind': 'Node',"
                      " 'name': %s, 'uid': %s}]},"
                      " 'spec': {'holderIdentity': %s, 'leaseDurationSeconds': %i,"
                      " 'renewTime': %s}}",
                      f->node, f->node, f->node_uid, f->node, f->duration_sec, now);
}
