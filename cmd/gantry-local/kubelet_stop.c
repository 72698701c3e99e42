#include <signal.h>
#include <stdlib.h>

#include "base/util.h"
#include "cmd/gantry-local/kubelet_private.h"

/*
 * How containers are asked to end, and their lifecycle hooks: programs and requests.
 *
 *   asked --> preStop runs --> SIGTERM --> (the grace period is over) SIGKILL
 *
 * Sidecars are asked when all others have ended, the last one first.
 */

static const struct executor_ops *ops_of(const struct krun *r)
{
    return r->pod->node->kubelet->executor->ops;
}

static struct prober *prober_of(const struct krun *r)
{
    return r->pod->node->kubelet->prober;
}

static bool asks_http(const struct krun *r, const struct hook_spec *hook)
{
    return hook->http.action == PROBE_HTTP && prober_of(r);
}

static void terminate(struct krun *r)
{
    if (r->run)
        ops_of(r)->signal(r->run, SIGTERM);
}

/* ---- hooks ---- */

void krun_end_hook(struct krun *r)
{
    if (r->hook)
        ops_of(r)->exec_cancel(TAKE(r->hook));
    if (r->hook_call)
        prober_of(r)->ops->cancel(TAKE(r->hook_call));
    loop_timer_free(TAKE(r->hook_timer));
}

static void warn_hook(struct krun *r, const char *reason, const char *what,
                      const char *output)
{
    AUTO_FREE char *text = xasprintf("container %s: %s%s%s", krun_spec(r)->name, what,
                                     *output ? ": " : "", output);

    kpod_warn(r->pod, r, reason, text);
}

static struct prober_call *ask_http(struct krun *r, const struct hook_spec *hook,
                                    prober_done_fn *done)
{
    const struct prober_ask what = {
        .probe = &hook->http, .pod_ip = r->pod->state.ip, .run = r->run};

    return prober_of(r)->ops->start(prober_of(r), &what, done, r);
}

/* ---- preStop ---- */

static void pre_stop_ended(void *arg, const struct executor_exit *how,
                           const char *output)
{
    struct krun *r = arg;
    AUTO_FREE char *what = xasprintf("preStop ended with %d", how->exit_code);

    r->hook = NULL;
    if (how->exit_code != 0)
        warn_hook(r, "FailedPreStopHook", what, output);
    terminate(r);
}

static void pre_stop_answered(void *arg, enum prober_answer answer, const char *text)
{
    struct krun *r = arg;

    r->hook_call = NULL;
    if (answer != PROBER_WELL)
        warn_hook(r, "FailedPreStopHook", "preStop", text);
    terminate(r);
}

static void slept(void *arg)
{
    struct krun *r = arg;

    terminate(r);
}

static void sleep_first(struct krun *r, int64_t sec)
{
    r->hook_timer = loop_timer_new(r->pod->node->kubelet->loop, slept, r);
    loop_timer_start(r->hook_timer, sec * 1000);
}

/* False: there is none, or it could not be started. */
static bool start_pre_stop(struct krun *r)
{
    const struct hook_spec *hook = &krun_spec(r)->pre_stop;
    struct err err = ERR_INIT;

    if (hook->sleep_sec >= 0) {
        sleep_first(r, hook->sleep_sec);
        return true;
    }
    if (asks_http(r, hook)) {
        r->hook_call = ask_http(r, hook, pre_stop_answered);
        return true;
    }
    if (!hook->command)
        return false;
    r->hook = ops_of(r)->exec(r->run, hook->command, pre_stop_ended, r, &err);
    if (!r->hook)
        warn_hook(r, "FailedPreStopHook", err.msg, "");
    return r->hook != NULL;
}

/* ---- postStart ---- */

/* A container whose postStart fails is no good: its restart policy decides. */
static void post_start_failed(struct krun *r, const char *what, const char *output)
{
    warn_hook(r, "FailedPostStartHook", what, output);
    if (r->run)
        ops_of(r)->signal(r->run, SIGKILL);
}

static void post_start_ended(void *arg, const struct executor_exit *how,
                             const char *output)
{
    struct krun *r = arg;
    AUTO_FREE char *what = xasprintf("postStart ended with %d", how->exit_code);

    r->hook = NULL;
    if (how->exit_code != 0)
        post_start_failed(r, what, output);
}

static void post_start_answered(void *arg, enum prober_answer answer, const char *text)
{
    struct krun *r = arg;

    r->hook_call = NULL;
    if (answer != PROBER_WELL)
        post_start_failed(r, "postStart", text);
}

void krun_post_start(struct krun *r)
{
    const struct hook_spec *hook = &krun_spec(r)->post_start;
    struct err err = ERR_INIT;

    if (!ops_of(r)->runs_programs)
        return;
    if (asks_http(r, hook)) {
        r->hook_call = ask_http(r, hook, post_start_answered);
        return;
    }
    if (!hook->command)
        return;
    r->hook = ops_of(r)->exec(r->run, hook->command, post_start_ended, r, &err);
    if (!r->hook)
        post_start_failed(r, err.msg, "");
}

/* ---- asking ---- */

void krun_ask(struct krun *r)
{
    if (r->asked)
        return;
    r->asked = true;
    krun_end_hook(r);
    if (!ops_of(r)->runs_programs || !start_pre_stop(r))
        terminate(r);
}

static void ask(struct krun *r)
{
    if (!r->asked)
        krun_tell(r, "Killing", "Stopping");
    krun_ask(r);
}

/* True: one of them runs still. */
static bool ask_others(struct kpod *pod)
{
    bool any = false;

    for (size_t i = 0; i < pod->spec->n_inits; i++)
        if (pod->inits[i].run && !krun_is_sidecar(&pod->inits[i])) {
            ask(&pod->inits[i]);
            any = true;
        }
    for (size_t i = 0; i < pod->spec->n_mains; i++)
        if (pod->mains[i].run) {
            ask(&pod->mains[i]);
            any = true;
        }
    return any;
}

void kpod_ask(struct kpod *pod)
{
    if (ask_others(pod))
        return;
    for (size_t i = pod->spec->n_inits; i-- > 0;)
        if (pod->inits[i].run) {
            ask(&pod->inits[i]);
            return;
        }
}

static void kill_all(struct krun *runs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        krun_end_hook(&runs[i]);
        if (!runs[i].run)
            continue;
        if (!runs[i].asked)
            krun_tell(&runs[i], "Killing", "Stopping");
        runs[i].asked = true;
        ops_of(&runs[i])->signal(runs[i].run, SIGKILL);
    }
}

void kpod_kill(struct kpod *pod)
{
    kill_all(pod->inits, pod->spec->n_inits);
    kill_all(pod->mains, pod->spec->n_mains);
}
