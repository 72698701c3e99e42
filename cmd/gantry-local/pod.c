/* pod - what the API server itself knows of pods: defaults, the fixed spec, binding. */
#include <string.h>

#include "base/duration.h"
#include "base/quantity.h"
#include "base/util.h"
#include "cmd/gantry-local/answer.h"
#include "cmd/gantry-local/metadata.h"
#include "cmd/gantry-local/names.h"
#include "cmd/gantry-local/pod_check.h"
#include "cmd/gantry-local/pod_priority.h"
#include "cmd/gantry-local/strategy.h"

/* ---- defaults ---- */

/* What admission plugins fill; the rest stands in the table of types. Single quotes as
 * in json_build. */
static const struct {
    const char *path, *value;
} spec_defaults[] = {
    {"spec.serviceAccountName", "'default'"},
    {"spec.serviceAccount", "'default'"},
};
static const char *const container_lists[] = {"spec.containers", "spec.initContainers"};

/* A container that names a limit asks for as much. */
static void default_requests(struct json *container)
{
    const struct json *limits = json_at(container, "resources.limits");
    struct json *requests = json_at(container, "resources.requests");

    if (json_len(limits) == 0)
        return;
    if (!requests) {
        json_set_at(container, "resources.requests", json_new_object());
        requests = json_at(container, "resources.requests");
    }
    for (json_each (it, limits))
        if (!json_get(requests, it.key))
            json_set(requests, it.key, json_copy(it.val));
}

static bool tolerates(const struct json *tolerations, const char *key)
{
    for (size_t i = 0; i < json_len(tolerations); i++) {
        const struct json *t = json_item(tolerations, i);
        const char *effect = json_str_or(t, "effect", "");
        const char *have = json_str_or(t, "key", "");
        if ((strcmp(have, key) == 0 || !have[0]) &&
            (!effect[0] || strcmp(effect, "NoExecute") == 0))
            return true;
    }
    return false;
}

/* Pods stay five minutes on a node that is lost, unless they say otherwise. */
static void default_tolerations(struct json *pod)
{
    static const char *const keys[] = {"node.kubernetes.io/not-ready",
                                       "node.kubernetes.io/unreachable"};

    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (tolerates(json_at(pod, "spec.tolerations"), keys[i]))
            continue;
        if (!json_at(pod, "spec.tolerations"))
            json_set_at(pod, "spec.tolerations", json_new_array());
        json_append(
            json_at(pod, "spec.tolerations"),
            json_build("{'key': %s, 'operator': 'Exists', 'effect': 'NoExecute',"
                       " 'tolerationSeconds': 300}",
                       keys[i]));
    }
}

/* ---- quality of service ---- */

static const char *const qos_resources[] = {"cpu", "memory"};

struct qos {
    bool any;        /* a request or limit of cpu or memory stands somewhere */
    bool guaranteed; /* every container has limits of both, equal to its requests */
};

static bool quantity_of(const struct json *container, const char *list,
                        const char *name, int64_t *ret)
{
    struct err err = ERR_INIT;
    const struct json *value = json_get(json_at(container, list), name);

    return value && quantity_read_milli(value, ret, &err) == 0 && *ret != 0;
}

static void count_qos(const struct json *list, struct qos *qos)
{
    for (size_t i = 0; i < json_len(list); i++) {
        for (size_t k = 0; k < ARRAY_LEN(qos_resources); k++) {
            int64_t request, limit;
            const struct json *c = json_item(list, i);
            const bool asks =
                quantity_of(c, "resources.requests", qos_resources[k], &request);
            const bool limited =
                quantity_of(c, "resources.limits", qos_resources[k], &limit);
            qos->any |= asks || limited;
            qos->guaranteed &= asks && limited && request == limit;
        }
    }
}

static const char *qos_class(const struct json *pod)
{
    struct qos qos = {.guaranteed = true};

    for (size_t i = 0; i < ARRAY_LEN(container_lists); i++)
        count_qos(json_at(pod, container_lists[i]), &qos);
    return !qos.any ? "BestEffort" : qos.guaranteed ? "Guaranteed" : "Burstable";
}

static void set_first_status(struct json *pod, int64_t now_sec)
{
    char now[TIME_TEXT_MAX];

    time_format_rfc3339(now_sec, now);
    json_set(pod, "status",
             json_build("{'phase': 'Pending', 'qosClass': %s}", qos_class(pod)));
    if (json_len(json_at(pod, "spec.schedulingGates")) == 0)
        return;
    json_set_at(pod, "status.conditions",
                json_build("[{'type': 'PodScheduled', 'status': 'False',"
                           " 'lastTransitionTime': %s,"
                           " 'reason': 'SchedulingGated',"
                           " 'message': 'Scheduling is blocked due to non-empty "
                           "scheduling gates'}]",
                           now));
}

