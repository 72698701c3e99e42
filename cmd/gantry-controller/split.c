#include "cmd/gantry-controller/split.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/cycle.h"
#include "cmd/gantry-controller/podbuild.h"
#include "cmd/gantry-controller/refusal.h"
#include "crds/dependency.h"

#define NAME_MAX_BYTES 52 /* api.md: a BatchJob's name */
/* What the server will not have now it will hardly have soon. */
#define REFUSED_RETRY_SEC 10

struct splitting {
    struct record *array;
    int64_t index;
    enum split_as as;
    char *stand_in;     /* its uid in the core; NULL: it is not to start */
    struct start start; /* what was decided, and said with it: */
    struct priority factors;
    char *account, *qos; /* NULL: none */
    int64_t bound_sec;
    char *rest; /* what it still waits for; NULL: as its array's spec says */
    bool made;  /* its BatchJob has been seen */
    struct ticket ticket;
    struct kc_call *call;
    struct loop_timer *retry; /* NULL until first needed */
    struct splitting *next;
};

/* ---- the object ---- */

static char *task_name(const struct bjob *array, int64_t index)
{
    char tail[NAME_MAX_BYTES];
    int len = snprintf(tail, sizeof(tail), "-%" PRId64 "-%" PRId64,
                       array->status.job_id, index);
    return xasprintf("%.*s%s", NAME_MAX_BYTES - len, array->name, tail);
}

/* A time that is the same whenever the task is made. */
static void set_time(struct json *spec, const char *field, int64_t sec)
{
    char when[TIME_TEXT_MAX];
    if (sec == TIME_UNSET)
        return;
    time_format_rfc3339(sec, when);
    json_set(spec, field, json_new_string(when));
}

/* As far as is known by now. Once its array has no task left, the core does not know
 * any more what that waited for. */
static char *rest_of(const struct splitting *s)
{
    const struct job *job = sched_job(s->array->ctl->sched, s->array->uid);
    STR_AUTO struct str rest;
    str_init(&rest, DEPENDENCY_TEXT_MAX);
    if (!job)
        return NULL;
    if (s->as != SPLIT_MET)
        dependency_rest(job->depends, job->n_depends, job->depends_any, &rest);
    return str_take(&rest);
}

static void set_waits(struct json *spec, const struct splitting *s)
{
    set_time(spec, "begin", s->array->job->model->eligible_sec);
    if (s->as == SPLIT_HELD && !json_get(spec, "hold"))
        json_set(spec, "hold", json_new_string("User"));
    if (s->rest && *s->rest)
        json_set(spec, "dependency", json_new_string(s->rest));
    else if (s->rest)
        json_del(spec, "dependency");
}

/* What the array has waited for already is not asked of its tasks again. */
static struct json *task_spec(const struct splitting *s)
{
    static const char *const spent[] = {"begin", "dependency", "hold",
                                        "killOnInvalidDep"};
    const struct bjob *array = s->array->job;
    struct json *spec = json_parse_str(array->spec_text, NULL);
    json_del(spec, "actions");
    for (size_t i = 0; s->stand_in && i < ARRAY_LEN(spent); i++)
        json_del(spec, spent[i]);
    if (!s->stand_in)
        set_waits(spec, s);
    json_set(spec, "jobName", json_new_string(array->job_name));
    if (array->model)
        set_time(spec, "deadline", array->model->deadline_sec);
    return spec;
}

static struct json *document(const struct splitting *s)
{
    const struct bjob *array = s->array->job;
    int64_t index = s->index;
    AUTO_FREE char *name = task_name(array, index);
    AUTO_FREE char *id = xasprintf("%" PRId64, array->status.job_id);
    AUTO_FREE char *task = xasprintf("%" PRId64, index);
    JSON_AUTO struct json *owners = pod_owners(array);
    struct json *ret = json_build(
        "{'apiVersion':'gantry.dev/v1alpha1','kind':'BatchJob','metadata':{'name':%s,"
        "'namespace':%s,'labels':{%s:%s,%s:%s},'ownerReferences':%j}}",
        name, array->ns, LABEL_ARRAY_JOB, id, LABEL_ARRAY_TASK, task, owners);
    json_set(ret, "spec", task_spec(s));
    return ret;
}

/* ---- the room ---- */

