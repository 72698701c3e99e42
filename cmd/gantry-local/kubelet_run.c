#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/env.h"
#include "cmd/gantry-local/kubelet_private.h"

/* As a kubelet's: the first restart comes at once, then 10 s doubling to 5 min; a
 * container that ran for 10 min starts over. */
#define BACKOFF_MS 10000
#define BACKOFF_MAX_MS 300000
#define BACKOFF_RESET_MS 600000
/* What container runtimes report for a program that could not be started. */
#define START_ERROR_CODE 128
/* Between two looks for a ConfigMap, Secret or key that is not there. */
#define LACKING_MS 2000
#define LIST_TEXT_MAX (NODEGROUPS_GPUS_MAX * 3 + 8)

const struct container_spec *krun_spec(const struct krun *r)
{
    const struct pod_spec *spec = r->pod->spec;

    return r->is_init ? &spec->inits[r->i] : &spec->mains[r->i];
}

struct container_state *krun_state(const struct krun *r)
{
    return r->is_init ? &r->pod->state.inits[r->i] : &r->pod->state.mains[r->i];
}

static struct kubelet *kubelet_of(const struct kpod *pod)
{
    return pod->node->kubelet;
}

/* ---- GPUs ---- */

uint64_t knode_take_gpus(struct knode *node, int64_t count)
{
    int64_t total = amounts_get(&node->group->capacity, node->kubelet->gpu_resource);
    uint64_t taken = 0;

    for (int64_t i = 0; i < total && count > 0; i++) {
        uint64_t bit = UINT64_C(1) << i;

        if (node->gpus_used & bit)
            continue;
        taken |= bit;
        count--;
    }
    node->gpus_used |= taken;
    return taken;
}

static int64_t gpus_of(const struct krun *r)
{
    return amounts_get(&krun_spec(r)->requests, kubelet_of(r->pod)->gpu_resource);
}

/* Containers take the pod's GPUs in order; init containers run alone, from the first.
 */
static void gpu_list(const struct krun *r, char ret[LIST_TEXT_MAX])
{
    int64_t skip = 0, want = gpus_of(r);
    size_t len = 0;

    if (!r->is_init)
        for (size_t i = 0; i < r->i; i++)
            skip += gpus_of(&r->pod->mains[i]);
    ret[0] = '\0';
    for (unsigned bit = 0; bit < NODEGROUPS_GPUS_MAX && want > 0; bit++) {
        if (!(r->pod->gpus >> bit & 1) || skip-- > 0)
            continue;
        len += (size_t)snprintf(ret + len, LIST_TEXT_MAX - len, "%s%u", len ? "," : "",
                                bit);
        want--;
    }
}

/* A container without any must see none, also those of which the node was not told. */
static void add_gpus(const struct krun *r, char ***envp)
{
    char list[LIST_TEXT_MAX];

    gpu_list(r, list);
    env_set(envp, "CUDA_VISIBLE_DEVICES", list);
    env_set(envp, "NVIDIA_VISIBLE_DEVICES", *list ? list : "void");
}

/* ---- one container ---- */

static void ended(void *arg, const struct executor_exit *how);

struct value_pod kpod_view(const struct kpod *pod)
{
    return (struct value_pod){
        .spec = pod->spec,
        .pod_ip = pod->state.ip,
        .host_ip = pod->state.host_ip,
        .objects = &pod->objects,
        .allocatable = &pod->node->group->capacity,
    };
}

/* Executors that run no program need no environment, and no ConfigMaps for it. */
static char **environment(struct krun *r, struct err *err)
{
    struct value_pod view = kpod_view(r->pod);
    struct executor *x = kubelet_of(r->pod)->executor;
    char **envp;

    if (!x->ops->runs_programs)
        return xcalloc(1, sizeof(*envp));
    envp = env_build(&view, krun_spec(r), err);
    if (!envp)
        return NULL;
    add_gpus(r, &envp);
    if (!env_get(envp, "HOSTNAME"))
        env_set(&envp, "HOSTNAME", r->pod->spec->hostname);
    if (krun_give_inbox(r, &envp, err) == 0 &&
        (x->ops->has_hosts(x) || kpod_name_by_address(r->pod, &envp, err) == 0))
        return envp;
    words_free(envp);
    return NULL;
}

static int run_start(struct krun *r, struct err *err)
{
    const struct kpod *pod = r->pod;
    struct executor *x = kubelet_of(pod)->executor;
    char **envp = environment(r, err);
    char **argv = envp ? env_argv(krun_spec(r), envp, err) : NULL;

    if (argv)
        r->run = x->ops->start(x,
                               &(struct executor_start){.pod = pod->spec,
                                                        .container = krun_spec(r),
                                                        .is_init = r->is_init,
                                                        .argv = argv,
                                                        .envp = envp},
                               ended, r, err);
    words_free(argv);
    words_free(envp);
    return r->run ? 0 : -1;
}

bool krun_is_sidecar(const struct krun *r)
{
    return krun_spec(r)->is_sidecar;
}

