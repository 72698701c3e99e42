/* What a job waits for, in words. */
#include <inttypes.h>

#include "base/duration.h"
#include "scheduler/core.h"
#include "scheduler/depend_private.h"

/* "job 12", "job 12_3" */
static void say_target(const struct depend *d, struct str *out)
{
    str_addf(out, "job %" PRId64, d->job_id);
    if (d->task != DEPEND_WHOLE)
        str_addf(out, "_%" PRId64, d->task);
}

static int64_t task_of(const struct job *job)
{
    return job->array_id != 0 ? job->array_task : DEPEND_WHOLE;
}

static void say_open(const struct sched *s, const struct job *job,
                     const struct depend *asked, struct str *out)
{
    const struct depend of_task = depend_for(s, task_of(job), asked), *d = &of_task;
    static const char *const verbs[] = {[DEPEND_AFTER] = "to start",
                                        [DEPEND_AFTER_ANY] = "to end",
                                        [DEPEND_AFTER_OK] = "to succeed",
                                        [DEPEND_AFTER_NOT_OK] = "to fail"};
    char delay[DURATION_TEXT_MAX];

    if (d->kind == DEPEND_SINGLETON) {
        str_addf(out, "earlier jobs named %s to end", job_name(job));
        return;
    }
    say_target(d, out);
    str_addf(out, " %s", verbs[d->kind]);
    if (asked->kind == DEPEND_AFTER_CORR && job->array != NULL)
        str_add(out, ", task by task");
    if (d->delay_sec == 0)
        return;
    duration_format(d->delay_sec, delay);
    str_addf(out, " and %s to pass", delay);
}

static bool is_known(const struct sched *s, const struct depend *d)
{
    const struct job *array = jobrec_by_id(s, d->job_id);

    if (depend_other(s, d) != NULL)
        return true;
    return array != NULL && array->array != NULL &&
           (taskset_has(&array->array->well, d->task) ||
            taskset_has(&array->array->ill, d->task));
}

static void say_failed(const struct sched *s, const struct job *job,
                       const struct depend *asked, struct str *out)
{
    const struct depend of_task = depend_for(s, task_of(job), asked), *d = &of_task;

    if (depend_is_own(job, d)) {
        str_add(out, "it depends on itself");
        return;
    }
    if (!is_known(s, d))
        str_add(out, "no ");
    say_target(d, out);
    str_add(out, !is_known(s, d)              ? " is known"
                 : d->kind == DEPEND_AFTER_OK ? " has not succeeded"
                                              : " has not failed");
}

static const char never[] = "its dependency can never be met: ";

void depend_say_circle(const struct sched *s, const struct jobrec *rec, struct str *out)
{
    str_addf(out, "%sit waits for ", never);
    circle_say(s, rec, out);
}

void depend_say(const struct sched *s, const struct job *job, enum depend_state state,
                struct str *out)
{
    const char *apart = job->depends_any ? ", or " : ", and ";
    bool first = true;

    str_add(out, state == DEPEND_FAILED ? never : "waits for ");
    for (size_t i = 0; i < job->n_depends; i++) {
        const struct depend *d = &job->depends[i];

        if (d->state != state)
            continue;
        str_add(out, first ? "" : apart);
        first = false;
        if (state == DEPEND_FAILED)
            say_failed(s, job, d, out);
        else
            say_open(s, job, d, out);
    }
}