static void free_room(const struct record *array, const char *stand_in)
{
    if (!stand_in)
        return;
    sched_apply(array->ctl->sched,
                &(struct change){.kind = CHANGE_JOB_GONE, .u.key = stand_in});
    cycle_want(array->ctl);
}

void split_refuse(struct record *array, int64_t index)
{
    AUTO_FREE char *stand_in = job_task_uid(array->uid, index);
    free_room(array, stand_in);
}

/* ---- its way ---- */

static void send(void *arg);

static void splitting_free(struct splitting *s)
{
    struct splitting **at = &s->array->tasks.splitting;
    while (*at != s)
        at = &(*at)->next;
    *at = s->next;
    free_room(s->array, s->stand_in);
    if (s->call)
        kc_cancel(s->call);
    lanes_leave(s->array->ctl->lanes, &s->ticket);
    loop_timer_free(s->retry);
    start_fini(&s->start);
    free(s->account);
    free(s->qos);
    free(s->rest);
    free(s->stand_in);
    free(s);
}

/* It does not become a job now. */
static void give_up(struct splitting *s)
{
    struct record *array = s->array;
    splitting_free(s);
    if (!array->job) {
        record_drop_if_empty(array);
        return;
    }
    told_update(array);
    record_reconcile(array);
}

static void on_retry(void *arg)
{
    struct splitting *s = arg;
    lanes_enter(s->array->ctl->lanes, LANE_START, &s->ticket, send, s);
}

static void again_later(struct splitting *s)
{
    struct controller *ctl = s->array->ctl;
    lanes_leave(ctl->lanes, &s->ticket);
    if (!s->retry)
        s->retry = loop_timer_new(ctl->loop, on_retry, s);
    loop_timer_start(s->retry, RETRY_MS);
}

/* It is told in the array's status, and tried again, later. */
static void fail(struct splitting *s, const char *why)
{
    struct record *array = s->array;
    AUTO_FREE char *name = task_name(array->job, s->index);
    AUTO_FREE char *line = xasprintf("create BatchJob %s: %s", name, why);
    log_warn(array->ctl->log, "job %s/%s: %s", array->job->ns, array->job->name, line);
    text_set(&array->tasks.failure, line);
    array->tasks.retry_sec = loop_now_sec(array->ctl->loop) + REFUSED_RETRY_SEC;
    give_up(s);
}

/* False: it is another's. The task's record may end the splitting. */
static bool took(struct splitting *s, const struct json *object)
{
    struct record *array = s->array;
    struct err err = ERR_INIT;
    struct bjob *job = bjob_parse(&array->ctl->convert, object, &err);
    bool ours = job && job->task && strcmp(job->task->array_uid, array->uid) == 0;
    if (ours) {
        lanes_leave(array->ctl->lanes, &s->ticket);
        s->made = true;
        text_set(&array->tasks.failure, NULL);
        record_update(record_get(array->ctl, job->uid), job);
    } else {
        bjob_free(job);
    }
    return ours;
}

static struct kc_ref task_ref(const struct splitting *s, const char *name)
{
    return (struct kc_ref){
        .resource = &bjob_resource, .ns = s->array->job->ns, .name = name};
}

static void on_read(void *arg, const struct kc_result *result)
{
    struct splitting *s = arg;
    s->call = NULL;
    if (!s->array->job)
        give_up(s);
    else if (result->outcome != KC_OK)
        again_later(s);
    else if (!took(s, result->body))
        fail(s, "there is one of that name which is not this array's");
}

static void read_it(struct splitting *s)
{
    AUTO_FREE char *name = task_name(s->array->job, s->index);
    struct kc_ref ref = task_ref(s, name);
    s->call = kc_get(s->array->ctl->client, &ref, on_read, s);
}

static void on_made(void *arg, const struct kc_result *result)
{
    struct splitting *s = arg;
    s->call = NULL;
    if (!s->array->job)
        give_up(s);
    else if (result->outcome == KC_OK && took(s, result->body))
        return;
    else if (result->outcome != KC_REFUSED ||
             result->reason == KC_REASON_ALREADY_EXISTS)
        read_it(s);
    else if (refusal_passes(result->reason))
        again_later(s);
    else
        fail(s, result->message);
}

/* It has been decided, and nothing has come between since. Who is to wait by itself is
 * made all the same where the array is to end: that waits, and then is for it, too. */
