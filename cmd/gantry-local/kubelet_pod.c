#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry-local/kubelet_private.h"

/* A container's code where nobody saw how it ended, as a kubelet has it. */
#define UNSEEN_CODE 137

static struct loop *loop_of(const struct kpod *pod)
{
    return pod->node->kubelet->loop;
}

/* ---- writes ---- */

static struct kpod *of_item(struct writer_item *item)
{
    return (struct kpod *)(void *)((char *)item - offsetof(struct kpod, item));
}

static struct kc_call *start_delete(struct kpod *pod, struct kc_client *client,
                                    kc_done_fn *done, void *arg)
{
    struct kc_ref ref = {
        .resource = &kc_pods, .ns = pod->spec->ns, .name = pod->spec->name};
    struct kc_delete_options options = {.uid = pod->spec->uid, .grace_sec = 0};

    pod->sent_delete = true;
    return kc_delete(client, &ref, &options, done, arg);
}

static struct kc_call *item_start(struct writer_item *item, struct kc_client *client,
                                  kc_done_fn *done, void *arg)
{
    struct kpod *pod = of_item(item);
    struct kc_ref status = {.resource = &kc_pods,
                            .ns = pod->spec->ns,
                            .name = pod->spec->name,
                            .subresource = "status"};
    JSON_AUTO struct json *patch = NULL;

    if (!pod->dirty) {
        /* the last word on the pod is in its status: now the object may go */
        if (pod->stage == KPOD_OVER && pod->deleting && !pod->finalized)
            return start_delete(pod, client, done, arg);
        return NULL;
    }
    pod->dirty = pod->sent_delete = false;
    patch = podstatus_patch(pod->spec, &pod->state);
    return kc_patch(client, &status, KC_PATCH_STRATEGIC, patch, done, arg);
}

/* A conflict may be the uid's, when another pod has the name by now; then the watch
 * tells that this one is gone, which ends the tries. Or it is a passing one. */
static enum writer_next delete_done(struct kpod *pod, const struct kc_result *result)
{
    if (writer_is_passing(result))
        return WRITER_RETRY;
    pod->finalized = true;
    return WRITER_DONE;
}

static enum writer_next item_done(struct writer_item *item,
                                  const struct kc_result *result)
{
    struct kpod *pod = of_item(item);
    bool is_gone =
        result->outcome == KC_REFUSED && result->reason == KC_REASON_NOT_FOUND;

    if (pod->sent_delete)
        return delete_done(pod, result);
    if (writer_is_passing(result)) {
        pod->dirty = true;
        return WRITER_RETRY;
    }
    if (result->outcome == KC_REFUSED && !is_gone)
        log_error(pod->node->kubelet->log, "pod %s/%s: status refused: %s: %s",
                  pod->spec->ns, pod->spec->name, kc_reason_name(result->reason),
                  result->message);
    pod->finalized |= is_gone;
    writer_want(item);
    return WRITER_DONE;
}

static const struct writer_item_ops item_ops = {item_start, item_done};

/* ---- what it holds ---- */

static void take_ip(struct kpod *pod)
{
    struct knode *node = pod->node;

    snprintf(pod->state.host_ip, sizeof(pod->state.host_ip), "%s", node->address);
    if (pod->spec->host_network) {
        snprintf(pod->state.ip, sizeof(pod->state.ip), "%s", node->address);
        return;
    }
    for (unsigned tries = 0; tries < NODE_IPS && !pod->ip; tries++) {
        unsigned i = node->next_ip;

        node->next_ip = i == NODE_IPS - 2 ? 2 : i + 1;
        if (node->ips_used[i / 64] >> (i % 64) & 1)
            continue;
        node->ips_used[i / 64] |= UINT64_C(1) << (i % 64);
        pod->ip = (uint8_t)i;
    }
    snprintf(pod->state.ip, sizeof(pod->state.ip), "%u.%u.%u.%u", node->net[0],
             node->net[1], node->net[2], pod->ip);
}

static void hold(struct kpod *pod)
{
    struct knode *node = pod->node;

    amounts_add(&node->used, &pod->spec->requests);
    pod->gpus = knode_take_gpus(
        node, amounts_get(&pod->spec->requests, node->kubelet->gpu_resource));
    take_ip(pod);
    pod->stage = KPOD_ACTIVE;
    node->kubelet->n_active++;
}

static void release(struct kpod *pod)
{
    struct knode *node = pod->node;
    struct executor *executor = node->kubelet->executor;

    if (pod->stage != KPOD_ACTIVE)
        return;
    amounts_sub(&node->used, &pod->spec->requests);
    node->gpus_used &= ~pod->gpus;
    if (pod->ip)
        node->ips_used[pod->ip / 64] &= ~(UINT64_C(1) << (pod->ip % 64));
    pod->stage = KPOD_OVER;
    node->kubelet->n_active--;
    kpod_leave(pod);
    kpod_unfollow(pod);
    if (executor->ops->finish)
        executor->ops->finish(executor, pod->spec);
}

