#include "cmd/gantry-controller/podbuild.h"

#include <inttypes.h>
#include <string.h>

#include "base/hostlist.h"
#include "base/quantity.h"
#include "base/util.h"

#define POD_NAME_MAX 63
#define JOB_NAME_CUT 40
#define NODELIST_MAX (64u << 10)

/* Where a rank stands. */
struct seat {
    const struct slot *slot;
    size_t node_index;
    int64_t local_rank;
};

void pod_name(const struct bjob *job, int64_t attempt, int64_t rank, struct str *out)
{
    str_addf(out, "%.*s-%" PRId64 "-%" PRId64 "-%" PRId64, JOB_NAME_CUT, job->name,
             job->status.job_id, attempt, rank);
}

static struct seat seat_of(const struct pod_plan *plan, int64_t rank)
{
    for (size_t i = 0; i < plan->n_slots; i++) {
        const struct slot *s = &plan->slots[i];
        if (rank < s->first_rank + s->pods)
            return (struct seat){s, i, rank - s->first_rank};
    }
    return (struct seat){&plan->slots[plan->n_slots - 1], plan->n_slots - 1, 0};
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

static void set_labels(struct json *labels, const struct bjob *job, int64_t attempt,
                       int64_t rank)
{
    set_number(labels, LABEL_JOB_ID, job->status.job_id);
    json_set(labels, LABEL_JOB_UID, json_new_string(job->uid));
    set_number(labels, LABEL_ATTEMPT, attempt);
    set_number(labels, LABEL_RANK, rank);
}

static struct json *owners(const struct bjob *job)
{
    return json_build(
        "[{'apiVersion':'gantry.dev/v1alpha1','kind':'BatchJob','name':%s,"
        "'uid':%s,'controller':true,'blockOwnerDeletion':false}]",
        job->name, job->uid);
}

static void set_metadata(struct json *pod, const struct pod_plan *plan, int64_t rank,
                         const char *name)
{
    struct json *meta = object_in(pod, "metadata");
    json_set(meta, "name", json_new_string(name));
    json_set(meta, "namespace", json_new_string(plan->job->ns));
    json_del(meta, "generateName");
    set_labels(object_in(meta, "labels"), plan->job, plan->attempt, rank);
    json_set(meta, "ownerReferences", owners(plan->job));
    struct json *finalizers = json_new_array();
    json_append(finalizers, json_new_string(FINALIZER_ACCOUNTED));
    json_set(meta, "finalizers", finalizers);
    struct json *annotations = object_in(meta, "annotations");
    json_set(annotations, POD_NODE_ANNOTATION,
             json_new_string(seat_of(plan, rank).slot->node));
    if (plan->partition)
        json_set(annotations, ANNOTATION_PARTITION, json_new_string(plan->partition));
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

/* Adds `amount` of a resource to a list of quantities such as resources.requests. */
static void add_quantity(struct json *list, const char *name, int resource,
                         int64_t amount)
{
    int64_t have = 0;
    char text[QUANTITY_TEXT_MAX];
    const struct json *old = json_get(list, name);
    if (resource == RES_CPU) {
        if (old)
            quantity_read_milli(old, &have, NULL);
        quantity_format_milli(have + amount, text);
    } else {
        if (old)
            quantity_read(old, &have, NULL);
        quantity_format_bytes(have + amount, text);
    }
    json_set(list, name, json_new_string(text));
}

/* Slurm's shape: what the placement gives a pod beyond what the template asks itself.
 */
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
        const char *name = c->resources->name[i];
        add_quantity(object_in(resources, "requests"), name, i, more);
        if (i >= RES_FIXED) /* extended resources: limits equal requests */
            add_quantity(object_in(resources, "limits"), name, i, more);
    }
    pod_free(own);
    return 0;
}

/* ---- variables ---- */

static bool env_has(const struct json *env, const char *name)
{
    for (size_t i = 0; i < json_len(env); i++)
        if (str_eq(json_str(json_item(env, i), "name"), name))
            return true;
    return false;
}

static void env_set(struct json *env, const char *name, const char *value)
{
    if (!env_has(env, name))
        json_append(env, json_build("{'name':%s,'value':%s}", name, value));
}

static void env_number(struct json *env, const char *name, int64_t value)
{
    AUTO_FREE char *text = xasprintf("%" PRId64, value);
    env_set(env, name, text);
}

