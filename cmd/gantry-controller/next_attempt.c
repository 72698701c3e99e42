#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-controller/next_private.h"
#include "scheduler/reason.h"

/* RUNNING may be written late; the time is when it became true. One that has ended had
 * begun by then. */
static int64_t start_of(const struct job_view *v)
{
    const struct jstatus *s = &v->job->status;
    int64_t start_sec = v->attempt->bound_sec != 0 ? v->attempt->bound_sec : v->now_sec;
    return s->state == JOB_STATE_COMPLETING && s->end_sec != TIME_UNSET
               ? MIN(start_sec, s->end_sec)
               : start_sec;
}

/* ---- ends ---- */

#define OOM_SIGNAL 125 /* as Slurm tells it: exit code 0:125 */

enum after {
    AFTER_FINAL,
    AFTER_REQUEUE,
    AFTER_REQUEUE_IF_ALLOWED,
    AFTER_PREEMPTION, /* likewise, if that is its mode */
};

/* How an attempt ends, by the reason that stands with COMPLETING. `final` is the state
 * where the job does not go back to the queue. */
static const struct ending {
    const char *reason; /* up to a ':' */
    enum after after;
    enum job_state final;
    enum requeue when; /* where it does */
} endings[] = {
    {"TimeLimit", AFTER_FINAL, JOB_STATE_TIMEOUT, REQUEUE_NOW},
    {"NonZeroExitCode", AFTER_FINAL, JOB_STATE_FAILED, REQUEUE_NOW},
    {"RaisedSignal", AFTER_FINAL, JOB_STATE_FAILED, REQUEUE_NOW},
    {"OutOfMemory", AFTER_FINAL, JOB_STATE_OUT_OF_MEMORY, REQUEUE_NOW},
    {"Cancelled", AFTER_FINAL, JOB_STATE_CANCELLED, REQUEUE_NOW},
    {"None", AFTER_FINAL, JOB_STATE_COMPLETED, REQUEUE_NOW},
    {"NodeDown", AFTER_REQUEUE_IF_ALLOWED, JOB_STATE_NODE_FAIL, REQUEUE_BACK_OFF},
    {"JobLaunchFailure", AFTER_REQUEUE, JOB_STATE_FAILED, REQUEUE_BACK_OFF},
    {"Requeued", AFTER_REQUEUE, JOB_STATE_FAILED, REQUEUE_NOW},
    {"Preempted", AFTER_PREEMPTION, JOB_STATE_PREEMPTED, REQUEUE_DELAYED},
    {"RequeuedHold", AFTER_REQUEUE, JOB_STATE_FAILED, REQUEUE_NOW},
};

static const struct ending *ending_of(const char *reason)
{
    reason = reason ? reason : "";
    size_t len = strcspn(reason, ":");
    for (size_t i = 0; i < ARRAY_LEN(endings); i++)
        if (strlen(endings[i].reason) == len &&
            strncmp(reason, endings[i].reason, len) == 0)
            return &endings[i];
    /* A limit on what has been used ends a job as that on its time does. */
    if (reason_parse(reason) >= REASON_LIMITS)
        return &endings[0];
    /* Another Gantry's reason: the safe end is a failure that is seen. */
    return &endings[1];
}

/* The first component is the job. One that is not under way yet ends when it is: false.
 */
static bool cancel_component(const struct job_view *v, struct job_next *n,
                             const struct action *action)
{
    const int64_t i = action->component;
    struct component_ends *ends = &n->want.ends;
    if (v->job->status.state != JOB_STATE_RUNNING)
        return false;
    if (i <= 0 || i >= (int64_t)v->job->n_works) {
        action_done(n, action, NO_COMPONENT);
        return true;
    }
    if ((ends->over >> i & 1) != 0) {
        action_done(n, action, "Refused: the component has ended");
        return true;
    }
    action_done(n, action, ACTION_DONE);
    component_ends_add(ends, (size_t)i, v->now_sec);
    ends->cancelled |= UINT32_C(1) << i;
    return true;
}

