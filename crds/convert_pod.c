#include <stdlib.h>
#include <string.h>

#include "base/quantity.h"
#include "base/util.h"
#include "crds/convert_private.h"
#include "crds/convert_volume.h"

static void read_identity(const struct json *object, struct pod *pod)
{
    const struct json *meta = json_get(object, "metadata");
    pod->ns = xstrdup(json_str_or(meta, "namespace", ""));
    pod->name = xstrdup(json_str_or(meta, "name", ""));
    pod->uid = xstrdup(json_str_or(meta, "uid", ""));
    pod->resource_version = xstrdup(json_str_or(meta, "resourceVersion", ""));
    pod->deleting = json_str(meta, "deletionTimestamp") != NULL;
    const struct json *finalizers = json_get(meta, "finalizers");
    size_t n = json_is(finalizers, JSON_ARRAY) ? json_len(finalizers) : 0;
    for (size_t i = 0; i < n; i++)
        if (str_eq(json_text_of(json_item(finalizers, i)), FINALIZER_ACCOUNTED))
            pod->accounted = true;
    const char *node = json_str(object, "spec.nodeName");
    pod->node = node && *node ? xstrdup(node) : NULL;
    pod->scheduler_name = xstrdup(json_str_or(object, "spec.schedulerName", ""));
    pod->gated = json_len(json_at(object, "spec.schedulingGates")) > 0;
}

/* A label that we wrote ourselves, so anything but a count is somebody else's: 0. */
static int64_t label_number(const struct json *labels, const char *key)
{
    const char *text = json_text_of(json_get(labels, key));
    char *end;
    long long n = text ? strtoll(text, &end, 10) : 0;
    return text && *text && *end == '\0' && n >= 0 ? n : 0;
}

static void read_ours(const struct json *object, struct pod *pod)
{
    const struct json *labels = json_at(object, "metadata.labels");
    pod->job_uid = xstrdup_null(json_text_of(json_get(labels, LABEL_JOB_UID)));
    pod->job_id = label_number(labels, LABEL_JOB_ID);
    pod->attempt = label_number(labels, LABEL_ATTEMPT);
    pod->rank = label_number(labels, LABEL_RANK);
    const struct json *annotations = json_at(object, "metadata.annotations");
    pod->partition =
        xstrdup_null(json_text_of(json_get(annotations, ANNOTATION_PARTITION)));
    const struct json *cpus = json_get(annotations, ANNOTATION_CPUS);
    if (cpus && quantity_read_milli(cpus, &pod->cpu_milli, NULL) < 0)
        pod->cpu_milli = 0; /* not ours */
    const char *whose = json_text_of(json_get(annotations, ANNOTATION_EXCLUSIVE));
    pod->owned = str_eq(whose, EXCLUSIVE_USER);
    pod->alone = whose && !pod->owned;
    pod->signals =
        xstrdup_null(json_text_of(json_get(annotations, ANNOTATION_SIGNALS)));
}

/* ---- how it goes ---- */

/* Reasons of nodes that end pods: shutting down, under pressure, gone, or back after a
 * restart without them. */
static const char *const lost_reasons[] = {
    "Terminated", "NodeShutdown", "NodeRestarted", "NodeLost", "Evicted", "Preempting"};

static bool is_disrupted(const struct json *object)
{
    const struct json *list = json_at(object, "status.conditions");
    size_t n = json_is(list, JSON_ARRAY) ? json_len(list) : 0;
    for (size_t i = 0; i < n; i++)
        if (str_eq(json_str(json_item(list, i), "type"), "DisruptionTarget") &&
            str_eq(json_str(json_item(list, i), "status"), "True"))
            return true;
    return false;
}

/* As a kubelet says it of pods that it ends before its machine goes down; also of one
 * that was deleted before it had begun, which has no start. */
static bool is_shut_down(const struct pod *pod)
{
    return pod->lost && str_eq(pod->reason, "Terminated") &&
           pod->started_sec != TIME_UNSET;
}

static bool is_lost(const struct json *object, const struct pod *pod)
{
    if (!pod->terminal || pod->succeeded)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(lost_reasons); i++)
        if (str_eq(pod->reason, lost_reasons[i]))
            return true;
    return is_disrupted(object);
}

