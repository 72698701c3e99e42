/* A job starts: it holds its nodes from now on, and a decision says so. */
#include "scheduler/trial_private.h"

#include <stdlib.h>

#include "base/util.h"
#include "scheduler/accrue.h"
#include "scheduler/allowance.h"
#include "scheduler/book.h"
#include "scheduler/check.h"
#include "scheduler/eligible.h"
#include "scheduler/follower.h"
#include "scheduler/guise.h"
#include "scheduler/payers.h"
#include "scheduler/reprieve.h"
#include "scheduler/tell.h"

/* A job with a least limit takes as much more as is free behind it. */
static int64_t limit_in_force(struct sched *s, struct jobrec *rec,
                              const struct partition *part, int64_t largest_sec)
{
    if (rec->job->time_min_sec == LIMIT_UNSET)
        return largest_sec;
    return book_longest(s, rec, check_length(rec->job, part, s->now_sec), largest_sec);
}

/* The array waits for its next task: without age, told anew. It counts as many jobs as
 * it has tasks. */
static void begin_anew(struct sched *s, struct jobrec *array, int64_t started)
{
    struct job *job = array->job;
    bool ages = job->accrue_sec != TIME_UNSET;

    allowance_drop(s, array);
    taskset_remove(&job->array->left, started);
    taskset_add(&job->array->out, started);
    accrue_leave(s, array);
    if (ages)
        job->accrue_sec = ACCRUES_NOT;
    allowance_take(s, array);
    array->n_started++;
    starts_enlist(s, array);
    jobrec_reset_told(array);
}

/* The next task of an array, as a job of its own that waits. */
static struct jobrec *split_next(struct sched *s, struct jobrec *array,
                                 struct decision *decision)
{
    int64_t index = taskset_next(&array->job->array->left, 0);
    struct job *task = job_copy(array->job);
    AUTO_FREE char *uid = job_task_uid(array->uid, index);

    begin_anew(s, array, index);
    plan_clear(&task->plan);
    free(TAKE(task->array));
    free(task->uid);
    task->uid = xstrdup(uid);
    task->array_id = task->job_id;
    task->array_task = index;
    task->job_id = 0;
    sched_apply(s, &(struct change){.kind = CHANGE_JOB, .u.job = task});
    decision->task = index;
    return jobrec_find(s, uid);
}

/* All its tasks are jobs of their own: itself it holds nothing. */
static void set_aside(struct sched *s, const struct jobrec *array)
{
    struct job *job = job_copy(array->job);

    job->phase = JOB_ASIDE;
    sched_apply(s, &(struct change){.kind = CHANGE_JOB, .u.job = job});
}

/* A task has started by the entry. What was planned elsewhere is the next one's, as it
 * is not tried there again in this walk; unless limits have nothing left by then beside
 * the one that has started: its start was found with that plan off the timeline. */
static void keep_plan(struct sched *s, const struct entry *entry)
{
    struct plan *plan = &entry->rec->job->plan;

    if (plan->start_sec != TIME_UNSET && !trial_is_planned_there(entry) &&
        book_fits(s, entry->rec) && book_is_admitted(s, entry->rec)) {
        book_enter(s, entry->rec);
        return;
    }
    s->pass.moved |= plan->promised;
    plan_clear(plan);
    starts_enlist(s, entry->rec);
}

/* One of its places is free now, which those behind move up to. */
static void go_on(struct sched *s, struct jobrec *array)
{
    follower_sort(s, array);
    follower_settle(s, array);
    if (taskset_is_empty(&array->job->array->left))
        set_aside(s, array);
}

static enum sharing sharing_of(const struct sched *s, const struct entry *entry,
                               const struct job *job, const struct slot *slot)
{
    const size_t component = MIN((size_t)slot->component, job->n_others);
    const struct partrec *part =
        cluster_component_partition(&s->cluster, job, component, entry->part);

    return job_sharing(job, part != NULL ? part->part : NULL);
}

/* Beside whom it is there is settled by its start. Returns the slots as they are then,
 * in place of `slots`. */
