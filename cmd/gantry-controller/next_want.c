#include <string.h>

#include "base/util.h"
#include "cmd/gantry-controller/next_private.h"

/* A node that goes down says so while it ends its pods, in no order. */
#define SOON_SEC 2

static int64_t delay_sec(const struct job_view *v, enum requeue when, int64_t restarts)
{
    switch (when) {
    case REQUEUE_NOW:
        return 0;
    case REQUEUE_SOON:
        return SOON_SEC;
    case REQUEUE_BACK_OFF:
        return job_backoff_sec(restarts);
    case REQUEUE_DELAYED:
        return v->requeue_delay_sec;
    }
    return 0;
}

void want_reason(struct job_next *n, const char *reason, const char *message)
{
    text_set(&n->want.reason, reason);
    text_set(&n->want.message, message);
    n->want.never = false;
}

static void set_refusal(const struct job_view *v, struct jstatus *s,
                        const char *refusal, const char *reason)
{
    if (v->job->status.state != JOB_STATE_NONE &&
        (refusal != NULL) != (s->refusal != NULL))
        s->accepted_since_sec = v->now_sec;
    text_set(&s->refusal, refusal);
    text_set(&s->refusal_reason, reason);
}

void want_refusal(const struct job_view *v, struct job_next *n)
{
    set_refusal(v, &n->want, v->refusal, v->refusal_reason);
}

static void clear_run(struct jstatus *s)
{
    plan_clear(&s->plan);
    s->ahead.jobs = AHEAD_NONE;
    s->sooner = (struct sooner){0};
    slots_unref(s->placement);
    s->placement = NULL;
    s->n_placement = 0;
    text_set(&s->partition, NULL);
    text_set(&s->reservation, NULL);
    text_set(&s->license, NULL);
    text_set(&s->limit_asked, NULL);
    s->limit_sec = LIMIT_UNSET;
    s->start_sec = s->end_sec = TIME_UNSET;
    s->exit_code = s->exit_signal = -1;
    s->preempted = preemption_none();
    s->ends = (struct component_ends){0};
}

/* Back to the queue, as in Slurm: a new submit time, and the restart counted. Each life
 * has a number of its own, also one that was cancelled before its start was persisted:
 * a create that the server carries out late is not of the next one. */
void want_requeue(const struct job_view *v, struct job_next *n, enum requeue when)
{
    struct jstatus *s = &n->want;
    clear_run(s);
    s->state = JOB_STATE_PENDING;
    want_refusal(v, n);
    text_set(&s->partition, v->queue);
    s->submit_sec = v->now_sec;
    s->eligible_sec = v->now_sec + delay_sec(v, when, s->restarts);
    s->accrue_sec = TIME_UNSET;
    text_set(&s->lacks_age, NULL);
    s->restarts++;
    s->attempt = MAX(s->attempt, s->restarts);
}

void want_final(const struct job_view *v, struct job_next *n, enum job_state state)
{
    plan_clear(&n->want.plan);
    n->want.state = state;
    if (v->job->status.state != JOB_STATE_COMPLETING || n->want.end_sec == TIME_UNSET)
        n->want.end_sec = v->now_sec;
}

void want_completing(const struct job_view *v, struct job_next *n, const char *reason,
                     const char *message)
{
    n->want.state = JOB_STATE_COMPLETING;
    n->want.end_sec = v->now_sec;
    want_reason(n, reason, message);
}

/* Since when it is eligible. A time to come is not persisted: its begin may still
 * change. That of a requeue stays until it has passed. */
static void want_eligible(const struct job_view *v, struct jstatus *s)
{
    if (v->eligible_sec != TIME_UNSET && v->eligible_sec <= v->now_sec)
        s->eligible_sec = v->eligible_sec;
    else if (s->eligible_sec <= v->now_sec)
        s->eligible_sec = TIME_UNSET;
}

/* What the core says of a job whether it waits or starts. */
void want_standing(const struct job_view *v, struct job_next *n)
{
    if (!v->factors)
        return;
    n->want.priority = v->priority;
    n->want.factors = *v->factors;
    text_set(&n->want.account, v->account);
    text_set(&n->want.qos, v->qos);
    text_set(&n->want.dependency, v->dependency);
    if (n->want.state == JOB_STATE_PENDING) {
        n->want.limit_sec = v->bound_sec;
        text_set(&n->want.limit_asked, NULL);
    }
    want_eligible(v, &n->want);
    n->want.accrue_sec = v->accrue_sec;
    text_set(&n->want.lacks_age, v->lacks_age);
}

/* The intent: attempt and placement. */
void want_attempt(const struct job_view *v, struct job_next *n, enum job_state state)
{
    struct jstatus *s = &n->want;
    slots_unref(s->placement);
    s->placement = slots_ref(v->start);
    s->n_placement = v->n_start;
    text_set(&s->partition, v->partition);
    text_set(&s->reservation, v->reservation);
    text_set(&s->license, v->license);
    plan_clear(&s->plan);
    if (bjob_shrinks(v->job) || v->bound_sec != LIMIT_UNSET) {
        s->limit_sec = v->start_limit_sec;
        text_set(&s->limit_asked, v->job->time_limit);
    }
    s->attempt = v->job->status.attempt + 1;
    s->state = state;
    set_refusal(v, s, NULL, NULL);
    want_standing(v, n);
    want_reason(n, NULL, NULL);
}

/* ---- actions ---- */

void action_done(struct job_next *n, const struct action *action, const char *outcome)
{
    text_set(&n->want.last_action, action->id);
    text_set(&n->want.last_outcome, outcome);
}

/* The hold is in spec, where it is released. It is written before the job is PENDING
 * again: nothing starts it in between. */
bool hold_first(const struct job_view *v, struct job_next *n)
{
    n->hold = v->job->model && v->job->model->hold == HOLD_NONE;
    return n->hold;
}

const char *action_outcome(const struct action *action, const char *of_signal)
{
    if (action->type == ACTION_CANCEL_COMPONENT)
        return COMPONENT_REFUSED;
    if (action->type == ACTION_HOLD)
        return HOLD_REFUSED;
    return action->type == ACTION_SIGNAL ? of_signal : ACTION_DONE;
}

void act_on_pending(const struct job_view *v, struct job_next *n,
                    const struct action *action)
{
    if (action->type == ACTION_REQUEUE_HOLD && hold_first(v, n))
        return;
    action_done(n, action, action_outcome(action, "Refused: the job does not run"));
    if (action->type == ACTION_CANCEL) {
        want_final(v, n, JOB_STATE_CANCELLED);
        want_reason(n, NULL, NULL);
    }
}
