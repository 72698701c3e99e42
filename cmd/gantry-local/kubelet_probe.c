/* kubelet_probe - when containers are asked how they are, and what comes of it.
 *
 *   started --initialDelay--> ask --answer--> in a row? --> result --> ready, started,
 *                              ^                 |                     or the end
 *                              +---- period -----+
 *
 * Readiness and liveness wait for the startup probe, if there is one. A container that
 * fails liveness or startup is ended; whether it is started again is for kubelet_run.c.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/kubelet_private.h"
#include "cmd/gantry-local/prober.h"

/* Of what a probe printed, in an event. */
#define TEXT_MAX 900

enum verdict { VERDICT_NONE, VERDICT_WELL, VERDICT_FAILED };

/* One probe of one container while it runs. */
struct kprobe {
    struct krun *run;
    enum probe_type type;
    struct loop_timer *timer;
    struct prober_call *call; /* NULL: it is not being asked */
    int64_t next_ms;          /* monotonic: when it is asked again */
    enum verdict last, verdict;
    int64_t in_row; /* answers like the last */
};

static const char *const words[PROBE_TYPES] = {
    [PROBE_STARTUP] = "Startup",
    [PROBE_READINESS] = "Readiness",
    [PROBE_LIVENESS] = "Liveness",
};
static const char *const lower_words[PROBE_TYPES] = {
    [PROBE_STARTUP] = "startup",
    [PROBE_READINESS] = "readiness",
    [PROBE_LIVENESS] = "liveness",
};

static struct kubelet *kubelet_of(const struct kprobe *p)
{
    return p->run->pod->node->kubelet;
}

static const struct probe_spec *spec_of(const struct kprobe *p)
{
    return &krun_spec(p->run)->probes[p->type];
}

/* ---- what comes of it ---- */

/* Counts one answer; true when the verdict has changed. */
static bool count(struct kprobe *p, enum verdict answer)
{
    const struct probe_spec *spec = spec_of(p);
    const enum verdict before = p->verdict;

    p->in_row = p->last == answer ? p->in_row + 1 : 1;
    p->last = answer;
    if (p->in_row >= (answer == VERDICT_WELL ? spec->successes : spec->failures))
        p->verdict = answer;
    return p->verdict != before;
}

static void kill_unhealthy(void *arg)
{
    struct krun *r = arg;

    krun_end_hook(r);
    if (r->run)
        r->pod->node->kubelet->executor->ops->signal(r->run, SIGKILL);
}

/* Its probes are over: the next one is another container. */
static void end_container(struct krun *r, const struct kprobe *why)
{
    const struct pod_spec *pod = r->pod->spec;
    const int64_t own_sec = spec_of(why)->grace_sec;
    const int64_t grace_sec = own_sec >= 0 ? own_sec : pod->grace_sec;

    krun_note(r, "Killing", "Container %s failed %s probe%s", krun_spec(r)->name,
              lower_words[why->type],
              pod->restart == RESTART_NEVER && !krun_is_sidecar(r)
                  ? ""
                  : ", will be restarted");
    r->unhealthy = true;
    krun_stop_probes(r);
    r->kill_timer = loop_timer_new(r->pod->node->kubelet->loop, kill_unhealthy, r);
    loop_timer_start(r->kill_timer, grace_sec * 1000);
    if (grace_sec > 0)
        krun_ask(r);
}

static void arm(struct kprobe *p, int64_t due_ms)
{
    p->next_ms = due_ms;
    loop_timer_start(p->timer, MAX(due_ms - loop_mono_ms(kubelet_of(p)->loop), 0));
}

static int64_t first_ms(const struct kprobe *p)
{
    return p->run->started_ms + spec_of(p)->initial_delay_sec * 1000;
}

/* The startup probe has passed: now the others are asked. */
static void begin_others(struct krun *r)
{
    for (enum probe_type type = 0; type < PROBE_TYPES; type++)
        if (type != PROBE_STARTUP && r->probes[type])
            arm(r->probes[type], first_ms(r->probes[type]));
}

