#include "cmd/gantry-controller/next.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "base/duration.h"
#include "base/str.h"
#include "base/util.h"

/* Back-off after a failed launch or a lost node: 10 s, doubled by each restart. */
#define BACKOFF_FIRST_SEC 10
#define BACKOFF_DOUBLINGS 5
#define BACKOFF_MAX_SEC 300
#define MINUTE_SEC 60
#define SENTENCE_MAX 4096

enum after { AFTER_FINAL, AFTER_REQUEUE, AFTER_REQUEUE_IF_ALLOWED };

/* How an attempt ends, by the reason that stands with COMPLETING. `final` is the state
 * where the job does not go back to the queue. */
static const struct ending {
    const char *reason; /* up to a ':' */
    enum after after;
    enum job_state final;
    bool back_off;
} endings[] = {
    {"TimeLimit", AFTER_FINAL, JOB_STATE_TIMEOUT, false},
    {"NonZeroExitCode", AFTER_FINAL, JOB_STATE_FAILED, false},
    {"RaisedSignal", AFTER_FINAL, JOB_STATE_FAILED, false},
    {"Cancelled", AFTER_FINAL, JOB_STATE_CANCELLED, false},
    {"None", AFTER_FINAL, JOB_STATE_COMPLETED, false},
    {"NodeDown", AFTER_REQUEUE_IF_ALLOWED, JOB_STATE_NODE_FAIL, true},
    {"JobLaunchFailure", AFTER_REQUEUE, JOB_STATE_FAILED, true},
    {"Requeued", AFTER_REQUEUE, JOB_STATE_FAILED, false},
    {"RequeuedHold", AFTER_REQUEUE, JOB_STATE_FAILED, false},
};

static const struct ending *ending_of(const char *reason)
{
    reason = reason ? reason : "";
    size_t len = strcspn(reason, ":");
    for (size_t i = 0; i < ARRAY_LEN(endings); i++)
        if (strlen(endings[i].reason) == len &&
            strncmp(reason, endings[i].reason, len) == 0)
            return &endings[i];
    /* Another Gantry's reason: the safe end is a failure that is seen. */
    return &endings[1];
}

static int64_t backoff_sec(int64_t restarts)
{
    int64_t doublings = MIN(restarts, BACKOFF_DOUBLINGS);
    return MIN((int64_t)BACKOFF_FIRST_SEC << doublings, BACKOFF_MAX_SEC);
}

static void want_reason(struct job_next *n, const char *reason, const char *message)
{
    text_set(&n->want.reason, reason);
    text_set(&n->want.message, message);
}

static void clear_run(struct jstatus *s)
{
    plan_clear(&s->plan);
    s->ahead.jobs = AHEAD_NONE;
    slots_free(s->placement, s->n_placement);
    s->placement = NULL;
    s->n_placement = 0;
    text_set(&s->partition, NULL);
    s->start_sec = s->end_sec = TIME_UNSET;
    s->exit_code = s->exit_signal = -1;
}

/* Back to the queue, as in Slurm: a new submit time, and the restart counted. Each life
 * has a number of its own, also one that was cancelled before its start was persisted:
 * a create that the server carries out late is not of the next one. */
static void want_requeue(const struct job_view *v, struct job_next *n, bool back_off)
{
    struct jstatus *s = &n->want;
    clear_run(s);
    s->state = JOB_STATE_PENDING;
    text_set(&s->partition, v->queue);
    s->submit_sec = v->now_sec;
    s->eligible_sec = back_off ? v->now_sec + backoff_sec(s->restarts) : v->now_sec;
    s->restarts++;
    s->attempt = MAX(s->attempt, s->restarts);
}

static void want_final(const struct job_view *v, struct job_next *n,
                       enum job_state state)
{
    plan_clear(&n->want.plan);
    n->want.state = state;
    n->want.end_sec = v->now_sec;
}