/* It is given once; a status that does not say it keeps it. */
static void keep_qos_class(struct write *w)
{
    const struct json *was = json_at(w->before, "status.qosClass");

    if (was && json_is(json_get(w->after, "status"), JSON_OBJECT) &&
        !json_at(w->after, "status.qosClass"))
        json_set_at(w->after, "status.qosClass", json_copy(was));
}

void pod_prepare(struct write *w)
{
    if (w->before) {
        keep_qos_class(w);
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(container_lists); i++)
        for (size_t k = 0; k < json_len(json_at(w->after, container_lists[i])); k++)
            default_requests(json_item(json_at(w->after, container_lists[i]), k));
    set_first_status(w->after, loop_now_sec(w->call->server->loop));
}

int pod_admit(struct write *w)
{
    if (w->before)
        return 0;
    for (size_t i = 0; i < ARRAY_LEN(spec_defaults); i++)
        if (!json_at(w->after, spec_defaults[i].path))
            json_set_at(w->after, spec_defaults[i].path,
                        json_build(spec_defaults[i].value));
    default_tolerations(w->after);
    return pod_priority_admit(w);
}

/* ---- the fixed spec ---- */

/* What may differ between an old and a new spec is taken out of both. */
static struct json *fixed_part(const struct json *pod)
{
    static const char *const mutable_fields[] = {"activeDeadlineSeconds", "tolerations",
                                                 "terminationGracePeriodSeconds",
                                                 "schedulingGates"};
    const struct json *said = json_get(pod, "spec");
    struct json *spec =
        json_is(said, JSON_OBJECT) ? json_copy(said) : json_new_object();

    for (size_t i = 0; i < ARRAY_LEN(mutable_fields); i++)
        json_del(spec, mutable_fields[i]);
    for (size_t i = 0; i < ARRAY_LEN(container_lists); i++) {
        struct json *list = json_at(spec, container_lists[i] + strlen("spec."));
        for (size_t k = 0; k < json_len(list); k++)
            json_del(json_item(list, k), "image");
    }
    /* A gated pod's placement may still be narrowed. */
    if (json_len(json_at(pod, "spec.schedulingGates")) > 0) {
        json_del(spec, "nodeSelector");
        json_del(spec, "affinity");
    }
    return spec;
}

static bool contains(const struct json *list, const struct json *item)
{
    for (size_t i = 0; i < json_len(list); i++)
        if (json_equal(json_item(list, i), item))
            return true;
    return false;
}

/* Every item of `part` is in `whole`. */
static bool is_part(const struct json *part, const struct json *whole)
{
    for (size_t i = 0; i < json_len(part); i++)
        if (!contains(whole, json_item(part, i)))
            return false;
    return true;
}

static bool is_fixed(const struct json *before, const struct json *after)
{
    JSON_AUTO struct json *was = fixed_part(before);
    JSON_AUTO struct json *is = fixed_part(after);
    const int64_t grace_was =
        json_int_or(before, "spec.terminationGracePeriodSeconds", 0);
    const int64_t grace_is =
        json_int_or(after, "spec.terminationGracePeriodSeconds", 0);

    if (json_len(json_at(before, "spec.schedulingGates")) > 0) {
        json_del(is, "nodeSelector");
        json_del(is, "affinity");
    }
    return json_equal(was, is) &&
           (grace_is == grace_was || (grace_was < 0 && grace_is == 1));
}

/* A deadline may be set, and come nearer. */
static void check_deadline(struct write *w)
{
    static const char path[] = "spec.activeDeadlineSeconds";
    const struct json *was = json_at(w->before, path), *is = json_at(w->after, path);

    if (!was || (is && json_int(is) <= json_int(was)))
        return;
    AUTO_FREE char *message =
        is ? xasprintf("Invalid value: %lld: must be less than or equal to previous "
                       "value",
                       (long long)json_int(is))
           : xstrdup("Invalid value: null: must not update from a positive integer to "
                     "nil value");
    write_invalid(w, path, "FieldValueInvalid", message);
}

static void check_tolerations(struct write *w)
{
    static const char path[] = "spec.tolerations";

    if (!is_part(json_at(w->before, path), json_at(w->after, path)))
        write_invalid(w, path, "FieldValueForbidden",
                      "Forbidden: existing toleration can not be modified except its "
                      "tolerationSeconds");
}

