#include "cmd/gantry-local/podstatus.h"

#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"

/* Of all containers' messages together, as a kubelet has it: a status stays small. */
#define MESSAGES_BYTES_MAX (12u << 10)

static const char *const phase_words[] = {
    [POD_PENDING] = "Pending",
    [POD_RUNNING] = "Running",
    [POD_SUCCEEDED] = "Succeeded",
    [POD_FAILED] = "Failed",
};

static const char *const condition_words[] = {
    [POD_INITIALIZED] = "Initialized",
    [POD_READY] = "Ready",
    [POD_CONTAINERS_READY] = "ContainersReady",
};

void pod_state_init(struct pod_state *state, const struct pod_spec *spec)
{
    *state = (struct pod_state){0};
    state->inits = xcalloc(spec->n_inits + 1, sizeof(*state->inits));
    state->mains = xcalloc(spec->n_mains + 1, sizeof(*state->mains));
    for (size_t i = 0; i < spec->n_inits; i++)
        state->inits[i].waiting_reason = "PodInitializing";
    for (size_t i = 0; i < spec->n_mains; i++)
        state->mains[i].waiting_reason =
            spec->n_inits > 0 ? "PodInitializing" : "ContainerCreating";
}

static void containers_fini(struct container_state *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(list[i].end.message);
        free(list[i].last.message);
        free(list[i].waiting_message);
    }
    free(list);
}

void pod_state_fini(struct pod_state *state, const struct pod_spec *spec)
{
    containers_fini(state->inits, spec->n_inits);
    containers_fini(state->mains, spec->n_mains);
    free(state->message);
    *state = (struct pod_state){0};
}

void container_state_end(struct container_state *c,
                         const struct container_end *take_end)
{
    free(c->end.message);
    c->end = *take_end;
    c->phase = CONTAINER_TERMINATED;
}

void container_state_restart(struct container_state *c, const char *waiting_reason,
                             const struct container_end *take_end)
{
    free(c->last.message);
    c->last = *take_end;
    c->has_last = true;
    container_state_wait(c, waiting_reason, NULL);
}

void container_state_wait(struct container_state *c, const char *reason,
                          const char *message)
{
    free(c->waiting_message);
    c->waiting_message = xstrdup_null(message);
    c->waiting_reason = reason;
    c->phase = CONTAINER_WAITING;
}

void container_state_run(struct container_state *c, int64_t now_ms)
{
    c->phase = CONTAINER_RUNNING;
    c->started_ms = now_ms;
    c->started = c->ready = true;
    c->restarts += c->has_last ? 1 : 0;
}

bool container_state_came_up(const struct container_state *c)
{
    return c->has_last || (c->phase == CONTAINER_RUNNING && c->started) ||
           c->phase == CONTAINER_TERMINATED;
}

/* ---- phase and conditions ---- */

struct tally {
    size_t waiting, running, ready, ended, failed;
    size_t through; /* of init containers: the next one may run */
    bool ever_ran;
};

/* A sidecar that came up once is no obstacle, and how it ends no failure. */
static struct tally count(const struct container_spec *specs,
                          const struct container_state *list, size_t n)
{
    struct tally t = {0};

    for (size_t i = 0; i < n; i++) {
        const struct container_state *c = &list[i];

        t.waiting += c->phase == CONTAINER_WAITING;
        t.running += c->phase == CONTAINER_RUNNING;
        t.ready += c->phase == CONTAINER_RUNNING && c->ready;
        t.ended += c->phase == CONTAINER_TERMINATED;
        t.failed += !specs[i].is_sidecar && c->phase == CONTAINER_TERMINATED &&
                    c->end.exit_code != 0;
        t.ever_ran |= c->phase != CONTAINER_WAITING || c->has_last;
        t.through += specs[i].is_sidecar
                         ? container_state_came_up(c)
                         : c->phase == CONTAINER_TERMINATED && c->end.exit_code == 0;
    }
    return t;
}