static void want_completing(struct job_next *n, const char *reason, const char *message)
{
    n->want.state = JOB_STATE_COMPLETING;
    want_reason(n, reason, message);
}

/* What the core says of a job whether it waits or starts. */
static void want_standing(const struct job_view *v, struct job_next *n)
{
    if (!v->factors)
        return;
    n->want.priority = v->priority;
    n->want.factors = *v->factors;
    text_set(&n->want.account, v->account);
    text_set(&n->want.qos, v->qos);
}

/* The intent: attempt and placement. */
static void want_attempt(const struct job_view *v, struct job_next *n,
                         enum job_state state)
{
    struct jstatus *s = &n->want;
    slots_free(s->placement, s->n_placement);
    s->placement = slots_copy(v->start, v->n_start);
    s->n_placement = v->n_start;
    text_set(&s->partition, v->partition);
    plan_clear(&s->plan);
    s->attempt = v->job->status.attempt + 1;
    s->state = state;
    want_standing(v, n);
    want_reason(n, NULL, NULL);
}

/* What the pods ask for is not what was planned. */
static void want_amended(const struct job_view *v, struct job_next *n)
{
    struct jstatus *s = &n->want;
    if (!v->amended)
        return;
    slots_free(s->placement, s->n_placement);
    s->placement = slots_copy(v->amended, v->n_amended);
    s->n_placement = v->n_amended;
}

/* RUNNING may be written late; the time is when it became true. */
static int64_t start_of(const struct job_view *v)
{
    return v->attempt->bound_sec != 0 ? v->attempt->bound_sec : v->now_sec;
}

static void want_running(const struct job_view *v, struct job_next *n)
{
    n->want.state = JOB_STATE_RUNNING;
    n->want.start_sec = start_of(v);
    want_reason(n, NULL, NULL);
}

/* ---- actions ---- */

static void action_done(struct job_next *n, const struct action *action)
{
    text_set(&n->want.last_action, action->id);
}

/* On a job that holds an attempt. */
static bool act_on_attempt(struct job_next *n, const struct action *action)
{
    if (!action)
        return false;
    action_done(n, action);
    switch (action->type) {
    case ACTION_CANCEL:
        want_completing(n, "Cancelled", NULL);
        return true;
    case ACTION_REQUEUE:
        want_completing(n, "Requeued", NULL);
        return true;
    case ACTION_REQUEUE_HOLD:
        want_completing(n, "RequeuedHold", NULL);
        return true;
    case ACTION_OTHER:
        return false;
    }
    return false;
}

/* The hold is in spec, where it is released. It is written before the job is PENDING
 * again: nothing starts it in between. */
static bool hold_first(const struct job_view *v, struct job_next *n)
{
    n->hold = v->job->model && v->job->model->hold == HOLD_NONE;
    return n->hold;
}

static void act_on_pending(const struct job_view *v, struct job_next *n,
                           const struct action *action)
{
    if (action->type == ACTION_REQUEUE_HOLD && hold_first(v, n))
        return;
    action_done(n, action);
    if (action->type == ACTION_CANCEL) {
        want_final(v, n, JOB_STATE_CANCELLED);
        want_reason(n, NULL, NULL);
    }
}

static void act_on_final(const struct job_view *v, struct job_next *n,
                         const struct action *action)
{
    if (action->type == ACTION_REQUEUE_HOLD && hold_first(v, n))
        return;
    action_done(n, action);
    if (action->type == ACTION_REQUEUE || action->type == ACTION_REQUEUE_HOLD) {
        want_requeue(v, n, false);
        want_reason(n, NULL, NULL);
    }
}

/* ---- how an attempt stands ---- */

static void record_exit(struct jstatus *s, const struct rank *r)
{
    s->exit_code = r->exit_signal > 0 ? 0 : r->exit_code;
    s->exit_signal = MAX(r->exit_signal, 0);
}

