#include "cmd/gantry-controller/tasks.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/split.h"

/* ---- who belongs to whom ---- */

/* Its labels and owners are its user's to edit. */
void tasks_join(struct record *r)
{
    const struct bjob_task *task = r->job->task;
    struct record *array = r->tasks.array;
    if (array && (!task || strcmp(task->array_uid, array->uid) != 0))
        tasks_leave(r);
    if (!task || r->tasks.array)
        return;
    array = record_get(r->ctl, task->array_uid);
    r->tasks.array = array;
    GROW(array->tasks.list, array->tasks.n, array->tasks.cap);
    array->tasks.list[array->tasks.n++] = r;
}

static void part(struct record *r)
{
    struct record *array = TAKE(r->tasks.array);
    for (size_t i = 0; array && i < array->tasks.n; i++)
        if (array->tasks.list[i] == r) {
            array->tasks.list[i] = array->tasks.list[--array->tasks.n];
            return;
        }
}

void tasks_leave(struct record *r)
{
    struct record *array = r->tasks.array;
    if (!array)
        return;
    part(r);
    tasks_tell(array);
    record_drop_if_empty(array);
}

void tasks_free(struct record *r)
{
    split_abandon(r);
    part(r);
    for (size_t i = 0; i < r->tasks.n; i++)
        r->tasks.list[i]->tasks.array = NULL;
    free(r->tasks.list);
    free(r->tasks.failure);
}

bool tasks_is_empty(const struct record *r)
{
    return r->tasks.n == 0 && !r->tasks.splitting;
}

/* ---- how they stand ---- */

/* A start that was decided is as good as persisted. `starting`: those of its array that
 * are on their way to one. */
static bool waits(const struct record *task, const struct taskset *starting)
{
    enum job_state state = task->job->status.state;
    if (state != JOB_STATE_PENDING && state != JOB_STATE_NONE)
        return false;
    return !task->start.on && !taskset_has(starting, task->job->task->index);
}

static struct taskset *set_of(struct array_status *status, const struct record *task,
                              const struct taskset *starting)
{
    enum job_state state = task->job->status.state;
    if (!job_state_is_final(state))
        return waits(task, starting) ? &status->split : &status->running;
    if (state == JOB_STATE_COMPLETED)
        return &status->completed;
    return state == JOB_STATE_CANCELLED ? &status->cancelled : &status->failed;
}

static void put(struct array_status *status, const struct record *task,
                const struct taskset *starting)
{
    int64_t index = task->job->task->index;
    taskset_remove(&status->split, index);
    taskset_remove(&status->running, index);
    taskset_remove(&status->completed, index);
    taskset_remove(&status->failed, index);
    taskset_remove(&status->cancelled, index);
    taskset_add(set_of(status, task, starting), index);
}

static void status_of(const struct record *array, const struct taskset *starting,
                      struct array_status *ret)
{
    const struct array_status *persisted = array->job->status.array;
    struct taskset known = {{0}};
    *ret = persisted ? *persisted : (struct array_status){0};
    for (size_t i = 0; i < array->tasks.n; i++) {
        const struct bjob *task = array->tasks.list[i]->job;
        if (!task)
            continue;
        put(ret, array->tasks.list[i], starting);
        taskset_add(&known, task->task->index);
    }
    struct taskset vanished = array_status_out(ret);
    taskset_drop(&vanished, &known);
    taskset_drop(&ret->split, &vanished);
    taskset_drop(&ret->running, &vanished);
    taskset_join(&ret->cancelled, &vanished);
}

void tasks_status(const struct record *array, struct array_status *ret)
{
    struct taskset starting, apart;
    split_tasks(array, &starting, &apart);
    status_of(array, &starting, ret);
}

void tasks_foreseen(const struct record *array, struct array_status *ret)
{
    struct taskset starting, apart;
    split_tasks(array, &starting, &apart);
    status_of(array, &starting, ret);
    struct taskset left = bjob_tasks_left(array->job, ret);
    taskset_keep(&starting, &left);
    taskset_keep(&apart, &left);
    taskset_join(&ret->running, &starting);
    taskset_join(&ret->split, &apart);
}

static bool has_action(const struct bjob *job, const char *id)
{
    for (size_t i = 0; i < job->n_actions; i++)
        if (strcmp(job->actions[i].id, id) == 0)
            return true;
    return false;
}

/* What has ended can only be run again. */
static bool concerns(const struct action *action, const struct bjob *task)
{
    bool again = action->type == ACTION_REQUEUE || action->type == ACTION_REQUEUE_HOLD;
    return action->type != ACTION_HOLD && action->type != ACTION_CANCEL_COMPONENT &&
           !task->deleting && !task->unknown_state &&
           (again || !job_state_is_final(task->status.state)) &&
           (!action->only || taskset_has(action->only, task->task->index));
}