/* On a job that holds an attempt: whether that ends it. */
static bool act_on_attempt(const struct job_view *v, struct job_next *n)
{
    const struct action *action = bjob_next_action(v->job);
    if (action && action->type == ACTION_HOLD) {
        action_done(n, action, HOLD_REFUSED);
        return false;
    }
    if (action && action->type == ACTION_CANCEL_COMPONENT) {
        if (cancel_component(v, n, action))
            return false;
        action = bjob_next_ending(v->job);
    }
    if (action && action->type == ACTION_SIGNAL) {
        if (signal_attempt(v, n, action))
            return false;
        action = bjob_next_ending(v->job);
    }
    if (!action)
        return false;
    action_done(n, action, ACTION_DONE);
    switch (action->type) {
    case ACTION_CANCEL:
        want_completing(v, n, "Cancelled", NULL);
        return true;
    case ACTION_REQUEUE:
        want_completing(v, n, "Requeued", NULL);
        return true;
    case ACTION_REQUEUE_HOLD:
        want_completing(v, n, "RequeuedHold", NULL);
        return true;
    case ACTION_CANCEL_COMPONENT:
    case ACTION_SIGNAL:
    case ACTION_HOLD:
    case ACTION_OTHER:
        return false;
    }
    return false;
}

static void record_exit(struct jstatus *s, const struct rank *r)
{
    s->exit_signal = r->out_of_memory ? OOM_SIGNAL : MAX(r->exit_signal, 0);
    s->exit_code = s->exit_signal > 0 ? 0 : r->exit_code;
}

static char *reason_of(const struct rank *r)
{
    const char *name = strsignal(r->exit_signal);
    if (r->out_of_memory)
        return xstrdup("OutOfMemory");
    if (r->exit_signal <= 0)
        return xstrdup("NonZeroExitCode");
    return xasprintf("RaisedSignal:%d(%s)", r->exit_signal, name ? name : "unknown");
}

static void end_failed(const struct job_view *v, struct job_next *n, size_t rank)
{
    const struct rank *r = &v->attempt->ranks[rank];
    AUTO_FREE char *reason = reason_of(r), *message = NULL;
    record_exit(&n->want, r);
    const char *why = r->reason ? r->reason : "";
    if (v->attempt->n > 1)
        message =
            xasprintf("rank %zu ended first, with %d:%d%s%s", rank, n->want.exit_code,
                      n->want.exit_signal, *why ? ": " : "", why);
    else
        message = xstrdup_null(r->reason);
    want_completing(v, n, reason, message);
}

static void end_broken(const struct job_view *v, struct job_next *n, size_t rank)
{
    const struct rank *r = &v->attempt->ranks[rank];
    const char *why = r->terminal ? r->reason : NULL;
    bool refused = why && !r->lost;
    AUTO_FREE char *message = xasprintf("rank %zu was %s node %s%s%s", rank,
                                        refused ? "refused by" : "lost on", r->node,
                                        why ? ": " : "", why ? why : "");
    want_completing(v, n, refused ? "JobLaunchFailure" : "NodeDown", message);
}

/* A batch script ends before its other ranks do: these are ended first. */
static void end_succeeded(const struct job_view *v, struct job_next *n)
{
    if (n->want.start_sec == TIME_UNSET)
        n->want.start_sec = start_of(v);
    n->want.exit_code = n->want.exit_signal = 0;
    if (!attempt_all_ended(v->attempt)) {
        want_completing(v, n, "None", NULL);
        return;
    }
    want_reason(n, NULL, NULL);
    want_final(v, n, JOB_STATE_COMPLETED);
}

static void note_preemption(const struct job_view *v, struct job_next *n)
{
    if (v->job->status.preempted.by == v->preemption->by)
        return;
    n->want.preempted = *v->preemption;
    n->want.preempted.since_sec = v->now_sec;
}

/* Who can be told by a signal runs on for its grace time. */
static bool runs_on(const struct job_view *v)
{
    return !v->deaf && v->now_sec < v->preemption->end_sec;
}

/* Its pods have their grace time from now on. */
static void end_preempted(const struct job_view *v, struct job_next *n)
{
    AUTO_FREE char *message = xasprintf("for job %" PRId64, v->preemption->by);
    note_preemption(v, n);
    want_completing(v, n, "Preempted", message);
}

/* True: it has been told, and so that is why it has ended, however it did. */
static bool end_told(const struct job_view *v, struct job_next *n)
{
    if (!v->preemption || v->job->status.preempted.by != v->preemption->by)
        return false;
    end_preempted(v, n);
    return true;
}

/* A node that went down in good order was not brought down by the job. */
static enum requeue when_of(const struct ending *e, const struct attempt *a)
{
    return e->after == AFTER_REQUEUE_IF_ALLOWED && attempt_shut_down(a) ? REQUEUE_SOON
                                                                        : e->when;
}

static bool goes_back(const struct job_view *v, const struct ending *e)
{
    switch (e->after) {
    case AFTER_FINAL:
        return false;
    case AFTER_REQUEUE:
        return true;
    case AFTER_REQUEUE_IF_ALLOWED:
        return v->job->requeue;
    case AFTER_PREEMPTION:
        return v->job->requeue && v->job->status.preempted.requeue;
    }
    return false;
}