static void end_failed(const struct job_view *v, struct job_next *n, size_t rank)
{
    const struct rank *r = &v->attempt->ranks[rank];
    AUTO_FREE char *reason = NULL, *message = NULL;
    record_exit(&n->want, r);
    if (r->exit_signal > 0) {
        const char *name = strsignal(r->exit_signal);
        reason =
            xasprintf("RaisedSignal:%d(%s)", r->exit_signal, name ? name : "unknown");
    } else {
        reason = xstrdup("NonZeroExitCode");
    }
    const char *why = r->reason ? r->reason : "";
    if (v->attempt->n > 1)
        message =
            xasprintf("rank %zu ended first, with %d:%d%s%s", rank, n->want.exit_code,
                      n->want.exit_signal, *why ? ": " : "", why);
    else
        message = xstrdup_null(r->reason);
    want_completing(n, reason, message);
}

static void end_broken(const struct job_view *v, struct job_next *n, size_t rank)
{
    const struct rank *r = &v->attempt->ranks[rank];
    const char *why = r->terminal ? r->reason : NULL;
    bool refused = why && !r->lost;
    AUTO_FREE char *message = xasprintf("rank %zu was %s node %s%s%s", rank,
                                        refused ? "refused by" : "lost on", r->node,
                                        why ? ": " : "", why ? why : "");
    want_completing(n, refused ? "JobLaunchFailure" : "NodeDown", message);
}

/* A batch script ends before its other ranks do: these are ended first. */
static void end_succeeded(const struct job_view *v, struct job_next *n)
{
    if (n->want.start_sec == TIME_UNSET)
        n->want.start_sec = start_of(v);
    n->want.exit_code = n->want.exit_signal = 0;
    if (!attempt_all_ended(v->attempt)) {
        want_completing(n, "None", NULL);
        return;
    }
    want_reason(n, NULL, NULL);
    want_final(v, n, JOB_STATE_COMPLETED);
}

/* Everything has ended: the state after COMPLETING. */
static void settle(const struct job_view *v, struct job_next *n)
{
    struct jstatus *s = &n->want;
    const struct ending *e = ending_of(s->reason);
    size_t rank;
    /* A rank that was given up for lost did its work after all. */
    if (e->after == AFTER_REQUEUE_IF_ALLOWED &&
        attempt_shape(v->attempt, v->job->is_script, &rank) == ATTEMPT_SUCCEEDED) {
        end_succeeded(v, n);
        return;
    }
    if (e->after == AFTER_REQUEUE ||
        (e->after == AFTER_REQUEUE_IF_ALLOWED && v->job->requeue)) {
        want_requeue(v, n, e->back_off);
        return;
    }
    want_final(v, n, e->final);
    if (s->exit_code < 0 && v->attempt->n > 0 && v->attempt->ranks[0].exit_code >= 0)
        record_exit(s, &v->attempt->ranks[0]);
    if (e->final == JOB_STATE_CANCELLED || e->final == JOB_STATE_COMPLETED)
        want_reason(n, NULL, NULL);
}

static void next_completing(const struct job_view *v, struct job_next *n)
{
    if (attempt_busy(v->attempt))
        return;
    if (!attempt_all_ended(v->attempt))
        n->kill = true;
    else if (!str_eq(v->job->status.reason, "RequeuedHold") || !hold_first(v, n))
        settle(v, n);
}

bool job_may_launch(const struct job_view *v)
{
    const struct bjob *job = v->job;
    if (job->deleting || bjob_next_action(job) ||
        attempt_trouble(v->attempt, v->now_sec))
        return false;
    /* Once the intent is persisted, a spec that became unreadable stops nothing. */
    return job->status.state == JOB_STATE_CONFIGURING ||
           (job->status.state == JOB_STATE_PENDING && v->start && job->model);
}

/* What holds a node is persisted before it does. */
static void launch_amended(const struct job_view *v, struct job_next *n)
{
    if (v->amended && !jstatus_equal(&n->want, &v->job->status))
        n->launch = false;
}