static void set_state(struct krun *r)
{
    struct container_state *c = krun_state(r);
    const struct kprobe *startup = r->probes[PROBE_STARTUP];
    const struct kprobe *readiness = r->probes[PROBE_READINESS];

    c->started = !startup || startup->verdict == VERDICT_WELL;
    c->ready = c->started && (!readiness || readiness->verdict == VERDICT_WELL);
}

static void act(struct kprobe *p)
{
    struct krun *r = p->run;
    const bool fatal = p->type != PROBE_READINESS && p->verdict == VERDICT_FAILED;

    set_state(r);
    if (p->type == PROBE_STARTUP && p->verdict == VERDICT_WELL)
        begin_others(r);
    if (fatal)
        end_container(r, p); /* frees p */
    kpod_advance(r->pod);    /* what waits for a sidecar to have started */
    kpod_settle(r->pod);
}

/* ---- asking ---- */

static void warn_unhealthy(const struct kprobe *p, enum prober_answer answer,
                           const char *text)
{
    AUTO_FREE char *note =
        answer == PROBER_ERROR
            ? xasprintf("%s probe errored and resulted in failure state: %.*s",
                        words[p->type], TEXT_MAX, text)
            : xasprintf("%s probe failed: %.*s", words[p->type], TEXT_MAX, text);

    kpod_warn(p->run->pod, p->run, "Unhealthy", note);
}

/* Once it has started nobody asks whether it has. */
static bool is_settled(const struct kprobe *p)
{
    return p->type == PROBE_STARTUP && p->verdict == VERDICT_WELL;
}

static void answered(void *arg, enum prober_answer answer, const char *text)
{
    struct kprobe *p = arg;
    bool changed;

    p->call = NULL;
    if (answer != PROBER_WELL)
        warn_unhealthy(p, answer, text);
    changed = count(p, answer == PROBER_WELL ? VERDICT_WELL : VERDICT_FAILED);
    if (!is_settled(p))
        arm(p, p->next_ms);
    if (changed)
        act(p); /* may free it */
}

/* A pod that ends is not ended a second time. */
static bool is_asked(const struct kprobe *p)
{
    return p->type == PROBE_READINESS || !p->run->pod->state.stopping;
}

static void ask(void *arg)
{
    struct kprobe *p = arg;
    struct prober *prober = kubelet_of(p)->prober;
    const struct prober_ask what = {
        .probe = spec_of(p), .pod_ip = p->run->pod->state.ip, .run = p->run->run};

    if (!is_asked(p))
        return;
    p->next_ms = loop_mono_ms(kubelet_of(p)->loop) + spec_of(p)->period_sec * 1000;
    p->call = prober->ops->start(prober, &what, answered, p);
}

/* ---- life ---- */

static struct kprobe *probe_new(struct krun *r, enum probe_type type)
{
    struct kprobe *p = xcalloc(1, sizeof(*p));

    p->run = r;
    p->type = type;
    p->timer = loop_timer_new(r->pod->node->kubelet->loop, ask, p);
    return p;
}

void krun_start_probes(struct krun *r)
{
    struct kubelet *k = r->pod->node->kubelet;

    r->started_ms = loop_mono_ms(k->loop);
    r->unhealthy = false;
    for (enum probe_type type = 0; k->prober && type < PROBE_TYPES; type++)
        if (krun_spec(r)->probes[type].action != PROBE_NONE)
            r->probes[type] = probe_new(r, type);
    if (r->probes[PROBE_STARTUP])
        arm(r->probes[PROBE_STARTUP], first_ms(r->probes[PROBE_STARTUP]));
    else
        begin_others(r);
    set_state(r);
}

void krun_stop_probes(struct krun *r)
{
    struct kubelet *k = r->pod->node->kubelet;

    for (enum probe_type type = 0; type < PROBE_TYPES; type++) {
        struct kprobe *p = TAKE(r->probes[type]);

        if (!p)
            continue;
        if (p->call)
            k->prober->ops->cancel(p->call);
        loop_timer_free(p->timer);
        free(p);
    }
    loop_timer_free(TAKE(r->kill_timer));
}