static void check_gates(struct write *w)
{
    const struct json *was = json_at(w->before, "spec.schedulingGates");
    const struct json *is = json_at(w->after, "spec.schedulingGates");

    for (size_t i = 0; i < json_len(is); i++) {
        if (contains(was, json_item(is, i)))
            continue;
        AUTO_FREE char *field = xasprintf("spec.schedulingGates[%zu].name", i);
        AUTO_FREE char *message =
            xasprintf("Forbidden: only deletion is allowed, but found new scheduling "
                      "gate '%s'",
                      json_str_or(json_item(is, i), "name", ""));
        write_invalid(w, field, "FieldValueForbidden", message);
    }
}

/* ---- status ---- */

/* The container's status of that name is there, and not that of one that has ended. */
static bool runs_on(const struct json *list, const char *name)
{
    for (size_t i = 0; i < json_len(list); i++)
        if (str_eq(json_str(json_item(list, i), "name"), name))
            return !json_at(json_item(list, i), "state.terminated");
    return false;
}

/* What has ended for good has ended, also for a status that was long on its way. */
static void check_ends(struct write *w, const char *path)
{
    const char *policy = json_str_or(w->after, "spec.restartPolicy", "Always");
    const struct json *was = json_at(w->before, path), *is = json_at(w->after, path);

    if (strcmp(policy, "Always") == 0)
        return;
    for (size_t i = 0; i < json_len(was); i++) {
        const struct json *c = json_item(was, i);
        if (!json_at(c, "state.terminated") ||
            (strcmp(policy, "OnFailure") == 0 &&
             json_int_or(c, "state.terminated.exitCode", 0) != 0) ||
            !runs_on(is, json_str_or(c, "name", "")))
            continue;
        AUTO_FREE char *field = xasprintf("%s[%zu].state", path, i);
        write_invalid(w, field, "FieldValueForbidden",
                      "Forbidden: may not be transitioned to non-terminated state");
    }
}

static void found_cause(void *arg, const struct cause *cause)
{
    write_invalid(arg, cause->field, cause->reason, cause->message);
}

void pod_validate(struct write *w)
{
    if (!w->before) {
        if (json_len(json_at(w->after, "spec.containers")) == 0)
            write_invalid(w, "spec.containers", "FieldValueRequired", "Required value");
        pod_check(json_get(w->after, "spec"), "spec", found_cause, w);
        return;
    }
    check_ends(w, "status.containerStatuses");
    check_ends(w, "status.initContainerStatuses");
    check_deadline(w);
    check_tolerations(w);
    check_gates(w);
    if (is_fixed(w->before, w->after))
        return;
    write_invalid(
        w, "spec", "FieldValueForbidden",
        "Forbidden: pod updates may not change fields other than "
        "`spec.containers[*].image`,`spec.initContainers[*].image`,"
        "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing "
        "tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if "
        "it "
        "was previously negative)");
}

/* ---- binding ---- */

/* Is it the pod that is meant? */
static int check_meant(struct call *call, const struct json *pod,
                       const struct json *binding)
{
    static const char *const rows[][2] = {
        {"UID", "metadata.uid"}, {"ResourceVersion", "metadata.resourceVersion"}};

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const char *wanted = json_str_or(binding, rows[i][1], "");
        const char *is = json_str_or(pod, rows[i][1], "");
        if (wanted[0] && strcmp(wanted, is) != 0)
            return refuse_precondition(&call->refusal, call->kind, call->ns, call->name,
                                       rows[i][0], wanted, is);
    }
    return 0;
}

/* Why the pod cannot be bound, a fresh text; NULL: it can. */
static char *unbindable(const struct json *pod)
{
    const char *node = json_str_or(pod, "spec.nodeName", "");

    if (json_at(pod, "metadata.deletionTimestamp"))
        return xasprintf("pod %s is being deleted, cannot be assigned to a host",
                         json_str_or(pod, "metadata.name", ""));
    if (node[0])
        return xasprintf("pod %s is already assigned to node \"%s\"",
                         json_str_or(pod, "metadata.name", ""), node);
    if (json_len(json_at(pod, "spec.schedulingGates")) > 0)
        return xasprintf("pod %s has non-empty .spec.schedulingGates",
                         json_str_or(pod, "metadata.name", ""));
    return NULL;
}

static void merge_map(struct json *pod, const struct json *binding, const char *path)
{
    const struct json *more = json_at(binding, path);

    if (json_len(more) > 0 && !json_at(pod, path))
        json_set_at(pod, path, json_new_object());
    for (json_each (it, more))
        json_set(json_at(pod, path), it.key, json_copy(it.val));
}