/* An attempt under way, CONFIGURING or RUNNING (`want` already holds its placement). */
static void next_attempt(const struct job_view *v, struct job_next *n)
{
    size_t rank = 0;
    want_amended(v, n);
    if (act_on_attempt(n, bjob_next_action(v->job)))
        return;
    switch (attempt_shape(v->attempt, v->job->is_script, &rank)) {
    case ATTEMPT_FAILED:
        end_failed(v, n, rank);
        break;
    case ATTEMPT_BROKEN:
        end_broken(v, n, rank);
        break;
    case ATTEMPT_SUCCEEDED:
        end_succeeded(v, n);
        return;
    case ATTEMPT_LAUNCHING:
        n->launch = job_may_launch(v);
        if (n->launch)
            launch_amended(v, n);
        else
            want_completing(n, "JobLaunchFailure",
                            attempt_trouble(v->attempt, v->now_sec));
        return;
    case ATTEMPT_RUNNING:
        if (v->timed_out)
            want_completing(n, "TimeLimit", NULL);
        else if (n->want.state != JOB_STATE_RUNNING)
            want_running(v, n);
        return;
    }
    /* The end of a whole attempt needs no COMPLETING between. */
    if (attempt_all_ended(v->attempt) && !attempt_busy(v->attempt))
        settle(v, n);
}

/* ---- pending ---- */

/* One pod needs neither intent nor bind: its deterministic name is the intent. */
static void next_single(const struct job_view *v, struct job_next *n)
{
    const struct attempt *a = v->attempt;
    const struct action *action = bjob_next_action(v->job);
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
        want_requeue(v, n, true);
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
    const struct action *action = bjob_next_action(v->job);
    if (action || !v->job->model) {
        n->drop_start = true;
        if (action)
            act_on_pending(v, n, action);
        return;
    }
    want_attempt(v, n, JOB_STATE_CONFIGURING);
}

/* A promise is told to the minute; a forecast when it has moved by more than a minute
 * and a twentieth of the wait (api.md). */
static bool plan_is_news(const struct plan *is, const struct plan *was, int64_t now_sec)
{
    if (is->promised || was->promised || is->start_sec == TIME_UNSET ||
        was->start_sec == TIME_UNSET)
        return !plan_equal(is, was);
    int64_t moved = is->start_sec > was->start_sec ? is->start_sec - was->start_sec
                                                   : was->start_sec - is->start_sec;
    return moved > MINUTE_SEC && moved > (is->start_sec - now_sec) / 20;
}

static void want_plan(const struct job_view *v, struct job_next *n)
{
    if (!v->plan || !plan_is_news(v->plan, &n->want.plan, v->now_sec))
        return;
    if (n->want.plan.start_sec == TIME_UNSET)
        n->want.planned_since_sec = v->now_sec;
    plan_clear(&n->want.plan);
    n->want.plan = plan_copy(v->plan);
}

static void want_ahead(const struct job_view *v, struct job_next *n)
{
    struct ahead *is = &n->want.ahead;
    if (!v->ahead)
        *is = (struct ahead){.jobs = AHEAD_NONE};
    else if (is->jobs == AHEAD_NONE || ahead_is_news(v->ahead, is))
        *is = *v->ahead;
}

static void say_ahead(const struct ahead *a, struct str *text)
{
    const char *apart = text->len > 0 ? "; " : "";
    if (a->jobs == AHEAD_NONE)
        return;
    if (a->jobs == 0)
        str_addf(text, "%sno job ahead", apart);
    else
        str_addf(text, "%s%" PRId64 " job%s", apart, a->jobs, a->jobs == 1 ? "" : "s");
    if (a->jobs > 0 && a->gpus > 0)
        str_addf(text, " with %" PRId64 " GPU%s", a->gpus, a->gpus == 1 ? "" : "s");
    if (a->jobs > 0)
        str_add(text, " ahead");
}

