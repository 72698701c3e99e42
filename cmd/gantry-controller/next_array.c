#include "base/util.h"
#include "cmd/gantry-controller/next_private.h"

#define TEXT_MAX_BYTES 1024 /* of an outcome: crds/batchjobs.yaml */
#define LIST_SHOWN 512      /* of a list of tasks */

/* Those of the tasks that an action names. */
static struct taskset named(const struct action *action, struct taskset tasks)
{
    if (action->only)
        taskset_keep(&tasks, action->only);
    return tasks;
}

/* There may be thousands: the beginning of the list will do. */
static void add_list(const struct taskset *tasks, struct str *out)
{
    STR_AUTO struct str list;
    str_init(&list, TASKSET_TEXT_MAX);
    taskset_format(tasks, &list);
    str_addf(out, list.len > LIST_SHOWN ? "%.*s..." : "%.*s", LIST_SHOWN, list.s);
}

/* "Done, but not for 3-5: ..." */
static void say_done(const struct job_view *v, struct job_next *n,
                     const struct action *action)
{
    STR_AUTO struct str text;
    str_init(&text, TEXT_MAX_BYTES);
    str_add(&text, ACTION_DONE);
    if (!taskset_is_empty(&v->array->deaf)) {
        str_add(&text, ", but not for ");
        add_list(&v->array->deaf, &text);
        str_addf(&text, ": a job's list of actions has room for %d, and a Cancel",
                 ACTIONS_MAX - 1);
    }
    action_done(n, action, text.s);
}

/* Its tasks are given the action as their own first (tasks_inherited), also those whose
 * BatchJob is just being made. A hold is done when its tasks can be named. */
static void act(const struct job_view *v, struct job_next *n,
                const struct action *action, struct array_status *status)
{
    if (action->only && taskset_is_empty(action->only)) {
        action_done(n, action, "Refused: its tasks are no list such as 3-5,7");
        return;
    }
    if (action->type == ACTION_CANCEL_COMPONENT) {
        action_done(n, action, COMPONENT_REFUSED);
        return;
    }
    if (action->type == ACTION_HOLD && !v->job->model) {
        action_done(n, action, "Refused: the job is not taken in as it is");
        return;
    }
    if (v->array->splitting || v->array->spreading)
        return;
    struct taskset left = bjob_tasks_left(v->job, status);
    struct taskset hit = named(action, left), fresh = named(action, v->array->fresh);
    if (action->type == ACTION_CANCEL)
        taskset_join(&status->cancelled, &hit);
    if (action->type == ACTION_HOLD)
        n->apart = hit;
    taskset_join(&hit, &fresh);
    if (action->type != ACTION_HOLD || taskset_is_empty(&hit))
        say_done(v, n, action);
}

/* "tasks 3,7 failed" */
static void say_failed(const struct array_status *status, struct job_next *n)
{
    STR_AUTO struct str text;
    str_init(&text, TEXT_MAX_BYTES);
    str_addf(&text, "task%s ", taskset_count(&status->failed) == 1 ? "" : "s");
    add_list(&status->failed, &text);
    str_add(&text, " failed");
    want_reason(n, "NonZeroExitCode", text.s);
}

static void want_end(const struct job_view *v, struct job_next *n,
                     const struct array_status *status)
{
    bool failed = !taskset_is_empty(&status->failed),
         cut = !taskset_is_empty(&status->cancelled);
    enum job_state state = failed ? JOB_STATE_FAILED
                           : cut  ? JOB_STATE_CANCELLED
                                  : JOB_STATE_COMPLETED;
    if (job_state_is_final(n->want.state)) { /* so it stays, its end too */
        n->want.state = state;
        return;
    }
    want_final(v, n, state);
    if (failed)
        say_failed(status, n);
    else if (!v->given_up)
        want_reason(n, NULL, NULL);
}

/* None is left to be split off: what is said now is said of its tasks. */
static void want_running(const struct job_view *v, struct job_next *n)
{
    struct jstatus *s = &n->want;
    if (s->state == JOB_STATE_RUNNING)
        return;
    s->state = JOB_STATE_RUNNING;
    s->start_sec = s->start_sec != TIME_UNSET ? s->start_sec : v->now_sec;
    s->end_sec = TIME_UNSET;
    plan_clear(&s->plan);
    want_reason(n, NULL, NULL);
}

static void want_waiting(const struct job_view *v, struct job_next *n)
{
    struct jstatus *s = &n->want;
    if (s->state != JOB_STATE_PENDING) {
        s->state = JOB_STATE_PENDING;
        s->start_sec = s->end_sec = TIME_UNSET;
    }
    if (v->array->failure)
        want_reason(n, "JobLaunchFailure", v->array->failure);
    else
        wait_on(v, n);
}

void next_array(const struct job_view *v, struct job_next *n)
{
    struct array_status status = v->array->status;
    const struct action *action = bjob_next_action(v->job);
    struct taskset left = bjob_tasks_left(v->job, &status);
    const struct taskset out = array_status_out(&status);
    if (action) {
        act(v, n, action, &status);
    } else if (v->given_up && !v->refusal && !taskset_is_empty(&left)) {
        taskset_join(&status.cancelled, &left);
        if (taskset_is_empty(&out))
            give_up(v, n);
    }
    left = bjob_tasks_left(v->job, &status);
    n->splits = n->want.array == NULL ||
                !taskset_equal(&status.running, &n->want.array->running) ||
                !taskset_equal(&status.split, &n->want.array->split);
    jstatus_set_array(&n->want, &status);
    if (v->array->exit_code > n->want.exit_code) {
        n->want.exit_code = v->array->exit_code;
        n->want.exit_signal = v->array->exit_signal;
    }
    if (!taskset_is_empty(&left))
        want_waiting(v, n);
    else if (!taskset_is_empty(&out))
        want_running(v, n);
    else
        want_end(v, n, &status);
}
