#include "cmd/gantry-controller/podbuild.h"

#include <inttypes.h>
#include <string.h>

#include "base/quantity.h"
#include "base/util.h"
#include "cmd/gantry-controller/podenv.h"
#include "cmd/gantry-controller/service.h"

#define POD_NAME_MAX 63
#define JOB_NAME_CUT 40

void pod_name(const struct bjob *job, int64_t attempt, int64_t rank, struct str *out)
{
    char tail[POD_NAME_MAX];
    int len = snprintf(tail, sizeof(tail), "-%" PRId64 "-%" PRId64 "-%" PRId64,
                       job->status.job_id, attempt, rank);
    /* It is the hostname too, so no longer than a label of DNS. */
    str_addf(out, "%.*s%s", MIN(JOB_NAME_CUT, MAX(POD_NAME_MAX - len, 1)), job->name,
             tail);
}

struct seat pod_seat(const struct pod_plan *plan, int64_t rank)
{
    for (size_t i = 0; i < plan->n_slots; i++) {
        const struct slot *s = &plan->slots[i];
        if (rank < s->first_rank + s->pods)
            return (struct seat){s, i, rank - s->first_rank};
    }
    return (struct seat){&plan->slots[plan->n_slots - 1], plan->n_slots - 1, 0};
}

struct pod_plan pod_world(const struct pod_plan *plan, int64_t component)
{
    const struct work *work = pod_work(plan->job, component);
    struct pod_plan world = *plan;
    while (world.n_slots > 0 && world.slots[0].component < component) {
        world.slots++;
        world.n_slots--;
    }
    while (world.n_slots > 0 && world.slots[world.n_slots - 1].component > component)
        world.n_slots--;
    if (work->partition)
        world.partition = work->partition;
    world.account = work->account;
    world.qos = work->qos;
    return world;
}

/* The spec may have lost components since the start. */
const struct work *pod_work(const struct bjob *job, int64_t component)
{
    return &job->works[MIN((size_t)component, job->n_works - 1)];
}

static struct json *object_in(struct json *parent, const char *key)
{
    struct json *child = json_get(parent, key);
    if (json_is(child, JSON_OBJECT))
        return child;
    json_set(parent, key, json_new_object());
    return json_get(parent, key);
}

/* ---- metadata ---- */

static void set_number(struct json *object, const char *key, int64_t value)
{
    AUTO_FREE char *text = xasprintf("%" PRId64, value);
    json_set(object, key, json_new_string(text));
}

static void set_labels(struct json *labels, const struct pod_plan *plan, int64_t rank)
{
    const struct bjob *job = plan->job;
    const struct work *work = pod_work(job, pod_seat(plan, rank).slot->component);
    set_number(labels, LABEL_JOB_ID, job->status.job_id);
    json_set(labels, LABEL_JOB_UID, json_new_string(job->uid));
    set_number(labels, LABEL_ATTEMPT, plan->attempt);
    set_number(labels, LABEL_RANK, rank);
    if (job->task)
        set_number(labels, LABEL_ARRAY_TASK, job->task->index);
    if (work->name)
        json_set(labels, LABEL_COMPONENT, json_new_string(work->name));
}

struct json *pod_owners(const struct bjob *job)
{
    return json_build(
        "[{'apiVersion':'gantry.dev/v1alpha1','kind':'BatchJob','name':%s,"
        "'uid':%s,'controller':true,'blockOwnerDeletion':false}]",
        job->name, job->uid);
}

/* Ours beside the author's. */
static struct json *finalizers(const struct json *theirs)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < json_len(theirs); i++)
        if (!str_eq(json_string(json_item(theirs, i)), FINALIZER_ACCOUNTED))
            json_append(list, json_copy(json_item(theirs, i)));
    json_append(list, json_new_string(FINALIZER_ACCOUNTED));
    return list;
}

static void set_annotations(struct json *annotations, const struct pod_plan *plan,
                            int64_t rank)
{
    /* A gang that loses a rank loses all: autoscalers are not to move it. The author
     * may think otherwise. */
    static const char *const stay[][2] = {
        {"cluster-autoscaler.kubernetes.io/safe-to-evict", "false"},
        {"karpenter.sh/do-not-disrupt", "true"}};
    for (size_t i = 0; i < ARRAY_LEN(stay); i++)
        if (!json_get(annotations, stay[i][0]))
            json_set(annotations, stay[i][0], json_new_string(stay[i][1]));
    const struct slot *slot = pod_seat(plan, rank).slot;
    const struct pod_plan world = pod_world(plan, slot->component);
    json_set(annotations, POD_NODE_ANNOTATION, json_new_string(slot->node));
    if (world.partition)
        json_set(annotations, ANNOTATION_PARTITION, json_new_string(world.partition));
}

/* Kubernetes takes labels, annotations and finalizers from a template, no more. */
static void set_metadata(struct json *pod, const struct pod_plan *plan, int64_t rank,
                         const char *name)
{
    const struct json *theirs = json_get(pod, "metadata");
    struct json *meta = json_build(
        "{'name':%s,'namespace':%s,'labels':%j,'annotations':%j}", name, plan->job->ns,
        json_get(theirs, "labels"), json_get(theirs, "annotations"));
    set_labels(object_in(meta, "labels"), plan, rank);
    set_annotations(object_in(meta, "annotations"), plan, rank);
    json_set(meta, "ownerReferences", pod_owners(plan->job));
    json_set(meta, "finalizers", finalizers(json_get(theirs, "finalizers")));
    json_set(pod, "metadata", meta);
}