static void say_plan(const struct plan *plan, struct str *text)
{
    char when[TIME_TEXT_MAX];
    if (plan->start_sec == TIME_UNSET)
        return;
    time_format_rfc3339(plan->start_sec, when);
    str_addf(text, "%s%s start %s", text->len > 0 ? "; " : "",
             plan->promised ? "planned" : "forecast", when);
}

/* The core's sentence, and for how long it waits: "needs 2 nodes with cpu=8; none is
 * free now; 3 jobs with 24 GPUs ahead; planned start 2027-01-15T08:10:00Z". Made of
 * what is to be persisted, so that it moves only with that. */
static void want_sentence(const struct job_view *v, struct job_next *n)
{
    STR_AUTO struct str text;
    str_init(&text, SENTENCE_MAX);
    str_add(&text, v->message ? v->message : "");
    say_ahead(&n->want.ahead, &text);
    say_plan(&n->want.plan, &text);
    want_reason(n, v->reason, text.len > 0 ? text.s : NULL);
}

static void next_waiting(const struct job_view *v, struct job_next *n)
{
    const struct action *action = bjob_next_action(v->job);
    struct jstatus *s = &n->want;
    if (action) {
        act_on_pending(v, n, action);
        return;
    }
    text_set(&s->refusal, v->job->refusal);
    text_set(&s->partition, v->queue);
    if (v->job->refusal) {
        n->want.ahead.jobs = AHEAD_NONE;
        want_reason(n, "BadConstraints", v->job->refusal);
        return;
    }
    bool backing_off = str_eq(s->reason, "JobLaunchFailure") &&
                       s->eligible_sec != TIME_UNSET && s->eligible_sec > v->now_sec;
    if (v->reason && !backing_off) {
        want_plan(v, n);
        want_ahead(v, n);
        want_sentence(v, n);
        want_standing(v, n);
    }
}

/* A job of one pod needs its id in status before its pod has it in its name. */
static void next_new(const struct job_view *v, struct job_next *n)
{
    struct jstatus *s = &n->want;
    if (v->assigned_id == 0 || v->undecided)
        return;
    s->state = JOB_STATE_PENDING;
    s->job_id = v->assigned_id;
    s->submit_sec =
        v->job->created_sec != TIME_UNSET ? v->job->created_sec : v->now_sec;
    text_set(&s->partition, v->queue);
    want_standing(v, n);
    if (bjob_next_action(v->job)) /* it has its turn then */
        text_set(&s->refusal, v->job->refusal);
    else if (v->start && v->job->model && !starts_single(v))
        want_attempt(v, n, JOB_STATE_CONFIGURING);
    else if (!v->start)
        next_waiting(v, n);
}

static bool differs_only_in_reason(const struct jstatus *want,
                                   const struct jstatus *have)
{
    return want->state == JOB_STATE_PENDING && have->state == JOB_STATE_PENDING &&
           want->restarts == have->restarts &&
           str_eq(want->last_action, have->last_action) &&
           str_eq(want->refusal, have->refusal);
}

void job_next(const struct job_view *v, struct job_next *ret)
{
    *ret = (struct job_next){0};
    jstatus_copy(&ret->want, &v->job->status);
    if (v->job->deleting || v->job->unknown_state)
        return;
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
    case JOB_STATE_NODE_FAIL: {
        const struct action *action = bjob_next_action(v->job);
        if (action)
            act_on_final(v, ret, action);
        break;
    }
    }
    if (ret->want.state != JOB_STATE_PENDING)
        ret->want.ahead = (struct ahead){.jobs = AHEAD_NONE};
    ret->write = !jstatus_equal(&ret->want, &v->job->status);
    ret->only_reason =
        ret->write && differs_only_in_reason(&ret->want, &v->job->status);
    ret->only_wait = ret->only_reason && ret->want.reason &&
                     str_eq(ret->want.reason, v->job->status.reason) &&
                     !priority_is_news(&ret->want.factors, &v->job->status.factors);
}