static bool is_wanted(const struct splitting *s)
{
    const struct bjob *job = s->array->job;
    struct array_status status;
    if (!job || job->deleting || !job->array || !job->model ||
        (s->stand_in && (bjob_next_ending(job) || job->model->hold != HOLD_NONE)))
        return false;
    tasks_status(s->array, &status);
    struct taskset left = bjob_tasks_left(job, &status);
    return taskset_has(&left, s->index);
}

static void send(void *arg)
{
    struct splitting *s = arg;
    if (!is_wanted(s)) {
        give_up(s);
        return;
    }
    JSON_AUTO struct json *body = document(s);
    struct kc_ref ref = task_ref(s, NULL);
    s->call = kc_create(s->array->ctl->client, &ref, body, on_made, s);
}

static bool is_idle(const struct splitting *s)
{
    return !s->made && !s->call && s->ticket.state == TICKET_IDLE &&
           (!s->retry || !loop_timer_armed(s->retry));
}

/* Those tasks whose BatchJobs are there. */
static struct taskset seen(const struct record *array)
{
    const struct tasks *tasks = &array->tasks;
    struct taskset ret = {{0}};
    for (size_t i = 0; i < tasks->n; i++)
        if (tasks->list[i]->job)
            taskset_add(&ret, tasks->list[i]->job->task->index);
    return ret;
}

void split_tend(struct record *array)
{
    struct splitting *next;
    if (array->job->status.job_id == 0)
        return; /* it is part of its tasks' names */
    const struct taskset there = seen(array);
    for (struct splitting *s = array->tasks.splitting; s; s = next) {
        next = s->next;
        if (is_idle(s))
            lanes_enter(array->ctl->lanes, LANE_START, &s->ticket, send, s);
        else if (s->made && !taskset_has(&there, s->index))
            splitting_free(s); /* its BatchJob was there: it has never run, and waits */
    }
}

static struct splitting *add(struct record *array, int64_t index, enum split_as as)
{
    struct splitting *s = xcalloc(1, sizeof(*s));
    struct splitting **end_of = &array->tasks.splitting;
    *s = (struct splitting){.array = array, .index = index, .as = as};
    while (*end_of)
        end_of = &(*end_of)->next;
    *end_of = s;
    return s;
}

void split_off(struct record *array, const struct decision *start)
{
    struct splitting *s = add(array, start->task, SPLIT_STARTS);
    s->stand_in = job_task_uid(array->uid, start->task);
    s->start = start_of(start);
    s->factors = start->priority;
    s->account = xstrdup_null(start->account);
    s->qos = xstrdup_null(start->qos);
    s->bound_sec = start->bound_sec;
    split_tend(array);
}

void split_apart(struct record *array, const struct taskset *tasks, enum split_as as)
{
    for (int64_t i = taskset_next(tasks, 0); i >= 0; i = taskset_next(tasks, i + 1)) {
        struct splitting *s = add(array, i, as);
        s->rest = rest_of(s);
    }
    split_tend(array);
}

/* ---- the end of the way ---- */

void split_hand_over(struct record *task)
{
    struct record *array = task->tasks.array;
    struct splitting *s = array ? array->tasks.splitting : NULL;
    /* What has no number yet the core cannot be told of: the stand-in stays. */
    if (!tasks_is_recorded(task) ||
        (task->job->status.job_id == 0 && task->assigned_id == 0))
        return;
    while (s && s->index != task->job->task->index)
        s = s->next;
    if (!s)
        return;
    if (s->stand_in && task->job->status.state == JOB_STATE_NONE && task->job->model) {
        task->priority = s->factors.total;
        task->factors = s->factors;
        text_set(&task->account, s->account);
        text_set(&task->qos, s->qos);
        task->bound_sec = s->bound_sec;
        record_take_start(task, &s->start);
        told_update(task);
    }
    splitting_free(s);
}

void split_tasks(const struct record *array, struct taskset *ret_starting,
                 struct taskset *ret_apart)
{
    *ret_starting = *ret_apart = (struct taskset){{0}};
    for (const struct splitting *s = array->tasks.splitting; s; s = s->next)
        taskset_add(s->stand_in ? ret_starting : ret_apart, s->index);
}

bool split_is_making(const struct record *array)
{
    for (const struct splitting *s = array->tasks.splitting; s; s = s->next)
        if (!s->made)
            return true;
    return false;
}

void split_abandon(struct record *array)
{
    while (array->tasks.splitting)
        splitting_free(array->tasks.splitting);
}