/* Everything has ended: the state after COMPLETING. */
static void settle(const struct job_view *v, struct job_next *n)
{
    struct jstatus *s = &n->want;
    const struct ending *e = ending_of(s->reason);
    size_t rank;
    /* A rank that was given up for lost did its work after all. */
    if (e->after == AFTER_REQUEUE_IF_ALLOWED &&
        attempt_shape(v->attempt, v->job->is_script, v->job->status.ends.over, &rank) ==
            ATTEMPT_SUCCEEDED) {
        end_succeeded(v, n);
        return;
    }
    if (goes_back(v, e)) {
        want_requeue(v, n, when_of(e, v->attempt));
        return;
    }
    want_final(v, n, e->final);
    if (s->exit_code < 0 && v->attempt->n > 0 && v->attempt->ranks[0].exit_code >= 0)
        record_exit(s, &v->attempt->ranks[0]);
    if (e->final == JOB_STATE_CANCELLED || e->final == JOB_STATE_COMPLETED)
        want_reason(n, NULL, NULL);
}

void next_completing(const struct job_view *v, struct job_next *n)
{
    if (attempt_busy(v->attempt))
        return;
    if (!attempt_all_ended(v->attempt))
        n->kill = true;
    else if (!str_eq(v->job->status.reason, "RequeuedHold") || !hold_first(v, n))
        settle(v, n);
}

/* ---- an attempt under way ---- */

static void want_running(const struct job_view *v, struct job_next *n)
{
    n->want.state = JOB_STATE_RUNNING;
    n->want.start_sec = start_of(v);
    want_reason(n, NULL, NULL);
}

/* What the pods ask for is not what was planned. */
static void want_amended(const struct job_view *v, struct job_next *n)
{
    struct jstatus *s = &n->want;
    if (!v->amended)
        return;
    slots_unref(s->placement);
    s->placement = slots_ref(v->amended);
    s->n_placement = v->n_amended;
}

/* What holds a node is persisted before it does. */
static void launch_amended(const struct job_view *v, struct job_next *n)
{
    if (v->amended && !jstatus_equal(&n->want, &v->job->status))
        n->launch = false;
}

/* Those whose own time is up, or that are cancelled, end, and the others go on. */
static void end_components(const struct job_view *v, struct job_next *n)
{
    const struct component_ends *had = &v->job->status.ends;
    struct component_ends *ends = &n->want.ends;
    for (size_t i = 1; i < v->job->n_works; i++) {
        const uint32_t bit = UINT32_C(1) << i;
        if ((v->ends & bit) != 0 && (ends->over & bit) == 0)
            component_ends_add(ends, (size_t)i, v->now_sec);
        else if ((had->over & ~had->gone & bit) == 0)
            continue;
        else if (attempt_component_gone(v->attempt, (int64_t)i))
            ends->gone |= bit;
        else
            n->kill_only |= bit;
    }
}

static void go_on(const struct job_view *v, struct job_next *n)
{
    if (v->preemption)
        note_preemption(v, n);
    end_components(v, n);
    signal_preempted(v, n);
    signal_before_limit(v, n);
}

/* An attempt under way, CONFIGURING or RUNNING (`want` already holds its placement). */
void next_attempt(const struct job_view *v, struct job_next *n)
{
    size_t rank = 0;
    want_amended(v, n);
    if (act_on_attempt(v, n))
        return;
    switch (
        attempt_shape(v->attempt, v->job->is_script, v->job->status.ends.over, &rank)) {
    case ATTEMPT_FAILED:
        if (!end_told(v, n))
            end_failed(v, n, rank);
        break;
    case ATTEMPT_BROKEN:
        if (!end_told(v, n))
            end_broken(v, n, rank);
        break;
    case ATTEMPT_SUCCEEDED:
        if (end_told(v, n))
            break;
        end_succeeded(v, n);
        return;
    case ATTEMPT_LAUNCHING:
        n->launch = job_may_launch(v);
        if (n->launch)
            launch_amended(v, n);
        else
            want_completing(v, n, "JobLaunchFailure",
                            attempt_trouble(v->attempt, v->now_sec));
        return;
    case ATTEMPT_RUNNING:
        if (v->preemption && !runs_on(v))
            end_preempted(v, n);
        else if (v->end_reason)
            want_completing(v, n, v->end_reason, v->end_message);
        else if (n->want.state != JOB_STATE_RUNNING)
            want_running(v, n);
        else
            go_on(v, n);
        return;
    }
    /* The end of a whole attempt needs no COMPLETING between. */
    if (attempt_all_ended(v->attempt) && !attempt_busy(v->attempt))
        settle(v, n);
}