/* Init containers are run until they succeed, unless the pod says never again. */
static bool wants_restart(const struct krun *r, int exit_code)
{
    const struct kpod *pod = r->pod;

    if (pod->state.stopping || pod->ending)
        return false;
    if (krun_is_sidecar(r))
        return true;
    switch (pod->spec->restart) {
    case RESTART_ALWAYS:
        return !r->is_init || exit_code != 0;
    case RESTART_ON_FAILURE:
        return exit_code != 0 || r->unhealthy;
    case RESTART_NEVER:
        return false;
    }
    return false;
}

static void restart_due(void *arg)
{
    struct kpod *pod = arg;

    if (pod->reload)
        kpod_load(pod);
    else
        kpod_advance(pod);
    kpod_settle(pod);
}

/* One timer for the pod's containers: set to the first that waits. */
static void arm_restart(struct kpod *pod, int64_t due_ms)
{
    struct loop *loop = kubelet_of(pod)->loop;
    int64_t delay_ms = MAX(due_ms - loop_mono_ms(loop), 0);

    if (!pod->restart_timer)
        pod->restart_timer = loop_timer_new(loop, restart_due, pod);
    loop_timer_start(pod->restart_timer, delay_ms);
}

static int64_t backoff_ms(struct krun *r, int64_t ran_ms)
{
    if (ran_ms >= BACKOFF_RESET_MS)
        r->crashes = 0;
    if (r->crashes++ == 0)
        return 0;
    return MIN((int64_t)BACKOFF_MS << MIN(r->crashes - 2, 5u), BACKOFF_MAX_MS);
}

static void warn_backoff(struct krun *r)
{
    AUTO_FREE char *text =
        xasprintf("Back-off restarting failed container %s in pod %s",
                  krun_spec(r)->name, r->pod->spec->name);

    if (r->due_ms > loop_mono_ms(kubelet_of(r->pod)->loop))
        kpod_warn(r->pod, r, "BackOff", text);
}

static void note_end(struct krun *r, struct container_end *take_end)
{
    struct container_state *c = krun_state(r);

    if (!wants_restart(r, take_end->exit_code)) {
        container_state_end(c, take_end);
        return;
    }
    r->due_ms = loop_mono_ms(kubelet_of(r->pod)->loop) +
                backoff_ms(r, take_end->finished_ms - take_end->started_ms);
    r->pod->reload = r->pod->objects.n > 0;
    container_state_restart(c, "CrashLoopBackOff", take_end);
    warn_backoff(r);
}

static void ended(void *arg, const struct executor_exit *how)
{
    struct krun *r = arg;
    struct kpod *pod = r->pod;
    struct container_end end = {
        .exit_code = how->exit_code,
        .signal = how->signal,
        .reason = how->over_memory      ? "OOMKilled"
                  : how->exit_code == 0 ? "Completed"
                                        : "Error",
        .message = xstrdup_null(how->note),
        .started_ms = krun_state(r)->started_ms,
        .finished_ms = loop_now_ms(kubelet_of(pod)->loop),
    };

    r->run = NULL;
    krun_end_hook(r);
    krun_stop_probes(r);
    note_end(r, &end);
    if (pod->gone && !kpod_is_running(pod)) {
        kpod_free(pod);
        return;
    }
    kpod_advance(pod);
    kpod_settle(pod);
}

static void warn_error(struct krun *r, const struct err *err)
{
    AUTO_FREE char *text = xasprintf("Error: %s", err->msg);

    kpod_warn(r->pod, r, "Failed", text);
}

static void start_failed(struct krun *r, const struct err *why)
{
    int64_t now_ms = loop_now_ms(kubelet_of(r->pod)->loop);
    struct container_end end = {
        .exit_code = START_ERROR_CODE,
        .reason = "StartError",
        .message = xstrdup(why->msg),
        .started_ms = now_ms,
        .finished_ms = now_ms,
    };

    warn_error(r, why);
    note_end(r, &end);
}

/* Something that the container uses is not there yet. */
static void wait_lacking(struct krun *r, const struct err *what)
{
    r->due_ms = loop_mono_ms(kubelet_of(r->pod)->loop) + LACKING_MS;
    r->pod->reload = true;
    container_state_wait(krun_state(r), "CreateContainerConfigError", what->msg);
    warn_error(r, what);
}

static void start_one(struct krun *r)
{
    struct kpod *pod = r->pod;
    struct loop *loop = kubelet_of(pod)->loop;
    struct err err = ERR_INIT;

    if (r->due_ms > loop_mono_ms(loop))
        return;
    if (run_start(r, &err) == 0) {
        container_state_run(krun_state(r), loop_now_ms(loop));
        krun_start_probes(r);
        krun_tell(r, "Started", "Started");
        r->asked = false;
        krun_post_start(r);
        krun_signal(r);
    } else if (err.code == ERR_NOT_FOUND) {
        wait_lacking(r, &err);
    } else {
        start_failed(r, &err);
    }
}

/* ---- all of a pod ---- */

/* The next may start. A sidecar that came up once is through, also while it waits to be
 * restarted. */