static void read_phase(const struct json *object, struct pod *pod)
{
    const char *phase = json_str_or(object, "status.phase", "");
    pod->running = strcmp(phase, "Running") == 0;
    pod->succeeded = strcmp(phase, "Succeeded") == 0;
    pod->terminal = pod->succeeded || strcmp(phase, "Failed") == 0;
    pod->reason = xstrdup_null(json_str(object, "status.reason"));
    pod->message = xstrdup_null(json_str(object, "status.message"));
    pod->lost = is_lost(object, pod);
    pod->started_sec = time_read(object, "status.startTime");
    pod->shut_down = is_shut_down(pod);
}

static const char *default_container_name(const struct json *object)
{
    const struct json *spec = json_get(object, "spec");
    int i = podspec_default_container(json_get(object, "metadata"), spec);
    return i < 0 ? NULL
                 : json_str(json_item(json_get(spec, "containers"), (size_t)i), "name");
}

/* Kubernetes tells no signals, only 128+n; gantry-launch does, as termination message
 * "signal 9". A code alone may be the program's own. */
static int signal_of(const struct json *ended, int exit_code)
{
    AUTO_FREE char *message = xasprintf("signal %d", exit_code - 128);
    return exit_code > 128 && str_eq(json_str(ended, "message"), message)
               ? exit_code - 128
               : (int)json_int_or(ended, "signal", 0);
}

/* "Error" and "Completed" say no more than the code does. */
static char *reason_of(const struct json *ended)
{
    const char *reason = json_str_or(ended, "reason", "Error");
    const char *message = json_str_or(ended, "message", "");
    if (strcmp(reason, "Error") == 0 || strcmp(reason, "Completed") == 0)
        return NULL;
    AUTO_FREE char *line = xstrndup(message, strcspn(message, "\n"));
    return xasprintf("%s%s%s", reason, *line ? ": " : "", line);
}

static void read_exit(const struct json *object, struct pod *pod)
{
    const char *name = default_container_name(object);
    const struct json *list = json_at(object, "status.containerStatuses");
    size_t n = json_is(list, JSON_ARRAY) ? json_len(list) : 0;
    pod->exit_code = pod->exit_signal = -1;
    pod->finished_sec = TIME_UNSET;
    for (size_t i = 0; i < n; i++) {
        const struct json *ended = json_at(json_item(list, i), "state.terminated");
        if (!json_is(ended, JSON_OBJECT))
            continue;
        pod->finished_sec = MAX(pod->finished_sec, time_read(ended, "finishedAt"));
        if (!name || !str_eq(json_str(json_item(list, i), "name"), name))
            continue;
        pod->exit_code = (int)json_int_or(ended, "exitCode", -1);
        pod->exit_signal = signal_of(ended, pod->exit_code);
        pod->out_of_memory = str_eq(json_str(ended, "reason"), "OOMKilled");
        free(pod->exit_reason);
        pod->exit_reason = reason_of(ended);
    }
}

struct pod *convert_pod(const struct convert *c, const struct json *pod,
                        struct err *err)
{
    struct pod *ret = xcalloc(1, sizeof(*ret));
    read_identity(pod, ret);
    read_ours(pod, ret);
    convert_claims(json_get(pod, "spec"), ret->name, &ret->claims, &ret->n_claims);
    read_phase(pod, ret);
    read_exit(pod, ret);
    if (podspec_requests(c, json_get(pod, "spec"), json_get(pod, "status"), &ret->use,
                         err) == 0) {
        ret->use.v[RES_PODS] = 1;
        return ret;
    }
    pod_free(ret);
    return NULL;
}

void pod_free(struct pod *pod)
{
    if (!pod)
        return;
    for (size_t i = 0; i < pod->n_claims; i++)
        free(pod->claims[i]);
    free(pod->claims);
    free(pod->ns);
    free(pod->name);
    free(pod->uid);
    free(pod->resource_version);
    free(pod->node);
    free(pod->scheduler_name);
    free(pod->reason);
    free(pod->exit_reason);
    free(pod->message);
    free(pod->job_uid);
    free(pod->partition);
    free(pod->signals);
    free(pod);
}
