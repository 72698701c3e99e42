/* Arrays wait as one record; their tasks leave it as they start, or to wait alone. */
#include <stdlib.h>

#include "base/util.h"
#include "cmd/gantry-sim/engine_private.h"

static void tell(struct engine *e, struct job *take_job)
{
    sched_apply(e->sched, &(struct change){.kind = CHANGE_JOB, .u.job = take_job});
}

/* As it was saved, or as the recorded job that all of its tasks are. */
static struct job *model_of(const struct engine *e, const struct array *array)
{
    const size_t first = array->berths->job;
    const struct work *work = &e->in->load->jobs[first];
    if (work->whole)
        return job_copy(array->record);
    struct job *model = pool_job(e->in->pool, work, first);
    free(model->uid);
    model->uid = xstrdup(array->record->uid);
    model->job_id = array->record->job_id;
    model->array_id = model->array_task = 0;
    *job_array(model) = *array->record->array;
    return model;
}

/* Who waits for it hears that it has failed. */
static void refuse(struct engine *e, struct job *take_model, int64_t now_sec)
{
    if (!kin_awaits(e->kin, take_model)) {
        job_free(take_model);
        return;
    }
    take_model->array->ill = take_model->array->left;
    take_model->array->left = (struct taskset){{0}};
    take_model->phase = JOB_ENDED;
    take_model->start_sec = take_model->end_sec = now_sec;
    take_model->failed = true;
    tell(e, take_model);
}

void engine_array_submit(struct engine *e, struct array *array, int64_t now_sec)
{
    STR_AUTO struct str message;
    str_init(&message, ENTRY_TEXT_MAX);
    if (array->told)
        return;
    array->told = true;
    struct job *model = model_of(e, array);
    if (!e->in->load->jobs[array->berths->job].whole)
        array->refused = engine_entry(e, model, &message);
    if (array->refused == REASON_NONE) {
        tell(e, model);
        return;
    }
    array->message = TAKE(message.s);
    refuse(e, model, now_sec);
}

/* The record as it is, without a plan: the core keeps that. */
static struct job *record_of(const struct engine *e, const char *uid)
{
    struct job *record = job_copy(sched_job(e->sched, uid));
    plan_clear(&record->plan);
    return record;
}

struct job *engine_array_start(struct engine *e, struct array *array,
                               const struct decision *d)
{
    const size_t job = array_job(array, d->task);
    AUTO_FREE char *stand_in = job_task_uid(array->record->uid, d->task);
    struct job *model = job_copy(sched_job(e->sched, stand_in));
    struct job *own = pool_job(e->in->pool, &e->in->load->jobs[job], job);
    free(model->uid);
    model->uid = TAKE(own->uid);
    model->job_id = own->job_id;
    job_free(own);
    sched_apply(e->sched, &(struct change){.kind = CHANGE_JOB_GONE, .u.key = stand_in});
    taskset_remove(&array->left, d->task);
    return model;
}

/* Its array's dependencies are its own, unless they are met for it. */
void engine_array_split(struct engine *e, struct array *array, const struct decision *d)
{
    const size_t job = array_job(array, d->task);
    struct job *model = pool_job(e->in->pool, &e->in->load->jobs[job], job);
    if (d->met) {
        free(TAKE(model->depends));
        model->n_depends = 0;
    }
    taskset_remove(&array->left, d->task);
    tell(e, model);
    e->again = true;
    if (!taskset_is_empty(&array->left))
        return;
    struct job *record = record_of(e, array->record->uid);
    record->phase = JOB_ASIDE;
    tell(e, record);
}

void engine_array_give_up(struct engine *e, struct array *array)
{
    struct job *record = record_of(e, array->record->uid);
    taskset_join(&record->array->ill, &array->left);
    record->array->left = array->left = (struct taskset){{0}};
    record->phase = taskset_is_empty(&record->array->out) ? JOB_ENDED : JOB_ASIDE;
    record->failed = true;
    tell(e, record);
}

void engine_array_task_over(struct engine *e, const struct job *task, bool well)
{
    const char *uid = kin_array(e->kin, task);
    if (!uid)
        return;
    struct job *record = record_of(e, uid);
    struct job_array *array = record->array;
    taskset_remove(&array->out, task->array_task);
    taskset_add(well ? &array->well : &array->ill, task->array_task);
    if (taskset_is_empty(&array->out) && taskset_is_empty(&array->left)) {
        record->phase = JOB_ENDED;
        record->failed = !taskset_is_empty(&array->ill);
    }
    tell(e, record);
}
