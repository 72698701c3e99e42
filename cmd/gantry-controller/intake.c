#include "cmd/gantry-controller/intake.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/util.h"

#define TEXT_MAX (64u << 10)

/* "a,b" has a and b. */
static bool list_has(const char *list, const char *name)
{
    while (list && *list) {
        size_t len = strcspn(list, ",");
        if (strlen(name) == len && strncmp(list, name, len) == 0)
            return true;
        list += len + (list[len] == ',');
    }
    return false;
}

static bool is_queued(const struct jstatus *s)
{
    return s->state != JOB_STATE_NONE && !s->refusal;
}

struct asking {
    struct sched *sched;
    const struct bjob *job;
    const struct jstatus *status;
    bool started;
    bool alternate;           /* one of the queue was not asked for itself */
    struct str queue, closed; /* the names that have it; those that do not, and why */
    enum reason limited;
    struct str limits;
    bool waits;
};

static bool takes(const void *arg, const struct partition *part)
{
    const struct asking *a = arg;
    return !partition_is_closed(part) || a->started ||
           (is_queued(a->status) && list_has(a->status->partition, part->name));
}

/* Is it counted among the jobs that wait or run? */
static bool is_in(const struct asking *a)
{
    const struct job *known = a->job->uid ? sched_job(a->sched, a->job->uid) : NULL;
    return a->started || is_queued(a->status) || (known && known->phase <= JOB_RUNNING);
}

/* The first limit is told. */
static bool is_limited(struct asking *a, const struct partition *part)
{
    STR_AUTO struct str message;
    str_init(&message, TEXT_MAX);
    if (is_in(a))
        return false;
    bool waits = false;
    enum reason reason =
        sched_check_new(a->sched, a->job->model, part, &message, &waits);
    a->waits |= waits;
    if (reason == REASON_NONE)
        return false;
    if (a->limited == REASON_NONE)
        str_add(&a->limits, message.s);
    a->limited = a->limited == REASON_NONE ? reason : a->limited;
    return true;
}

static void say_closed(struct asking *a, const struct partition *part)
{
    str_addf(&a->closed, "%s%s is in state %s", a->closed.len > 0 ? ", " : "",
             part->name, part_state_word(part->state));
}

static void ask(struct asking *a, const char *name)
{
    const struct partition *part = sched_partition(a->sched, name),
                           *by = sched_taker(a->sched, part, takes, a);
    if (part && !by) {
        say_closed(a, part);
        return;
    }
    if (by && (list_has(a->queue.s, by->name) || is_limited(a, by)))
        return;
    str_addf(&a->queue, "%s%s", a->queue.len > 0 ? "," : "", by ? by->name : name);
    a->alternate |= by != part;
}

/* A component's own partition takes no jobs. */
static void ask_component(struct asking *a, const char *name)
{
    const struct partition *part = sched_partition(a->sched, name);
    if (part && partition_is_closed(part) && !a->started && !is_queued(a->status))
        say_closed(a, part);
}

static void ask_unnamed(struct asking *a, const struct job *model)
{
    for (size_t i = 0; i < sched_n_unnamed_partitions(model); i++) {
        const char *name = sched_unnamed_partition(a->sched, model, i);
        if (name)
            ask(a, name);
    }
}

static void ask_all(struct asking *a, const struct bjob *job)
{
    const struct job *model = job->model;
    for (size_t i = 0; i < model->n_others; i++)
        if (model->others[i].n_partitions > 0)
            ask_component(a, model->others[i].partitions[0]);
    if (a->closed.len > 0)
        return;
    if (model->n_partitions == 0)
        ask_unnamed(a, model);
    for (size_t i = 0; i < model->n_partitions; i++)
        ask(a, model->partitions[i]);
}

static void answer(const struct asking *a, struct intake *ret)
{
    ret->waits = a->waits;
    if (a->waits) {
        text_set(&ret->queue, NULL);
        return;
    }
    ret->alternate = a->alternate;
    if (a->queue.len > 0)
        text_set(&ret->queue, a->queue.s);
    else if (a->limited != REASON_NONE)
        ret->refusal = xasprintf(SCHED_LIMITED_TEXT ": %s", a->limits.s);
    else if (a->closed.len > 0)
        ret->refusal = xasprintf("Required partition not available (inactive or "
                                 "drain): %s; the job is queued when one takes jobs "
                                 "again",
                                 a->closed.s);
    ret->limited = a->queue.len > 0 ? REASON_NONE : a->limited;
}

void intake_decide(struct sched *sched, const struct bjob *job, bool started,
                   struct intake *ret)
{
    const char *asked = job->partition ? job->partition
                        : job->model   ? sched_unnamed_partition(sched, job->model, 0)
                                       : sched_default_partition(sched);
    struct asking a = {
        .sched = sched,
        .job = job,
        .status = &job->status,
        .started = started || job->task /* taken in with its array */
    };
    *ret = (struct intake){.queue = xstrdup_null(asked)};
    if (!job->model)
        return;
    str_init(&a.queue, TEXT_MAX);
    str_init(&a.closed, TEXT_MAX);
    str_init(&a.limits, TEXT_MAX);
    ask_all(&a, job);
    answer(&a, ret);
    str_fini(&a.queue);
    str_fini(&a.closed);
    str_fini(&a.limits);
}

bool intake_has(const struct intake *in, const char *partition)
{
    return list_has(in->queue, partition);
}

void intake_partitions(const struct intake *in, struct job *model)
{
    AUTO_FREE char *names = xstrdup_null(in->queue);
    char *rest = names, *name;
    for (size_t i = 0; i < model->n_partitions; i++)
        free(model->partitions[i]);
    model->n_partitions = 0;
    while ((name = strsep(&rest, ",")) != NULL)
        names_add(&model->partitions, &model->n_partitions, name);
}

bool intake_equal(const struct intake *a, const struct intake *b)
{
    return str_eq(a->queue, b->queue) && a->alternate == b->alternate &&
           str_eq(a->refusal, b->refusal) && a->limited == b->limited &&
           a->waits == b->waits;
}

void intake_fini(struct intake *in)
{
    free(in->queue);
    free(in->refusal);
    *in = (struct intake){0};
}