static const struct slot *set_sharing(const struct sched *s, const struct entry *entry,
                                      const struct job *job, const struct slot *slots,
                                      size_t n)
{
    AUTO_FREE struct slot *draft = NULL;
    const struct slot *settled;

    for (size_t i = 0; i < n; i++) {
        const enum sharing sharing = sharing_of(s, entry, job, &slots[i]);
        const bool alone = sharing == SHARES_WITH_NONE;
        const bool owned = sharing == SHARES_WITH_USER;

        if (slots[i].alone == alone && slots[i].owned == owned)
            continue;
        if (draft == NULL)
            draft = slots_draft(slots, n);
        draft[i].alone = alone;
        draft[i].owned = owned;
    }
    if (draft == NULL)
        return slots;
    settled = slots_new(draft, n);
    slots_unref(slots);
    return settled;
}

/* It holds the slots from now on. */
static void take_slots(struct sched *s, struct jobrec *rec, const struct slot *slots,
                       size_t n, bool placed)
{
    struct job *job = rec->job;

    cluster_hold(&s->cluster, slots, n);
    job->alloc = slots;
    job->n_alloc = n;
    job->start_sec = s->now_sec;
    job->phase = JOB_STARTING;
    accrue_leave(s, rec);
    /* Others may use what was promised here, or have been told of what is free now. */
    s->pass.moved |= job->plan.promised || s->pass.n_waiting > 0 || s->pass.refused;
    plan_clear(&job->plan);
    trial_note_place(s, rec, placed);
}

static void count_start(struct sched *s, struct jobrec *rec)
{
    const struct job *job = rec->job;

    book_enter(s, rec);
    allowance_take(s, rec);
    s->n_phase[JOB_PENDING]--;
    s->n_phase[JOB_STARTING]++;
    crews_count(&s->crews, job, 1);
    s->n_depending -= job->n_depends > 0;
    s->circles.n_early -= circle_is_early(job);
    s->singles.stale = true;
    /* Of the same name, perhaps; of the same array. */
    s->dirty |= s->n_depending > 0 || job->tasks_limit > 0;
    s->dirty |= reserve_replaces(s, job->reservation);
    shape_put(&s->shapes, rec->shape);
    rec->shape = NULL;
    rec->version++;
    starts_enlist(s, rec);
    jobrec_reset_told(rec);
}

void trial_start(struct sched *s, const struct entry *entry, const struct slot *slots,
                 size_t n, bool placed)
{
    struct jobrec *queued = entry->rec, *rec = queued, *array = follower_array(queued);
    struct decision decision = {
        .kind = DECIDE_START,
        .job_uid = array->uid,
        .partition = entry->part->part->name,
        .reservation = reserve_running_in(s, entry->resv),
        .license = entry->license,
        .slots = slots,
        .n_slots = n,
        .priority = entry->priority,
        .account = policy_account(&s->policy, queued->job),
        .qos = tell_qos(s, queued->job),
        .chosen_qos = queued->job->n_qos_list > 0 ? job_qos(queued->job) : NULL,
        .eligible_sec = eligible_told(queued->job),
        .planned_sec = TIME_UNSET,
        .task = -1,
    };
    int64_t largest_sec;

    if (queued->job->array != NULL)
        rec = split_next(s, array, &decision);
    free(rec->job->partition);
    rec->job->partition = xstrdup(decision.partition);
    free(rec->job->reservation);
    rec->job->reservation = xstrdup_null(decision.reservation);
    free(rec->job->license);
    rec->job->license = xstrdup_null(decision.license);
    guise_settle(s, rec, (size_t)queued->job->qos_at);
    payers_settle(&s->policy, rec->job);
    largest_sec = MIN(check_largest(rec->job, entry->part->part, s->now_sec),
                      allowance_longest(s, rec->job, entry->part->part, slots, n));
    decision.slots = slots = set_sharing(s, entry, rec->job, slots, n);
    take_slots(s, rec, slots, n, placed);
    decision.bound_sec = check_bound(rec->job, entry->part->part);
    decision.limit_sec = limit_in_force(s, rec, entry->part->part, largest_sec);
    rec->job->limit_sec = decision.limit_sec;
    count_start(s, rec);
    if (array->job->array != NULL)
        keep_plan(s, entry);
    decided_add(&s->decided, &decision);
    reprieve_placed(s, queued);
    if (array->job->array != NULL)
        go_on(s, array);
}
