#include <string.h>

#include "base/util.h"
#include "cmd/gantry-controller/next_private.h"

bool job_may_launch(const struct job_view *v)
{
    const struct bjob *job = v->job;
    if (job->deleting || bjob_next_ending(job) ||
        attempt_trouble(v->attempt, v->now_sec))
        return false;
    /* Once the intent is persisted, a spec that became unreadable stops nothing. */
    return job->status.state == JOB_STATE_CONFIGURING ||
           (job->status.state == JOB_STATE_PENDING && v->start && job->model);
}

/* ---- a start that was decided ---- */

/* One pod needs neither intent nor bind: its deterministic name is the intent. */
static void next_single(const struct job_view *v, struct job_next *n)
{
    const struct attempt *a = v->attempt;
    const struct action *action = bjob_next_ending(v->job);
    const char *trouble = attempt_trouble(a, v->now_sec);
    bool made = a->n == 1 && a->ranks[0].state != RANK_NONE;
    if (made) {
        want_attempt(v, n, JOB_STATE_CONFIGURING);
        next_attempt(v, n);
        return;
    }
    n->launch = job_may_launch(v);
    if (n->launch || attempt_busy(a)) /* the answer to the create decides first */
        return;
    n->drop_start = true;
    if (action) {
        act_on_pending(v, n, action);
    } else if (trouble) {
        /* The number is spent: a create that the server still carries out late is not
         * of the next attempt. */
        n->want.attempt = v->job->status.attempt + 1;
        want_requeue(v, n, REQUEUE_BACK_OFF);
        want_reason(n, "JobLaunchFailure", trouble);
    }
}

static bool starts_single(const struct job_view *v)
{
    return slots_pods(v->start, v->n_start) == 1 && !v->unbound;
}

static void next_start(const struct job_view *v, struct job_next *n)
{
    if (starts_single(v)) {
        next_single(v, n);
        return;
    }
    const struct action *action = bjob_next_ending(v->job);
    if (action || !v->job->model) {
        n->drop_start = true;
        if (action)
            act_on_pending(v, n, action);
        return;
    }
    want_attempt(v, n, JOB_STATE_CONFIGURING);
}

/* ---- where a job stands ---- */

/* A job of one pod needs its id in status before its pod has it in its name. */
static void next_new(const struct job_view *v, struct job_next *n)
{
    struct jstatus *s = &n->want;
    if (v->assigned_id == 0 || v->undecided)
        return;
    s->state = JOB_STATE_PENDING;
    s->job_id = v->assigned_id;
    s->submit_sec = v->submit_sec != TIME_UNSET ? v->submit_sec : v->now_sec;
    text_set(&s->partition, v->queue);
    want_standing(v, n);
    if (bjob_next_ending(v->job)) /* it has its turn then */
        want_refusal(v, n);
    else if (v->start && v->job->model && !starts_single(v))
        want_attempt(v, n, JOB_STATE_CONFIGURING);
    else if (!v->start && v->array)
        wait_on(v, n); /* it is given up, task by task, once it stands there */
    else if (!v->start)
        next_waiting(v, n);
}

static void act_on_final(const struct job_view *v, struct job_next *n,
                         const struct action *action)
{
    if (action->type == ACTION_REQUEUE_HOLD && hold_first(v, n))
        return;
    action_done(n, action, action_outcome(action, "Refused: the job has ended"));
    if (action->type == ACTION_REQUEUE || action->type == ACTION_REQUEUE_HOLD) {
        want_requeue(v, n, REQUEUE_NOW);
        want_reason(n, NULL, NULL);
    }
}

static bool differs_only_in_reason(const struct jstatus *want,
                                   const struct jstatus *have)
{
    return want->state == JOB_STATE_PENDING && have->state == JOB_STATE_PENDING &&
           arrays_equal(want->array, have->array) && want->restarts == have->restarts &&
           str_eq(want->last_action, have->last_action) &&
           str_eq(want->refusal, have->refusal);
}

/* By where it stands. */
static void next_standing(const struct job_view *v, struct job_next *ret)
{
    switch (v->job->status.state) {
    case JOB_STATE_NONE:
        next_new(v, ret);
        break;
    case JOB_STATE_PENDING:
        if (v->start)
            next_start(v, ret);
        else
            next_waiting(v, ret);
        break;
    case JOB_STATE_CONFIGURING:
    case JOB_STATE_RUNNING:
        next_attempt(v, ret);
        break;
    case JOB_STATE_COMPLETING:
        next_completing(v, ret);
        break;
    case JOB_STATE_COMPLETED:
    case JOB_STATE_CANCELLED:
    case JOB_STATE_FAILED:
    case JOB_STATE_TIMEOUT:
    case JOB_STATE_NODE_FAIL:
    case JOB_STATE_DEADLINE:
    case JOB_STATE_OUT_OF_MEMORY:
    case JOB_STATE_PREEMPTED: {
        const struct action *action = bjob_next_action(v->job);
        if (action)
            act_on_final(v, ret, action);
        break;
    }
    }
}

void job_next(const struct job_view *v, struct job_next *ret)
{
    *ret = (struct job_next){0};
    jstatus_copy(&ret->want, &v->job->status);
    if (v->job->deleting || v->job->unknown_state || v->unanswered)
        return;
    ret->inherit = v->inherited != NULL;
    if (ret->inherit)
        return;
    if (v->array && v->job->status.state != JOB_STATE_NONE)
        next_array(v, ret);
    else
        next_standing(v, ret);
    if (ret->want.state != JOB_STATE_PENDING) {
        ret->want.ahead = (struct ahead){.jobs = AHEAD_NONE};
        ret->want.sooner = (struct sooner){0};
    }
    ret->write = !jstatus_equal(&ret->want, &v->job->status);
    ret->only_reason =
        ret->write && differs_only_in_reason(&ret->want, &v->job->status);
    ret->only_wait = ret->only_reason && ret->want.reason &&
                     str_eq(ret->want.reason, v->job->status.reason) &&
                     !priority_is_news(&ret->want.factors, &v->job->status.factors);
}