static void stop_timers(struct kpod *pod)
{
    loop_timer_free(TAKE(pod->kill_timer));
    loop_timer_free(TAKE(pod->restart_timer));
    loop_timer_free(TAKE(pod->deadline_timer));
    loop_timer_free(TAKE(pod->limit_timer));
}

void kpod_settle(struct kpod *pod)
{
    podstatus_settle(pod->spec, &pod->state, loop_now_ms(loop_of(pod)));
    pod->dirty = true;
    if (podstatus_is_terminal(&pod->state)) {
        release(pod);
        stop_timers(pod);
    }
    writer_want(&pod->item);
    kubelet_check_stopped(pod->node->kubelet);
}

/* ---- stopping ---- */

static void kill_now(void *arg)
{
    struct kpod *pod = arg;

    kpod_kill(pod);
}

static void fail(struct kpod *pod, const char *reason, const char *message)
{
    if (pod->state.reason)
        return;
    pod->state.reason = reason;
    pod->state.message = xstrdup_null(message);
    kpod_warn(pod, NULL, reason, message ? message : reason);
}

/* The sooner of what was and what is asked. */
void kpod_arm_kill(struct kpod *pod, int64_t grace_sec)
{
    int64_t due_ms = loop_mono_ms(loop_of(pod)) + grace_sec * 1000;

    if (due_ms >= pod->kill_ms)
        return;
    pod->kill_ms = due_ms;
    if (grace_sec <= 0) {
        kill_now(pod);
        return;
    }
    if (!pod->kill_timer)
        pod->kill_timer = loop_timer_new(loop_of(pod), kill_now, pod);
    loop_timer_start(pod->kill_timer, grace_sec * 1000);
}

void kpod_stop(struct kpod *pod, int64_t grace_sec, const char *reason,
               const char *message)
{
    bool first = !pod->state.stopping;

    if (pod->stage != KPOD_ACTIVE)
        return;
    if (reason)
        fail(pod, reason, message);
    pod->state.stopping = true;
    if (!kpod_is_running(pod)) {
        kpod_settle(pod);
        return;
    }
    if (first && grace_sec > 0)
        kpod_ask(pod);
    kpod_arm_kill(pod, grace_sec);
}

static void deadline_due(void *arg)
{
    struct kpod *pod = arg;

    kpod_stop(pod, pod->spec->grace_sec, "DeadlineExceeded",
              "Pod was active on the node longer than the specified deadline");
}

/* ---- taking on ---- */

/* Something of it ran in an earlier life of this program: what came of it is not known,
 * so it must not run again. */
static bool was_started(const struct json *object)
{
    return json_str(object, "status.startTime") ||
           json_len(json_at(object, "status.containerStatuses")) > 0;
}

static void mark_unseen(struct kpod *pod)
{
    for (size_t i = 0; i < pod->spec->n_mains; i++) {
        struct container_end end = {
            .exit_code = UNSEEN_CODE,
            .reason = "ContainerStatusUnknown",
            .message = xstrdup("the node program that ran it ended before it"),
        };

        container_state_end(&pod->state.mains[i], &end);
    }
}

static void keep_start(struct kpod *pod, const struct json *object)
{
    const char *text = json_str(object, "status.startTime");
    int64_t sec;

    pod->state.start_ms = loop_now_ms(loop_of(pod));
    if (text && time_parse_rfc3339(text, &sec, NULL) == 0)
        pod->state.start_ms = sec * 1000;
}

static void fail_lacking(struct kpod *pod, const char *name)
{
    struct knode *node = pod->node;
    AUTO_FREE char *reason = xasprintf("OutOf%s", name);
    AUTO_FREE char *message =
        xasprintf("Node didn't have enough resource: %s, requested: %lld, used: %lld,"
                  " capacity: %lld",
                  name, (long long)amounts_get(&pod->spec->requests, name),
                  (long long)amounts_get(&node->used, name),
                  (long long)amounts_get(&node->group->capacity, name));

    pod->lacking_reason = TAKE(reason);
    fail(pod, pod->lacking_reason, message);
}

/* Whether the pod may be run; if not, it has failed with a reason. */
static bool may_run(struct kpod *pod, const struct json *object)
{
    struct kubelet *k = pod->node->kubelet;
    struct err err = ERR_INIT;
    const char *word;

    if (pod->spec->invalid) {
        fail(pod, "InvalidPod", pod->spec->invalid);
    } else if (was_started(object)) {
        keep_start(pod, object);
        mark_unseen(pod);
        fail(pod, "NodeRestarted", "the node program was restarted while the pod ran");
    } else if (pod->deleting) {
        fail(pod, "Terminated", "the pod was deleted before it was started");
    } else if ((word = k->executor->ops->refuse(k->executor, pod->spec, &err))) {
        fail(pod, word, err.msg);
    } else if ((word = amounts_lacking(&pod->node->group->capacity, &pod->node->used,
                                       &pod->spec->requests))) {
        fail_lacking(pod, word);
    }
    return !pod->state.reason;
}