/* The condition takes the place of one of its type. */
static void set_condition(struct json *pod, struct json *take)
{
    struct json *conditions = json_at(pod, "status.conditions");

    if (!json_is(conditions, JSON_ARRAY)) {
        json_set_at(pod, "status.conditions", json_new_array());
        conditions = json_at(pod, "status.conditions");
    }
    for (size_t i = 0; i < json_len(conditions); i++) {
        if (str_eq(json_str(json_item(conditions, i), "type"),
                   json_str(take, "type"))) {
            json_array_set(conditions, i, take);
            return;
        }
    }
    json_append(conditions, take);
}

static void set_scheduled(struct json *pod, int64_t now_sec)
{
    char now[TIME_TEXT_MAX];

    time_format_rfc3339(now_sec, now);
    set_condition(pod, json_build("{'type': 'PodScheduled', 'status': 'True',"
                                  " 'lastProbeTime': null, 'lastTransitionTime': %s}",
                                  now));
}

void pod_set_evicted(struct json *pod, int64_t now_sec)
{
    char now[TIME_TEXT_MAX];

    time_format_rfc3339(now_sec, now);
    set_condition(pod, json_build("{'type': 'DisruptionTarget', 'status': 'True',"
                                  " 'lastProbeTime': null, 'lastTransitionTime': %s,"
                                  " 'reason': 'EvictionByEvictionAPI',"
                                  " 'message': 'Eviction API: evicting'}",
                                  now));
}

static void bind(struct json *pod, const struct json *binding, const char *node,
                 int64_t now_sec)
{
    json_set_at(pod, "spec.nodeName", json_new_string(node));
    merge_map(pod, binding, "metadata.annotations");
    merge_map(pod, binding, "metadata.labels");
    json_del(json_get(pod, "status"), "nominatedNodeName");
    set_scheduled(pod, now_sec);
}

static struct json *parse_binding(struct call *call)
{
    struct err err = ERR_INIT;
    struct json *binding = json_parse(call->req->body, call->req->body_len, &err);

    if (!json_is(binding, JSON_OBJECT) || metadata_check(binding, &err) != 0) {
        refuse_bad_request(
            &call->refusal,
            "Binding in version \"v1\" cannot be handled as a Binding: %s",
            err.code ? err.msg : "expected a JSON object");
        json_free(binding);
        return NULL;
    }
    return binding;
}

/* A fault of the request that Kubernetes answers as one of its own. */
static int refuse_target(struct call *call, const char *message)
{
    refuse(&call->refusal, 500, "", "%s", message);
    json_del(call->refusal.status, "reason");
    return -1;
}

static int check_binding(struct call *call, const struct json *binding)
{
    const char *kind = json_str_or(binding, "target.kind", "");
    const char *node = json_str_or(binding, "target.name", "");
    const char *name = json_str_or(binding, "metadata.name", "");
    AUTO_FREE char *message = NULL;

    if (strcmp(name, call->name) != 0)
        return refuse_bad_request(&call->refusal,
                                  "name in URL does not match name in Binding object");
    if (kind[0] && strcmp(kind, "Node") != 0)
        message = xasprintf("target.kind: Unsupported value: \"%s\": supported values: "
                            "\"Node\", \"<empty>\"",
                            kind);
    else if (!node[0])
        message = xstrdup("target.name: Required value");
    else if (name_refuse_subdomain(node))
        message = xasprintf("target.name: Invalid value: \"%s\": %s", node,
                            name_refuse_subdomain(node));
    return message ? refuse_target(call, message) : 0;
}

int verb_bind(struct call *call)
{
    JSON_AUTO struct json *binding = parse_binding(call);
    struct apiserver *server = call->server;

    if (!binding)
        return -1;
    if (check_binding(call, binding) != 0)
        return -1;
    struct object *o = table_find(call->table, call->ns, call->name);
    if (!o)
        return refuse_not_found(&call->refusal, call->kind, call->name);
    const char *node = json_str_or(binding, "target.name", "");
    JSON_AUTO struct json *pod = object_tree(o);
    if (check_meant(call, pod, binding) != 0)
        return -1;
    AUTO_FREE char *why = unbindable(pod);
    if (why)
        return refuse_conflict_of(&call->refusal, call->kind, "pods/binding",
                                  call->name, why);
    bind(pod, binding, node, loop_now_sec(server->loop));
    if (!call_param_or(call, "dryRun", "")[0]) {
        struct object *bound =
            object_new(pod, call->kind, store_next_version(server->store));
        if (!bound)
            return refuse(&call->refusal, 413, "RequestEntityTooLarge",
                          "the object is larger than %u bytes", OBJECT_BYTES_MAX);
        store_put(server->store, call->table, bound);
    }
    JSON_AUTO struct json *status = json_build(
        "{'kind': 'Status', 'apiVersion': 'v1', 'metadata': {}, 'status': 'Success',"
        " 'code': 201}");
    return answer_tree(call, 201, status);
}
