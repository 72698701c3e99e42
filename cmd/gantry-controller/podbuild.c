#include "cmd/gantry-controller/podbuild.h"

#include <inttypes.h>
#include <string.h>

#include "base/quantity.h"
#include "base/util.h"
#include "cmd/gantry-controller/podamount.h"
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
    if (work->qos)
        world.qos = work->qos;
    return world;
}

/* The spec may have lost components since the start. */
const struct work *pod_work(const struct bjob *job, int64_t component)
{
    return &job->works[MIN((size_t)component, job->n_works - 1)];
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

/* What its status has of it: of a job of one pod the pod is all that tells. */
static void set_cpus(struct json *annotations, int64_t cpu_milli)
{
    char text[QUANTITY_TEXT_MAX];
    quantity_format_milli(cpu_milli, text);
    json_set(annotations, ANNOTATION_CPUS, json_new_string(text));
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
    if (slot->cpu_milli > slot->each.v[RES_CPU])
        set_cpus(annotations, slot->cpu_milli);
    if (slot->alone || slot->owned)
        json_set(annotations, ANNOTATION_EXCLUSIVE,
                 json_new_string(slot->alone ? "true" : EXCLUSIVE_USER));
}

/* Kubernetes takes labels, annotations and finalizers from a template, no more. */
static void set_metadata(struct json *pod, const struct pod_plan *plan, int64_t rank,
                         const char *name)
{
    const struct json *theirs = json_get(pod, "metadata");
    struct json *meta = json_build(
        "{'name':%s,'namespace':%s,'labels':%j,'annotations':%j}", name, plan->job->ns,
        json_get(theirs, "labels"), json_get(theirs, "annotations"));
    set_labels(podamount_object(meta, "labels"), plan, rank);
    set_annotations(podamount_object(meta, "annotations"), plan, rank);
    json_set(meta, "ownerReferences", pod_owners(plan->job));
    json_set(meta, "finalizers", finalizers(json_get(theirs, "finalizers")));
    json_set(pod, "metadata", meta);
}

/* ---- the pod ---- */

static void set_spec(struct json *pod, const struct pod_plan *plan, const char *name)
{
    struct json *spec = podamount_object(pod, "spec");
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

struct resvec pod_asks(const struct resvec *each, const struct resvec *extra)
{
    struct resvec asks = *each;
    resvec_sub(&asks, extra);
    if (each->v[RES_CPU] > 0)
        asks.v[RES_CPU] = MAX(asks.v[RES_CPU], 1);
    return asks;
}

/* All that counts for it; then, where others have its CPUs as well, the requests of
 * its part of them. */
static int give_amounts(const struct pod_plan *plan, struct json *pod,
                        const struct slot *slot, struct err *err)
{
    static const struct resvec none;
    const struct resvec *extra = plan->extra ? plan->extra : &none;
    const struct resvec counts = slot_counts(slot);
    const struct resvec asks = pod_asks(&counts, extra);
    if (podamount_add(plan->convert, pod, &asks, err) < 0)
        return -1;
    if (counts.v[RES_CPU] == slot->each.v[RES_CPU])
        return 0;
    return podamount_share(plan->convert, pod, pod_asks(&slot->each, extra).v[RES_CPU],
                           err);
}

struct json *pod_build(const struct pod_plan *plan, int64_t rank, struct err *err)
{
    const char *template =
        pod_work(plan->job, pod_seat(plan, rank).slot->component)->template_text;
    JSON_AUTO struct json *pod = json_parse_str(template ? template : "{}", err);
    if (!pod)
        return NULL;
    struct json *container = podamount_main(pod);
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
    int rc = give_amounts(plan, pod, pod_seat(plan, rank).slot, err);
    json_del(json_get(pod, "metadata"), "uid");
    if (rc < 0)
        return NULL;
    set_spec(pod, plan, name.s);
    if (plan->job->is_script && rank > 0)
        convert_script_wait(container);
    podenv_set(container, plan, rank);
    return TAKE(pod);
}