/* A pod is not over while anything of it runs, whatever else happened to it. */
static enum pod_phase phase_of(const struct pod_state *state, const struct tally *inits,
                               const struct tally *mains, size_t n_mains)
{
    if (inits->running + mains->running > 0)
        return mains->ever_ran ? POD_RUNNING : POD_PENDING;
    if (state->reason || inits->failed > 0)
        return POD_FAILED;
    if (n_mains > 0 && mains->ended == n_mains)
        return mains->failed > 0 ? POD_FAILED : POD_SUCCEEDED;
    if (state->stopping)
        return POD_FAILED;
    return mains->ever_ran ? POD_RUNNING : POD_PENDING;
}

static void condition_set(struct pod_condition *c, bool is_true, int64_t now_ms)
{
    if (c->since_ms && c->is_true == is_true)
        return;
    *c = (struct pod_condition){.is_true = is_true, .since_ms = now_ms};
}

static bool sidecars_are_ready(const struct pod_spec *spec,
                               const struct pod_state *state)
{
    for (size_t i = 0; i < spec->n_inits; i++)
        if (spec->inits[i].is_sidecar &&
            (state->inits[i].phase != CONTAINER_RUNNING || !state->inits[i].ready))
            return false;
    return true;
}

void podstatus_settle(const struct pod_spec *spec, struct pod_state *state,
                      int64_t now_ms)
{
    struct tally inits = count(spec->inits, state->inits, spec->n_inits);
    struct tally mains = count(spec->mains, state->mains, spec->n_mains);
    bool ready = spec->n_mains > 0 && mains.ready == spec->n_mains &&
                 sidecars_are_ready(spec, state);

    state->phase = phase_of(state, &inits, &mains, spec->n_mains);
    condition_set(&state->conditions[POD_INITIALIZED],
                  state->start_ms && inits.through == spec->n_inits, now_ms);
    condition_set(&state->conditions[POD_CONTAINERS_READY], ready, now_ms);
    condition_set(&state->conditions[POD_READY], ready, now_ms);
}

bool podstatus_is_terminal(const struct pod_state *state)
{
    return state->phase == POD_SUCCEEDED || state->phase == POD_FAILED;
}

/* ---- as JSON ---- */

static void set_time(struct json *object, const char *key, int64_t ms)
{
    char text[TIME_TEXT_MAX];

    if (!ms)
        return;
    time_format_rfc3339(ms / 1000, text);
    json_set(object, key, json_new_string(text));
}

/* As long as a container's message may be, of the pod's share. */
static size_t message_max(const struct pod_spec *spec)
{
    return MESSAGES_BYTES_MAX / MAX(spec->n_inits + spec->n_mains, (size_t)1);
}

static struct json *end_json(const struct container_end *end, size_t message_bytes)
{
    struct json *t = json_build("{'exitCode': %i, 'reason': %s}",
                                (int64_t)end->exit_code, end->reason);
    struct json *state = json_new_object();

    if (end->signal)
        json_set(t, "signal", json_new_int(end->signal));
    if (end->message) {
        AUTO_FREE char *message =
            xstrndup(end->message, MIN(strlen(end->message), message_bytes));

        json_set(t, "message", json_new_string(message));
    }
    set_time(t, "startedAt", end->started_ms);
    set_time(t, "finishedAt", end->finished_ms);
    json_set(state, "terminated", t);
    return state;
}

static struct json *waiting_json(const struct container_state *c)
{
    struct json *state = json_build("{'waiting': {'reason': %s}}", c->waiting_reason);

    if (c->waiting_message)
        json_set_at(state, "waiting.message", json_new_string(c->waiting_message));
    return state;
}

static struct json *state_json(const struct container_state *c, size_t message_bytes)
{
    struct json *state, *running;

    switch (c->phase) {
    case CONTAINER_WAITING:
        return waiting_json(c);
    case CONTAINER_RUNNING:
        running = json_new_object();
        set_time(running, "startedAt", c->started_ms);
        state = json_new_object();
        json_set(state, "running", running);
        return state;
    case CONTAINER_TERMINATED:
        return end_json(&c->end, message_bytes);
    }
    return NULL;
}

