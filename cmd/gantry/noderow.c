#include "cmd/gantry/noderow.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/hostlist.h"
#include "base/quantity.h"
#include "base/util.h"
#include "cmd/gantry/clusterconf.h"
#include "cmd/gantry/fetch.h"
#include "crds/constraint.h"

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
    P_N
};

static const char *const paths[P_N] = {
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

/* ---- one node ---- */

/* The picked values as the small Node that they are. */
static struct json *small_node(const struct json_text *v)
{
    STR_AUTO struct str doc;
    const char *open = "{";

    str_init(&doc, DOCUMENT_MAX);
    for (size_t i = 0; i < P_N; i++) {
        if (!v[i].s)
            continue;
        str_addf(&doc, "%s\"%s\":", open, paths[i]);
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
 * says. */
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
    }
    if (!n->model->ready)
        n->state =
            (struct node_state){NODE_BASE_DOWN, unknown ? NODE_FLAG_NOT_RESPONDING : 0};
}

static void take(void *arg, const struct json_text *values)
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

/* ---- the list ---- */

static void forget(void *arg)
{
    struct nodelist *list = arg;

    for (size_t i = 0; i < list->n; i++)
        node_free(list->rows[i].model);
    list->n = 0;
}

void nodelist_init(struct nodelist *list)
{
    *list = (struct nodelist){.arena = arena_new()};
    restable_init(&list->resources);
    list->convert = (struct convert){.resources = &list->resources,
                                     .gpu_resource = GPU_RESOURCE,
                                     .gpu_type_label = GPU_TYPE_LABEL};
}

void nodelist_fini(struct nodelist *list)
{
    forget(list);
    free(list->rows);
    arena_free(list->arena);
    *list = (struct nodelist){0};
}

static int compare(const void *a, const void *b)
{
    return hostname_compare(((const struct noderow *)a)->name,
                            ((const struct noderow *)b)->name);
}

int nodelist_ask_gpus(struct nodelist *list, struct api *c, const char *controller_ns,
                      struct err *err)
{
    struct settings settings;
    struct err own = ERR_INIT;

    settings_default(&settings);
    if (clusterconf_fetch(c, controller_ns, PUBLISHED_GPUS, &settings, &own) < 0 &&
        own.http_status != 403) {
        if (err)
            *err = own;
        return -1;
    }
    list->convert.gpu_resource = keep(list, settings.gpu_resource);
    list->convert.gpu_type_label = keep(list, settings.gpu_type_label);
    return 0;
}

int nodelist_fetch(struct nodelist *list, struct api *c, struct err *err)
{
    const struct fetch fetch = {.resource = &kc_nodes,
                                .paths = paths,
                                .n_paths = P_N,
                                .item = take,
                                .again = forget,
                                .arg = list};

    if (fetch_all(c, &fetch, err) < 0)
        return -1;
    if (list->n > 1)
        qsort(list->rows, list->n, sizeof(*list->rows), compare);
    return 0;
}

struct noderow *nodelist_find(const struct nodelist *list, const char *name)
{
    const struct noderow wanted = {.name = name};

    return list->n == 0
               ? NULL
               : bsearch(&wanted, list->rows, list->n, sizeof(*list->rows), compare);
}

/* ---- what jobs hold ---- */

static void hold_slot(struct nodelist *list, const struct jobrow *job,
                      const struct slot *slot)
{
    struct noderow *n = nodelist_find(list, slot->node);
    const int gpu = restable_find(&list->resources, list->convert.gpu_resource);

    if (!n)
        return;
    n->jobs++;
    n->completing += job_word_is(job->word, JOB_STATE_COMPLETING);
    n->used_milli += slot->pods * slot->each.v[RES_CPU];
    n->used_bytes += slot->pods * slot->each.v[RES_MEM];
    if (gpu >= 0)
        n->used_gpus += slot->pods * slot->each.v[gpu];
    if (job->exclusive)
        n->used_milli = MAX(n->used_milli, n->cpus * 1000);
}

static void hold(struct nodelist *list, const struct jobrow *job)
{
    JSON_AUTO struct json *placement = json_parse_str(job->placement, NULL);
    struct slot *slots;
    size_t n;

    if (convert_placement_from_json(&list->convert, placement, &slots, &n, NULL) < 0)
        return;
    for (size_t i = 0; i < n; i++)
        hold_slot(list, job, &slots[i]);
    slots_free(slots, n);
}

static void plan(struct nodelist *list, const struct jobrow *job)
{
    HOSTLIST_AUTO struct hostlist nodes = {0};

    if (hostlist_parse(&nodes, job->planned_nodes, NULL) < 0)
        return;
    for (size_t i = 0; i < nodes.n; i++) {
        struct noderow *n = nodelist_find(list, nodes.names[i]);
        if (n)
            n->state.flags |= NODE_FLAG_PLANNED;
    }
}

static void settle(struct noderow *n)
{
    const int64_t active = n->jobs - n->completing;

    if (n->model->unschedulable)
        n->state.flags |= NODE_FLAG_DRAIN;
    if (n->completing > 0)
        n->state.flags |= NODE_FLAG_COMPLETING;
    if (n->state.base == NODE_BASE_DOWN)
        return;
    if (active == 0)
        n->state.base = NODE_BASE_IDLE;
    else if (n->cpus > 0 && n->used_milli + 999 >= n->cpus * 1000)
        n->state.base = NODE_BASE_ALLOCATED;
    else
        n->state.base = NODE_BASE_MIXED;
}

void nodelist_settle(struct nodelist *list, const struct joblist *jobs)
{
    for (size_t i = 0; i < jobs->n; i++) {
        const struct jobrow *job = &jobs->rows[i];
        if (job->word->kind == JOB_KIND_ACTIVE && job->placement)
            hold(list, job);
        else if (job->word->kind == JOB_KIND_PENDING && job->promised &&
                 job->planned_nodes)
            plan(list, job);
    }
    for (size_t i = 0; i < list->n; i++)
        settle(&list->rows[i]);
}

int64_t noderow_used_cpus(const struct noderow *n)
{
    return MIN((n->used_milli + 999) / 1000, n->cpus);
}

void noderow_features(const struct noderow *n, struct str *out)
{
    const size_t before = out->len;

    constraint_features(n->model, out);
    if (out->len == before)
        str_add(out, "(null)");
}

void noderow_gres(const struct noderow *n, int64_t count, struct str *out)
{
    if (n->gpus == 0)
        str_add(out, "(null)");
    else if (n->model->gpu_type)
        str_addf(out, "gpu:%s:%" PRId64, n->model->gpu_type, count);
    else
        str_addf(out, "gpu:%" PRId64, count);
}