static bool is_through(const struct krun *r)
{
    const struct container_state *c = krun_state(r);

    if (krun_is_sidecar(r))
        return container_state_came_up(c);
    return c->phase == CONTAINER_TERMINATED && c->end.exit_code == 0;
}

/* How many init containers are through or at work; the last of them may not be
 * through. */
static size_t begun_inits(const struct kpod *pod)
{
    size_t n = 0;

    while (n < pod->spec->n_inits && is_through(&pod->inits[n]))
        n++;
    return MIN(n + 1, pod->spec->n_inits);
}

static bool inits_are_through(const struct kpod *pod)
{
    const size_t n = pod->spec->n_inits;

    return n == 0 || (begun_inits(pod) == n && is_through(&pod->inits[n - 1]));
}

static bool is_due(const struct krun *r)
{
    return krun_state(r)->phase == CONTAINER_WAITING &&
           r->due_ms <= loop_mono_ms(kubelet_of(r->pod)->loop);
}

/* Each that is through lets the next begin. */
static void advance_inits(struct kpod *pod)
{
    for (size_t i = 0; i < begun_inits(pod); i++)
        if (is_due(&pod->inits[i]))
            start_one(&pod->inits[i]);
}

/* Nothing but sidecars is to run any more. */
static bool is_done(const struct kpod *pod)
{
    size_t over = 0;

    for (size_t i = 0; i < pod->spec->n_inits; i++)
        if (!krun_is_sidecar(&pod->inits[i]) &&
            pod->state.inits[i].phase == CONTAINER_TERMINATED &&
            pod->state.inits[i].end.exit_code != 0)
            return true;
    while (over < pod->spec->n_mains &&
           pod->state.mains[over].phase == CONTAINER_TERMINATED)
        over++;
    return over == pod->spec->n_mains;
}

static void end_sidecars(struct kpod *pod)
{
    if (pod->ending || !is_done(pod) || !kpod_is_running(pod))
        return;
    pod->ending = true;
    kpod_arm_kill(pod, pod->spec->grace_sec);
}

/* The volumes are there. If they wait for an object, they are tried again; else the pod
 * has failed. */
static bool prepare(struct kpod *pod)
{
    struct executor *x = kubelet_of(pod)->executor;
    const int64_t now_ms = loop_mono_ms(kubelet_of(pod)->loop);
    struct value_pod view = kpod_view(pod);
    struct err err = ERR_INIT;

    if (pod->prepared || !x->ops->prepare)
        return true;
    if (pod->prepare_due_ms > now_ms) {
        arm_restart(pod, pod->prepare_due_ms);
        return false;
    }
    pod->prepared = x->ops->prepare(x, &view, &err) == 0;
    if (pod->prepared) {
        kpod_write_hosts(pod);
        kpod_watch_limits(pod);
        kpod_follow(pod);
        return true;
    }
    kpod_warn(pod, NULL, "FailedMount", err.msg);
    if (err.code != ERR_NOT_FOUND) {
        kpod_stop(pod, 0, "FailedMount", err.msg);
        return false;
    }
    pod->prepare_due_ms = now_ms + LACKING_MS;
    pod->reload = true;
    for (size_t i = 0; i < pod->spec->n_mains; i++)
        container_state_wait(&pod->state.mains[i], pod->state.mains[i].waiting_reason,
                             err.msg);
    arm_restart(pod, pod->prepare_due_ms);
    return false;
}

static int64_t due_of(const struct krun *r)
{
    return krun_state(r)->phase == CONTAINER_WAITING ? r->due_ms : INT64_MAX;
}

static void arm_next(struct kpod *pod)
{
    const size_t n_mains = inits_are_through(pod) ? pod->spec->n_mains : 0;
    int64_t due_ms = INT64_MAX;

    for (size_t i = 0; i < begun_inits(pod); i++)
        due_ms = MIN(due_ms, due_of(&pod->inits[i]));
    for (size_t i = 0; i < n_mains; i++)
        due_ms = MIN(due_ms, due_of(&pod->mains[i]));
    if (due_ms != INT64_MAX)
        arm_restart(pod, due_ms);
}

static void start_due(struct kpod *pod)
{
    if (pod->n_fetching > 0)
        return;
    if (pod->reload) {
        arm_next(pod);
        return;
    }
    if (!prepare(pod))
        return;
    advance_inits(pod);
    for (size_t i = 0; inits_are_through(pod) && i < pod->spec->n_mains; i++)
        if (is_due(&pod->mains[i]))
            start_one(&pod->mains[i]);
    arm_next(pod);
}

void kpod_advance(struct kpod *pod)
{
    if (pod->stage != KPOD_ACTIVE)
        return;
    if (!pod->state.stopping && !pod->ending)
        start_due(pod);
    end_sidecars(pod);
    if (pod->state.stopping || pod->ending)
        kpod_ask(pod);
}

bool kpod_is_running(const struct kpod *pod)
{
    for (size_t i = 0; i < pod->spec->n_inits; i++)
        if (pod->inits[i].run)
            return true;
    for (size_t i = 0; i < pod->spec->n_mains; i++)
        if (pod->mains[i].run)
            return true;
    return false;
}