static bool is_ready(const struct container_spec *spec, const struct container_state *c,
                     bool init)
{
    if (init && !spec->is_sidecar)
        return c->phase == CONTAINER_TERMINATED && c->end.exit_code == 0;
    return c->phase == CONTAINER_RUNNING && c->ready;
}

static struct json *containers_json(const struct pod_spec *spec,
                                    const struct pod_state *state, bool init)
{
    const struct container_spec *specs = init ? spec->inits : spec->mains;
    const struct container_state *states = init ? state->inits : state->mains;
    const size_t n = init ? spec->n_inits : spec->n_mains;
    const size_t bytes = message_max(spec);
    struct json *list = json_new_array();

    for (size_t i = 0; i < n; i++) {
        const struct container_state *c = &states[i];
        struct json *j = json_build(
            "{'name': %s, 'image': %s, 'imageID': '', 'ready': %b, 'started': %b,"
            " 'restartCount': %i}",
            specs[i].name, specs[i].image, is_ready(&specs[i], c, init),
            c->phase == CONTAINER_RUNNING && c->started, (int64_t)c->restarts);

        json_set(j, "state", state_json(c, bytes));
        json_set(j, "lastState",
                 c->has_last ? end_json(&c->last, bytes) : json_new_object());
        json_append(list, j);
    }
    return list;
}

static const char *unready_reason(const struct pod_state *state)
{
    if (state->phase == POD_SUCCEEDED)
        return "PodCompleted";
    return state->phase == POD_FAILED ? "PodFailed" : "ContainersNotReady";
}

/* What a pod that ran to its end is said to be: initialized, not ready. */
static struct json *conditions_json(const struct pod_spec *spec,
                                    const struct pod_state *state)
{
    struct json *list = json_new_array();

    for (size_t i = 0; i < POD_CONDITIONS; i++) {
        const struct pod_condition *c = &state->conditions[i];
        struct json *j = json_build("{'type': %s, 'status': %s}", condition_words[i],
                                    c->is_true ? "True" : "False");

        if (!c->is_true)
            json_set(j, "reason", json_new_string(unready_reason(state)));
        else
            json_set(j, "reason", json_new_null()); /* a patch: the old reason goes */
        set_time(j, "lastTransitionTime", c->since_ms);
        json_append(list, j);
    }
    if (!spec->scheduled) {
        struct json *j = json_build("{'type': 'PodScheduled', 'status': 'True'}");

        set_time(j, "lastTransitionTime", state->conditions[POD_INITIALIZED].since_ms);
        json_append(list, j);
    }
    return list;
}

static void add_addresses(struct json *status, const struct pod_state *state)
{
    static const char *const fields[][2] = {{"hostIP", "hostIPs"}, {"podIP", "podIPs"}};
    const char *const values[] = {state->host_ip, state->ip};

    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        json_set(status, fields[i][0], json_new_string(values[i]));
        json_set(status, fields[i][1], json_build("[{'ip': %s}]", values[i]));
    }
}

struct json *podstatus_patch(const struct pod_spec *spec, const struct pod_state *state)
{
    struct json *patch = json_build("{'metadata': {'uid': %s}}", spec->uid);
    struct json *status = json_build("{'phase': %s}", phase_words[state->phase]);

    if (state->reason)
        json_set(status, "reason", json_new_string(state->reason));
    if (state->message)
        json_set(status, "message", json_new_string(state->message));
    json_set(status, "conditions", conditions_json(spec, state));
    json_set(status, "qosClass", json_new_string(spec->qos_class));
    if (state->start_ms) {
        set_time(status, "startTime", state->start_ms);
        if (*state->ip)
            add_addresses(status, state);
        json_set(status, "containerStatuses", containers_json(spec, state, false));
        if (spec->n_inits > 0)
            json_set(status, "initContainerStatuses",
                     containers_json(spec, state, true));
    }
    json_set(patch, "status", status);
    return patch;
}