static void begin(struct kpod *pod)
{
    struct loop *loop = loop_of(pod);

    pod->state.start_ms = loop_now_ms(loop);
    hold(pod);
    kpod_tell(
        pod, "ImagesNotPulled",
        "images are not pulled: commands run as processes of the machine that node"
        " %s is on",
        pod->node->name);
    kpod_join(pod);
    if (pod->spec->active_deadline_sec >= 0) {
        pod->deadline_timer = loop_timer_new(loop, deadline_due, pod);
        loop_timer_start(pod->deadline_timer,
                         MIN(pod->spec->active_deadline_sec, INT32_MAX) * 1000);
    }
    kpod_load(pod);
}

static struct krun *runs_new(struct kpod *pod, size_t n, bool is_init)
{
    struct krun *runs = xcalloc(n + 1, sizeof(*runs));

    for (size_t i = 0; i < n; i++)
        runs[i] = (struct krun){.pod = pod, .is_init = is_init, .i = i};
    return runs;
}

static bool is_terminal_object(const struct json *object)
{
    const char *phase = json_str_or(object, "status.phase", "");

    return strcmp(phase, "Succeeded") == 0 || strcmp(phase, "Failed") == 0;
}

static void read_deletion(struct kpod *pod, const struct json *object)
{
    pod->deleting = json_str(object, "metadata.deletionTimestamp") != NULL;
    /* with no grace left only finalizers hold it, and they are not ours */
    if (pod->deleting &&
        json_int_or(object, "metadata.deletionGracePeriodSeconds", 0) == 0)
        pod->finalized = true;
}

struct kpod *kpod_new(struct knode *node, const struct json *object)
{
    struct kpod *pod = xcalloc(1, sizeof(*pod));

    pod->node = node;
    pod->stage = KPOD_OVER;
    pod->kill_ms = INT64_MAX;
    pod->spec = podspec_new(object);
    podobjects_init(&pod->objects, pod->spec);
    pod_state_init(&pod->state, pod->spec);
    pod->inits = runs_new(pod, pod->spec->n_inits, true);
    pod->mains = runs_new(pod, pod->spec->n_mains, false);
    writer_item_init(&pod->item, node->kubelet->writer, &item_ops, false);
    TAILQ_INSERT_TAIL(&node->pods, pod, link);
    read_deletion(pod, object);
    if (is_terminal_object(object)) {
        writer_want(&pod->item);
        return pod;
    }
    if (may_run(pod, object))
        begin(pod);
    kpod_settle(pod);
    return pod;
}

void kpod_update(struct kpod *pod, const struct json *object)
{
    int64_t grace_sec = json_int_or(object, "metadata.deletionGracePeriodSeconds",
                                    pod->spec->grace_sec);

    read_deletion(pod, object);
    if (podspec_update(pod->spec, object)) {
        kpod_refresh(pod);
        kpod_signal(pod);
    }
    if (!pod->deleting)
        return;
    if (pod->stage == KPOD_ACTIVE)
        kpod_stop(pod, MIN(MAX(grace_sec, 0), INT32_MAX), NULL, NULL);
    else
        writer_want(&pod->item);
}

void kpod_vanish(struct kpod *pod)
{
    pod->gone = true;
    pod->state.stopping = true;
    writer_item_fini(&pod->item);
    if (kpod_is_running(pod))
        kpod_kill(pod);
    else
        kpod_free(pod);
}

static void drop_runs(struct kpod *pod, struct krun *runs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        krun_end_hook(&runs[i]);
        krun_stop_probes(&runs[i]);
        if (runs[i].run)
            pod->node->kubelet->executor->ops->drop(TAKE(runs[i].run));
    }
    free(runs);
}

void kpod_free(struct kpod *pod)
{
    struct kubelet *k = pod->node->kubelet;

    writer_item_fini(&pod->item);
    stop_timers(pod);
    drop_runs(pod, pod->inits, pod->spec->n_inits);
    drop_runs(pod, pod->mains, pod->spec->n_mains);
    release(pod);
    kpod_unload(pod);
    if (pod->gone)
        k->executor->ops->forget(k->executor, pod->spec);
    TAILQ_REMOVE(&pod->node->pods, pod, link);
    pod_state_fini(&pod->state, pod->spec);
    podspec_free(pod->spec);
    free(pod->lacking_reason);
    free(pod->last_warning);
    free(pod);
    kubelet_check_stopped(k);
}
