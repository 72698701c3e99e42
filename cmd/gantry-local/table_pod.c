/* table_pod - what kubectl says of a pod: the one reason that explains it best. */
#include <inttypes.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry-local/table_priv.h"

#define REASON_MAX 128

struct summary {
    char reason[REASON_MAX];
    size_t ready;
    bool running; /* some container runs and is ready */
    int64_t restarts;
    int64_t last_restart_sec; /* -1: unknown */
};

static const struct json *condition(const struct json *pod, const char *type)
{
    const struct json *list = json_at(pod, "status.conditions");

    for (size_t i = 0; i < json_len(list); i++)
        if (strcmp(json_str_or(json_item(list, i), "type", ""), type) == 0)
            return json_item(list, i);
    return NULL;
}

static void count_restarts(struct summary *s, const struct json *container)
{
    const char *at = json_str(container, "lastState.terminated.finishedAt");
    struct err err = ERR_INIT;
    int64_t sec;

    s->restarts += json_int_or(container, "restartCount", 0);
    if (at != NULL && time_parse_rfc3339(at, &sec, &err) == 0)
        s->last_restart_sec = MAX(s->last_restart_sec, sec);
}

static void set_terminated(struct summary *s, const char *prefix,
                           const struct json *terminated)
{
    const char *reason = json_str_or(terminated, "reason", "");
    int64_t signo = json_int_or(terminated, "signal", 0);

    if (reason[0] != '\0')
        snprintf(s->reason, REASON_MAX, "%s%s", prefix, reason);
    else if (signo != 0)
        snprintf(s->reason, REASON_MAX, "%sSignal:%" PRId64, prefix, signo);
    else
        snprintf(s->reason, REASON_MAX, "%sExitCode:%" PRId64, prefix,
                 json_int_or(terminated, "exitCode", 0));
}

/* Has init container i (a sidecar when restarted always) let the others go on? */
static bool init_is_done(const struct json *pod, const struct json *status)
{
    const struct json *specs = json_at(pod, "spec.initContainers");
    const struct json *terminated = json_at(status, "state.terminated");

    if (terminated != NULL && json_int_or(terminated, "exitCode", 0) == 0)
        return true;
    for (size_t i = 0; i < json_len(specs); i++) {
        const struct json *spec = json_item(specs, i);
        if (str_eq(json_str(spec, "name"), json_str(status, "name")))
            return str_eq(json_str(spec, "restartPolicy"), "Always") &&
                   json_bool_or(status, "started", false);
    }
    return false;
}

/* Returns false when an init container still holds the pod. */
static bool sum_init(struct summary *s, const struct json *pod)
{
    const struct json *list = json_at(pod, "status.initContainerStatuses");

    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *c = json_item(list, i);
        const struct json *terminated = json_at(c, "state.terminated");
        const char *waiting = json_str_or(c, "state.waiting.reason", "");

        count_restarts(s, c);
        if (init_is_done(pod, c))
            continue;
        if (terminated != NULL)
            set_terminated(s, "Init:", terminated);
        else if (waiting[0] != '\0' && strcmp(waiting, "PodInitializing") != 0)
            snprintf(s->reason, REASON_MAX, "Init:%s", waiting);
        else
            snprintf(s->reason, REASON_MAX, "Init:%zu/%zu", i,
                     json_len(json_at(pod, "spec.initContainers")));
        return false;
    }
    return true;
}

/* The first container that has something to say wins, so they are read backwards. */
static void sum_containers(struct summary *s, const struct json *pod)
{
    const struct json *list = json_at(pod, "status.containerStatuses");

    for (size_t i = json_len(list); i-- > 0;) {
        const struct json *c = json_item(list, i);
        const struct json *terminated = json_at(c, "state.terminated");
        const char *waiting = json_str_or(c, "state.waiting.reason", "");

        count_restarts(s, c);
        if (waiting[0] != '\0') {
            snprintf(s->reason, REASON_MAX, "%s", waiting);
        } else if (terminated != NULL) {
            set_terminated(s, "", terminated);
        } else if (json_bool_or(c, "ready", false) && json_at(c, "state.running")) {
            s->running = true;
            s->ready++;
        }
    }
    if (strcmp(s->reason, "Completed") == 0 && s->running)
        snprintf(s->reason, REASON_MAX, "%s",
                 str_eq(json_str(condition(pod, "Ready"), "status"), "True")
                     ? "Running"
                     : "NotReady");
}

static struct summary summarize(const struct json *pod)
{
    struct summary s = {.last_restart_sec = -1};
    const char *phase = json_str_or(pod, "status.phase", "");
    const char *reason = json_str_or(pod, "status.reason", "");
    const struct json *scheduled = condition(pod, "PodScheduled");

    snprintf(s.reason, REASON_MAX, "%s", reason[0] != '\0' ? reason : phase);
    if (str_eq(json_str(scheduled, "reason"), "SchedulingGated"))
        snprintf(s.reason, REASON_MAX, "SchedulingGated");
    if (sum_init(&s, pod))
        sum_containers(&s, pod);
    if (json_str(pod, "metadata.deletionTimestamp") == NULL)
        return s;
    if (strcmp(reason, "NodeLost") == 0)
        snprintf(s.reason, REASON_MAX, "Unknown");
    else if (strcmp(phase, "Succeeded") != 0 && strcmp(phase, "Failed") != 0)
        snprintf(s.reason, REASON_MAX, "Terminating");
    return s;
}

static struct json *take_text(char *text)
{
    AUTO_FREE char *own = text;

    return json_new_string(own);
}

struct json *pod_cell_ready(const struct json *pod, int64_t now_sec)
{
    const struct summary s = summarize(pod);

    (void)now_sec;
    return take_text(
        xasprintf("%zu/%zu", s.ready, json_len(json_at(pod, "spec.containers"))));
}

struct json *pod_cell_status(const struct json *pod, int64_t now_sec)
{
    const struct summary s = summarize(pod);

    (void)now_sec;
    return json_new_string(s.reason);
}

struct json *pod_cell_restarts(const struct json *pod, int64_t now_sec)
{
    const struct summary s = summarize(pod);
    char ago[AGE_TEXT_MAX];

    if (s.restarts == 0 || s.last_restart_sec < 0)
        return take_text(xasprintf("%" PRId64, s.restarts));
    table_duration(now_sec - s.last_restart_sec, ago);
    return take_text(xasprintf("%" PRId64 " (%s ago)", s.restarts, ago));
}

struct json *pod_cell_gates(const struct json *pod, int64_t now_sec)
{
    const struct json *gates = json_at(pod, "spec.readinessGates");
    size_t met = 0;

    (void)now_sec;
    if (json_len(gates) == 0)
        return json_new_string("<none>");
    for (size_t i = 0; i < json_len(gates); i++)
        met += str_eq(json_str(condition(pod, json_str_or(json_item(gates, i),
                                                          "conditionType", "")),
                               "status"),
                      "True");
    return take_text(xasprintf("%zu/%zu", met, json_len(gates)));
}