/* ---- the main container ---- */

static struct json *main_container(const struct json *pod)
{
    const struct json *list = json_at(pod, "spec.containers");
    const struct json *annotations = json_at(pod, "metadata.annotations");
    const struct json *named =
        json_get(annotations, "kubectl.kubernetes.io/default-container");
    for (size_t i = 0; json_is(named, JSON_STRING) && i < json_len(list); i++)
        if (str_eq(json_str(json_item(list, i), "name"), json_string(named)))
            return json_item(list, i);
    return json_len(list) > 0 ? json_item(list, 0) : NULL;
}

static int64_t amount_in(const struct json *list, const char *name, int resource)
{
    const struct json *val = json_get(list, name);
    int64_t amount = 0;
    if (val && resource == RES_CPU)
        quantity_read_milli(val, &amount, NULL);
    else if (val)
        quantity_read(val, &amount, NULL);
    return amount;
}

static void set_amount(struct json *list, const char *name, int resource,
                       int64_t amount)
{
    char text[QUANTITY_TEXT_MAX];
    if (resource == RES_CPU)
        quantity_format_milli(amount, text);
    else
        quantity_format_bytes(amount, text);
    json_set(list, name, json_new_string(text));
}

/* What is limited but not requested counts as requested; a limit that is there rises
 * with the request, and those of extended resources are equal to it. */
static void add_resource(struct json *resources, const char *name, int resource,
                         int64_t more)
{
    struct json *requests = object_in(resources, "requests"),
                *limits = json_get(resources, "limits");
    bool requested = json_get(requests, name), limited = json_get(limits, name);
    int64_t limit = amount_in(limits, name, resource),
            request = requested ? amount_in(requests, name, resource) : limit;
    set_amount(requests, name, resource, request + more);
    if (resource >= RES_FIXED)
        set_amount(object_in(resources, "limits"), name, resource, request + more);
    else if (limited)
        set_amount(limits, name, resource, limit + more);
}

/* Slurm's shape: what a pod is given beyond the template's own request. What the server
 * adds is in the placement too, but is not ours to ask for. */
static int add_shape(const struct convert *c, struct json *pod, struct json *container,
                     const struct resvec *each, struct err *err)
{
    struct pod *own = convert_pod(c, pod, err);
    if (!own)
        return -1;
    struct json *resources = object_in(container, "resources");
    for (int i = 0; i < c->resources->n; i++) {
        int64_t more = each->v[i] - own->use.v[i];
        if (i == RES_PODS || more <= 0)
            continue;
        add_resource(resources, c->resources->name[i], i, more);
    }
    pod_free(own);
    return 0;
}

/* ---- the pod ---- */

static void set_spec(struct json *pod, const struct pod_plan *plan, const char *name)
{
    struct json *spec = object_in(pod, "spec");
    json_set(spec, "schedulerName", json_new_string(POD_SCHEDULER));
    json_set(spec, "hostname", json_new_string(name));
    if (!json_get(spec, "restartPolicy"))
        json_set(spec, "restartPolicy", json_new_string("Never"));
    if (slots_pods(plan->slots, plan->n_slots) == 1) {
        if (!plan->unbound)
            json_set(spec, "nodeName", json_new_string(plan->slots[0].node));
        return;
    }
    AUTO_FREE char *service = service_name(plan->job);
    json_set(spec, "subdomain", json_new_string(service));
}

struct json *pod_build(const struct pod_plan *plan, int64_t rank, struct err *err)
{
    const char *template =
        pod_work(plan->job, pod_seat(plan, rank).slot->component)->template_text;
    JSON_AUTO struct json *pod = json_parse_str(template ? template : "{}", err);
    if (!pod)
        return NULL;
    struct json *container = main_container(pod);
    if (!container) {
        err_set(err, ERR_INVALID,
                "spec.template.spec.containers: must have at least one");
        return NULL;
    }
    STR_AUTO struct str name;
    str_init(&name, 4 * POD_NAME_MAX);
    pod_name(plan->job, plan->attempt, rank, &name);
    json_set(pod, "apiVersion", json_new_string("v1"));
    json_set(pod, "kind", json_new_string("Pod"));
    set_metadata(pod, plan, rank, name.s);
    /* convert_pod, which add_shape asks, wants an identity. */
    json_set_at(pod, "metadata.uid", json_new_string("-"));
    struct resvec each = pod_seat(plan, rank).slot->each;
    if (plan->extra)
        resvec_sub(&each, plan->extra);
    int rc = add_shape(plan->convert, pod, container, &each, err);
    json_del(json_get(pod, "metadata"), "uid");
    if (rc < 0)
        return NULL;
    set_spec(pod, plan, name.s);
    if (plan->job->is_script && rank > 0)
        convert_script_wait(container);
    podenv_set(container, plan, rank);
    return TAKE(pod);
}