static void nodelist(const struct pod_plan *plan, struct str *out)
{
    HOSTLIST_AUTO struct hostlist hl = {0};
    for (size_t i = 0; i < plan->n_slots; i++)
        hostlist_add(&hl, plan->slots[i].node);
    hostlist_format(&hl, out);
}

/* Rank 0's name within the job's Service; a job of one pod speaks to itself. */
static void master_address(const struct pod_plan *plan, int64_t pods, struct str *out)
{
    if (pods == 1) {
        str_add(out, "127.0.0.1");
        return;
    }
    pod_name(plan->job, plan->attempt, 0, out);
    AUTO_FREE char *service = service_name(plan->job);
    str_addf(out, ".%s", service);
}

static void set_env(struct json *env, const struct pod_plan *plan, int64_t rank)
{
    const struct bjob *job = plan->job;
    struct seat seat = seat_of(plan, rank);
    int64_t pods = slots_pods(plan->slots, plan->n_slots);
    STR_AUTO struct str nodes, master;
    str_init(&nodes, NODELIST_MAX);
    str_init(&master, 2 * POD_NAME_MAX);
    nodelist(plan, &nodes);
    master_address(plan, pods, &master);
    const struct {
        const char *name;
        int64_t value;
    } numbers[] = {
        {"SLURM_JOB_ID", job->status.job_id},
        {"SLURM_JOBID", job->status.job_id},
        {"SLURM_JOB_NUM_NODES", (int64_t)plan->n_slots},
        {"SLURM_NNODES", (int64_t)plan->n_slots},
        {"SLURM_NTASKS", pods},
        {"SLURM_NPROCS", pods},
        {"SLURM_PROCID", rank},
        {"SLURM_NODEID", (int64_t)seat.node_index},
        {"SLURM_LOCALID", seat.local_rank},
        {"SLURM_RESTART_COUNT", job->status.restarts},
        {"RANK", rank},
        {"WORLD_SIZE", pods},
        {"MASTER_PORT", POD_MASTER_PORT},
        {"PET_NNODES", pods},
        {"PET_NODE_RANK", rank},
        {"PET_MASTER_PORT", POD_MASTER_PORT},
    };
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        env_number(env, numbers[i].name, numbers[i].value);
    env_set(env, "SLURM_JOB_NAME", job->name);
    env_set(env, "SLURM_JOB_PARTITION", plan->partition ? plan->partition : "");
    env_set(env, "SLURM_JOB_NODELIST", nodes.s);
    env_set(env, "SLURM_NODELIST", nodes.s);
    env_set(env, "SLURMD_NODENAME", seat.slot->node);
    env_set(env, "MASTER_ADDR", master.s);
    env_set(env, "PET_MASTER_ADDR", master.s);
}

static struct json *env_of(struct json *container)
{
    struct json *env = json_get(container, "env");
    if (json_is(env, JSON_ARRAY))
        return env;
    json_set(container, "env", json_new_array());
    return json_get(container, "env");
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
        json_set(spec, "nodeName", json_new_string(plan->slots[0].node));
        return;
    }
    AUTO_FREE char *service = service_name(plan->job);
    json_set(spec, "subdomain", json_new_string(service));
}

struct json *pod_build(const struct pod_plan *plan, int64_t rank, struct err *err)
{
    const char *template = plan->job->template_text;
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
    int rc =
        add_shape(plan->convert, pod, container, &seat_of(plan, rank).slot->each, err);
    json_del(json_get(pod, "metadata"), "uid");
    if (rc < 0)
        return NULL;
    set_spec(pod, plan, name.s);
    set_env(env_of(container), plan, rank);
    return TAKE(pod);
}

char *service_name(const struct bjob *job)
{
    return xasprintf(SERVICE_PREFIX "%" PRId64, job->status.job_id);
}

struct json *pod_service(const struct bjob *job)
{
    AUTO_FREE char *name = service_name(job);
    AUTO_FREE char *job_id = xasprintf("%" PRId64, job->status.job_id);
    JSON_AUTO struct json *owner = owners(job);
    return json_build(
        "{'apiVersion':'v1','kind':'Service','metadata':{'name':%s,'namespace':%s,"
        "'labels':{%s:%s,%s:%s},'ownerReferences':%j},"
        "'spec':{'clusterIP':'None','publishNotReadyAddresses':true,"
        "'selector':{%s:%s}}}",
        name, job->ns, LABEL_JOB_ID, job_id, LABEL_JOB_UID, job->uid, owner,
        LABEL_JOB_UID, job->uid);
}