/* The array's next action, if it is for this task and has not come to it. */
static const struct action *action_for(const struct record *r)
{
    const struct record *array = r->tasks.array;
    if (!array || !array->job || !array->job->array || array->job->deleting)
        return NULL;
    const struct action *action = bjob_next_action(array->job);
    if (!action || !concerns(action, r->job) || has_action(r->job, action->id))
        return NULL;
    return action;
}

/* It cannot come to it any more. */
static bool is_deaf(const struct record *r, const struct action *action)
{
    size_t room = action->type == ACTION_CANCEL ? ACTIONS_MAX : ACTIONS_MAX - 1;
    return r->job->n_actions >= room;
}

const struct action *tasks_inherited(const struct record *r)
{
    const struct action *action = action_for(r);
    return action && !is_deaf(r, action) ? action : NULL;
}

void tasks_view(const struct record *array, struct array_view *ret)
{
    *ret = (struct array_view){.splitting = split_is_making(array),
                               .failure = array->tasks.failure,
                               .exit_code = -1,
                               .exit_signal = -1};
    tasks_status(array, &ret->status);
    for (size_t i = 0; i < array->tasks.n; i++) {
        const struct record *r = array->tasks.list[i];
        if (!r->job)
            continue;
        const struct action *action = action_for(r);
        if (action && is_deaf(r, action))
            taskset_add(&ret->deaf, r->job->task->index);
        if (r->job->status.job_id == 0)
            taskset_add(&ret->fresh, r->job->task->index);
        ret->spreading |= tasks_inherited(r) != NULL;
        if (job_state_is_final(r->job->status.state) &&
            r->job->status.exit_code > ret->exit_code) {
            ret->exit_code = r->job->status.exit_code;
            ret->exit_signal = r->job->status.exit_signal;
        }
    }
}

/* Its array as it is persisted; NULL: it is no task, or the array is gone. */
static const struct bjob *array_of(const struct record *r)
{
    const struct record *array = r->tasks.array;
    return array && array->job && array->job->array ? array->job : NULL;
}

/* Is the task in the set that its state says, or with `any` in one of them? */
static bool is_persisted(const struct bjob *array, const struct record *task, bool any)
{
    int64_t index = task->job->task->index;
    struct array_status *status = array->status.array;
    if (!status)
        return false;
    if (any) {
        struct taskset left = bjob_tasks_left(array, status);
        return !taskset_has(&left, index);
    }
    struct taskset starting, apart;
    split_tasks(task->tasks.array, &starting, &apart);
    return taskset_has(set_of(status, task, &starting), index);
}

bool tasks_is_recorded(const struct record *r)
{
    const struct bjob *array = array_of(r);
    return !array || is_persisted(array, r, true);
}

bool tasks_end_is_recorded(const struct record *r)
{
    const struct bjob *array = array_of(r);
    return !array || is_persisted(array, r, false);
}

int64_t tasks_submit_sec(const struct record *r)
{
    const struct bjob *array = array_of(r);
    return array && array->status.submit_sec != TIME_UNSET ? array->status.submit_sec
                                                           : r->job->created_sec;
}

/* ---- changes ---- */

void tasks_tell(struct record *r)
{
    struct record *array = r->tasks.array;
    if (!r->ctl->synced)
        return;
    if (array && array->job) {
        told_update(array);
        record_reconcile(array);
    }
    for (size_t i = 0; i < r->tasks.n; i++) {
        struct record *task = r->tasks.list[i];
        if (!task->job)
            continue;
        if (!task->told.known) {
            split_hand_over(task);
            told_update(task);
        }
        if (!task->told.known || tasks_inherited(task))
            record_reconcile(task);
    }
    if (r->job && r->job->array) {
        split_tend(r);
        told_update(r);
        record_reconcile(r);
    }
}

/* ---- tasks that are split off ---- */

void tasks_set_apart(struct record *array, const struct taskset *tasks)
{
    if (loop_now_sec(array->ctl->loop) < array->tasks.retry_sec)
        return;
    split_apart(array, tasks, SPLIT_HELD);
    told_update(array);
}

void tasks_split(struct record *array, int64_t index, bool met)
{
    struct array_status status;
    tasks_foreseen(array, &status);
    struct taskset left = bjob_tasks_left(array->job, &status), one = {{0}};
    if (taskset_has(&left, index)) {
        taskset_add(&one, index);
        split_apart(array, &one, met ? SPLIT_MET : SPLIT_WAITS);
    }
    told_update(array);
}

void tasks_start(struct record *array, const struct decision *d)
{
    struct array_status status;
    tasks_foreseen(array, &status);
    struct taskset left = bjob_tasks_left(array->job, &status);
    if (taskset_has(&left, d->task))
        split_off(array, d);
    else
        split_refuse(array, d->task);
    told_update(array);
    record_reconcile(array);
}
