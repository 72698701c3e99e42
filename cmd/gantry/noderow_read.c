/* One Node of the server, read into its row. */
#include "cmd/gantry/noderow_private.h"

#include <string.h>

#include "base/duration.h"
#include "base/quantity.h"
#include "base/util.h"

#define DOCUMENT_MAX (1u << 20)

enum {
    P_NAME,
    P_CREATED,
    P_LABELS,
    P_ANNOTATIONS,
    P_UNSCHEDULABLE,
    P_TAINTS,
    P_ALLOCATABLE,
    P_CAPACITY,
    P_CONDITIONS,
    P_INFO,
    P_ADDRESSES,
};

const char *const noderow_paths[NODEROW_PATHS] = {
    [P_NAME] = "metadata.name",
    [P_CREATED] = "metadata.creationTimestamp",
    [P_LABELS] = "metadata.labels",
    [P_ANNOTATIONS] = "metadata.annotations",
    [P_UNSCHEDULABLE] = "spec.unschedulable",
    [P_TAINTS] = "spec.taints",
    [P_ALLOCATABLE] = "status.allocatable",
    [P_CAPACITY] = "status.capacity",
    [P_CONDITIONS] = "status.conditions",
    [P_INFO] = "status.nodeInfo",
    [P_ADDRESSES] = "status.addresses",
};

/* The picked values as the small Node that they are. */
static struct json *small_node(const struct json_text *v)
{
    STR_AUTO struct str doc;
    const char *open = "{";

    str_init(&doc, DOCUMENT_MAX);
    for (size_t i = 0; i < NODEROW_PATHS; i++) {
        if (!v[i].s)
            continue;
        str_addf(&doc, "%s\"%s\":", open, noderow_paths[i]);
        str_addn(&doc, v[i].s, v[i].len);
        open = ",";
    }
    str_add(&doc, "}");
    JSON_AUTO struct json *flat =
        doc.overflow ? NULL : json_parse(doc.s, doc.len, NULL);
    struct json *node = json_new_object();
    for (json_each (it, flat))
        json_set_at(node, it.key, json_copy(it.val));
    return node;
}

static const struct json *ready_condition(const struct json *node)
{
    const struct json *list = json_at(node, "status.conditions");

    for (size_t i = 0; json_is(list, JSON_ARRAY) && i < json_len(list); i++)
        if (str_eq(json_str(json_item(list, i), "type"), "Ready"))
            return json_item(list, i);
    return NULL;
}

static const char *address(const struct json *node, const char *type,
                           const char *otherwise)
{
    const struct json *list = json_at(node, "status.addresses");

    for (size_t i = 0; json_is(list, JSON_ARRAY) && i < json_len(list); i++)
        if (str_eq(json_str(json_item(list, i), "type"), type))
            return json_str_or(json_item(list, i), "address", otherwise);
    return otherwise;
}

/* Go's names of architectures; Slurm shows uname's. */
static const char *arch_name(const char *go)
{
    if (str_eq(go, "amd64"))
        return "x86_64";
    return str_eq(go, "arm64") ? "aarch64" : go;
}

static const char *keep(struct nodelist *list, const char *text)
{
    return arena_strdup(list->arena, text);
}

/* A node that no kubelet has told of itself has empty texts. */
static const char *told_or(const struct json *node, const char *path,
                           const char *otherwise)
{
    const char *text = json_str_or(node, path, "");
    return *text ? text : otherwise;
}

static void read_info(struct noderow *n, struct nodelist *list, const struct json *node)
{
    n->addr = keep(list, address(node, "InternalIP", n->name));
    n->host = keep(list, address(node, "Hostname", n->name));
    n->arch =
        keep(list, arch_name(told_or(node, "status.nodeInfo.architecture", "unknown")));
    n->os = keep(list, told_or(node, "status.nodeInfo.osImage", "(null)"));
    n->kernel = keep(list, json_str_or(node, "status.nodeInfo.kernelVersion", ""));
    n->version = keep(list, told_or(node, "status.nodeInfo.kubeletVersion", "N/A"));
    n->created_sec = time_read(node, "metadata.creationTimestamp");
}

static void read_amounts(struct noderow *n, const struct nodelist *list,
                         const struct json *node)
{
    const struct json *total = json_at(node, "status.capacity.cpu");
    const int gpu = restable_find(&list->resources, list->convert.gpu_resource);
    int64_t milli;

    n->cpus = n->model->capacity.v[RES_CPU] / 1000;
    n->mem_bytes = n->model->capacity.v[RES_MEM];
    n->gpus = gpu >= 0 ? n->model->capacity.v[gpu] : 0;
    n->cpu_total = total && quantity_read_milli(total, &milli, NULL) == 0
                       ? MAX(milli / 1000, n->cpus)
                       : n->cpus;
}

/* "name@time" */
static void read_reason_by(struct noderow *n, struct nodelist *list, const char *by)
{
    const char *at = by ? strrchr(by, '@') : NULL;

    if (!at || time_parse_rfc3339(at + 1, &n->reason_sec, NULL) < 0)
        return;
    AUTO_FREE char *name = xstrndup(by, (size_t)(at - by));
    n->reason_user = keep(list, name);
}

/* Of a node that is cordoned what was said then; of one that is down what its condition
 * says; of one that a taint of Kubernetes shuts for now, that taint's key. */
static void read_reason(struct noderow *n, struct nodelist *list,
                        const struct json *node)
{
    const struct json *annotations = json_at(node, "metadata.annotations");
    const struct json *ready = ready_condition(node);
    const struct json *said = json_get(annotations, NODE_ANNOTATION_REASON);
    const struct json *by = json_get(annotations, NODE_ANNOTATION_REASON_BY);
    const bool unknown = !str_eq(json_str(ready, "status"), "False");

    n->reason_sec = TIME_UNSET;
    n->ready_since_sec = ready ? time_read(ready, "lastTransitionTime") : TIME_UNSET;
    if (n->model->unschedulable) {
        n->reason =
            json_is(said, JSON_STRING) ? keep(list, json_string(said)) : "cordoned";
        read_reason_by(n, list, json_is(by, JSON_STRING) ? json_string(by) : NULL);
    } else if (!n->model->ready) {
        n->reason = unknown ? "Not responding"
                            : keep(list, json_str_or(ready, "message", "not ready"));
        n->reason_sec = n->ready_since_sec;
    } else {
        n->reason = keep(list, node_passing_taint(n->model));
    }
    if (!n->model->ready)
        n->state =
            (struct node_state){NODE_BASE_DOWN, unknown ? NODE_FLAG_NOT_RESPONDING : 0};
}

void noderow_take(void *arg, const struct json_text *values)
{
    struct nodelist *list = arg;
    JSON_AUTO struct json *node = small_node(values);
    struct node *model = convert_node(&list->convert, node, NULL);

    if (!model)
        return;
    GROW(list->rows, list->n, list->cap);
    struct noderow *n = &list->rows[list->n++];
    *n = (struct noderow){.model = model, .name = model->name};
    read_info(n, list, node);
    read_amounts(n, list, node);
    read_reason(n, list, node);
}
