#include "scheduler/depend.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/core.h"
#include "scheduler/depend_private.h"

/* ---- singletons ---- */

/* The jobs of one user with one name. */
struct single {
    char *key;
    size_t active;    /* hold nodes */
    int64_t first_id; /* of those that wait */
    UT_hash_handle hh;
};

void singles_fini(struct singles *singles)
{
    struct single *one, *next;

    HASH_ITER (hh, singles->names, one, next) {
        HASH_DEL(singles->names, one);
        free(one->key);
        free(one);
    }
}

/* Without a user it is the namespace that owns a job. */
static char *single_key(const struct job *job)
{
    bool owned = job_has_user(job);
    const char *owner = owned ? job->user : job->ns;

    return xasprintf("%c%s\n%s", owned ? 'u' : 'n', owner != NULL ? owner : "",
                     job_name(job) != NULL ? job_name(job) : "");
}

static void singles_count(struct singles *singles, const struct job *job)
{
    AUTO_FREE char *key = single_key(job);
    struct single *one;

    HASH_FIND_STR(singles->names, key, one);
    if (one == NULL) {
        one = xcalloc(1, sizeof(*one));
        one->key = TAKE(key);
        one->first_id = INT64_MAX;
        HASH_ADD_KEYPTR(hh, singles->names, one->key, strlen(one->key), one);
    }
    if (job->phase == JOB_PENDING)
        one->first_id = MIN(one->first_id, job->job_id);
    else
        one->active++;
}

/* A task that has started just now has no number yet. */
static bool is_counted(const struct job *job)
{
    return job->phase <= JOB_COMPLETING &&
           (job->job_id != 0 || (job->array_id != 0 && job->phase != JOB_PENDING));
}

static void singles_build(struct sched *s)
{
    struct jobrec *rec, *next;

    singles_fini(&s->singles);
    s->singles.stale = false;
    HASH_ITER (hh, s->jobs, rec, next) {
        if (!rec->gone && is_counted(rec->job))
            singles_count(&s->singles, rec->job);
    }
}

static bool is_single(struct sched *s, const struct job *job)
{
    AUTO_FREE char *key = single_key(job);
    const struct single *one;

    if (s->singles.stale)
        singles_build(s);
    HASH_FIND_STR(s->singles.names, key, one);
    return one == NULL || (one->active == 0 && one->first_id >= job->job_id);
}

/* ---- one dependency ---- */

/* When it is so long after the start; TIME_NEVER: it has not started. */
static int64_t due_sec(const struct depend *d, const struct job *other)
{
    switch (other->phase) {
    case JOB_PENDING:
    case JOB_STARTING:
        return TIME_NEVER;
    case JOB_ASIDE: /* of an array, when its last task has been split off */
        if (other->start_sec == TIME_UNSET)
            return TIME_NEVER;
        break;
    case JOB_RUNNING:
    case JOB_COMPLETING:
    case JOB_ENDED:
        break;
    }
    return other->start_sec == TIME_UNSET
               ? INT64_MIN
               : timeline_end(other->start_sec, d->delay_sec);
}

static enum depend_state state_after(const struct depend *d, const struct job *other,
                                     int64_t now_sec, int64_t *wake_sec)
{
    int64_t due = due_sec(d, other);

    if (due <= now_sec)
        return DEPEND_MET;
    *wake_sec = MIN(*wake_sec, due);
    return DEPEND_OPEN;
}

static enum depend_state state_ended(const struct depend *d, bool well)
{
    if (d->kind == DEPEND_AFTER || d->kind == DEPEND_AFTER_ANY ||
        well == (d->kind == DEPEND_AFTER_OK))
        return DEPEND_MET;
    return DEPEND_FAILED;
}

static enum depend_state state_of(const struct depend *d, const struct job *other,
                                  int64_t now_sec, int64_t *wake_sec)
{
    if (d->kind == DEPEND_AFTER)
        return state_after(d, other, now_sec, wake_sec);
    return other->phase == JOB_ENDED ? state_ended(d, !other->failed) : DEPEND_OPEN;
}

static bool end_matters(const struct depend *d)
{
    return d->kind == DEPEND_AFTER_OK || d->kind == DEPEND_AFTER_NOT_OK;
}

static enum depend_state state_unknown(const struct depend *d)
{
    return d->state == DEPEND_NEW && end_matters(d) ? DEPEND_FAILED : DEPEND_MET;
}

/* Of a task that is no job of its own, or no longer, its array knows; of the whole,
 * once it is gone, what is known of its tasks. */
static enum depend_state state_by_array(const struct depend *d,
                                        const struct job_array *array)
{
    bool well = taskset_has(&array->well, d->task);

    if (d->task == DEPEND_WHOLE)
        return state_ended(d, taskset_is_empty(&array->ill));
    if (taskset_has(&array->left, d->task) || taskset_has(&array->out, d->task))
        return DEPEND_OPEN;
    if (well || taskset_has(&array->ill, d->task))
        return state_ended(d, well);
    return state_unknown(d);
}

/* As it is, or was when it went; NULL: it is none, or not known. */
static const struct job_array *array_of(const struct sched *s, const struct depend *d)
{
    const struct job *other = jobrec_by_id(s, d->job_id);

    return other != NULL ? other->array : d->was;
}

const struct job *depend_other(const struct sched *s, const struct depend *d)
{
    return d->task == DEPEND_WHOLE ? jobrec_by_id(s, d->job_id)
                                   : jobrec_by_task(s, d->job_id, d->task);
}

bool depend_is_own(const struct job *job, const struct depend *d)
{
    if (job_has_id(job, d->job_id))
        return true;
    return job->array_id != 0 && d->job_id == job->array_id &&
           (d->task == DEPEND_WHOLE || d->task == job->array_task);
}

static enum depend_state look_at(const struct sched *s, const struct depend *d,
                                 int64_t now_sec, int64_t *wake_sec)
{
    const struct job *other = depend_other(s, d);
    const struct job_array *array = array_of(s, d);

    if (other != NULL)
        return state_of(d, other, now_sec, wake_sec);
    return array != NULL ? state_by_array(d, array) : state_unknown(d);
}

/* Has the array a task of that index, in whatever state? */
static bool has_task(const struct job_array *array, int64_t task)
{
    return taskset_has(&array->left, task) || taskset_has(&array->out, task) ||
           taskset_has(&array->well, task) || taskset_has(&array->ill, task);
}

struct depend depend_for(const struct sched *s, int64_t task, const struct depend *d)
{
    const struct job_array *array = array_of(s, d);
    struct depend ret = *d;

    if (d->kind != DEPEND_AFTER_CORR)
        return ret;
    ret.kind = DEPEND_AFTER_OK;
    if (d->task == DEPEND_WHOLE && array != NULL && has_task(array, task))
        ret.task = task;
    return ret;
}

/* Those of an array stay open for it as a whole: each of its tasks has its own. */
static bool is_by_task(const struct sched *s, const struct job *job,
                       const struct depend *d)
{
    return d->kind == DEPEND_AFTER_CORR && d->task == DEPEND_WHOLE &&
           job->array != NULL && array_of(s, d) != NULL;
}

static enum depend_state look(struct sched *s, const struct job *job,
                              const struct depend *d, int64_t now_sec,
                              int64_t *wake_sec)
{
    struct depend of_task;

    if (d->state == DEPEND_MET || d->state == DEPEND_FAILED)
        return d->state;
    if (d->kind == DEPEND_SINGLETON) /* others may still come before it */
        return is_single(s, job) ? DEPEND_NEW : DEPEND_OPEN;
    if (depend_is_own(job, d))
        return DEPEND_FAILED;
    if (is_by_task(s, job, d))
        return DEPEND_OPEN;
    of_task = depend_for(s, job->array_id != 0 ? job->array_task : DEPEND_WHOLE, d);
    return look_at(s, &of_task, now_sec, wake_sec);
}

/* ---- all of them ---- */

void depend_look(struct sched *s, struct jobrec *rec, int64_t now_sec,
                 int64_t *wake_sec)
{
    struct job *job = rec->job;

    for (size_t i = 0; i < job->n_depends; i++)
        job->depends[i].state = look(s, job, &job->depends[i], now_sec, wake_sec);
}

uint64_t depend_states(const struct job *job)
{
    uint64_t hash = HASH_NOTHING;

    for (size_t i = 0; i < job->n_depends; i++)
        hash = hash_bytes(hash, &job->depends[i].state, sizeof(job->depends[i].state));
    return hash;
}

/* Of all of them together: OPEN, MET or FAILED. */
static enum depend_state together(const struct job *job,
                                  const enum depend_state *states)
{
    size_t n[DEPEND_FAILED + 1] = {0}, fulfilled;

    for (size_t i = 0; i < job->n_depends; i++)
        n[states[i]]++;
    fulfilled = n[DEPEND_NEW] + n[DEPEND_MET];
    if (job->depends_any ? fulfilled > 0 : fulfilled == job->n_depends)
        return DEPEND_MET;
    return (job->depends_any ? n[DEPEND_OPEN] == 0 : n[DEPEND_FAILED] > 0)
               ? DEPEND_FAILED
               : DEPEND_OPEN;
}

static enum depend_state *states_of(const struct job *job)
{
    enum depend_state *states = xcalloc(job->n_depends + 1, sizeof(*states));

    for (size_t i = 0; i < job->n_depends; i++)
        states[i] = job->depends[i].state;
    return states;
}

static enum depend_state all_of(const struct job *job)
{
    enum depend_state *states, all;

    if (job->n_depends == 0)
        return DEPEND_MET;
    states = states_of(job);
    all = together(job, states);
    free(states);
    return all;
}

bool depend_is_met(const struct job *job)
{
    return all_of(job) == DEPEND_MET;
}

bool depend_is_open(const struct job *job)
{
    return all_of(job) == DEPEND_OPEN;
}

enum reason depend_check(const struct sched *s, const struct jobrec *rec,
                         struct str *message)
{
    enum depend_state all = all_of(rec->job);

    if (all == DEPEND_MET)
        return REASON_NONE;
    if (all == DEPEND_OPEN && circle_is_in(s, rec)) {
        depend_say_circle(s, rec, message);
        return REASON_DEPENDENCY_NEVER;
    }
    depend_say(s, rec->job, all, message);
    return all == DEPEND_FAILED ? REASON_DEPENDENCY_NEVER : REASON_DEPENDENCY;
}

bool depend_by_task(const struct sched *s, const struct job *job)
{
    for (size_t i = 0; i < job->n_depends; i++) {
        if (is_by_task(s, job, &job->depends[i]))
            return true;
    }
    return false;
}

enum depend_state depend_of_task(const struct sched *s, const struct job *job,
                                 int64_t task)
{
    enum depend_state *states = states_of(job), all;
    int64_t never = INT64_MAX;

    for (size_t i = 0; i < job->n_depends; i++) {
        const struct depend of_task = depend_for(s, task, &job->depends[i]);

        if (is_by_task(s, job, &job->depends[i]))
            states[i] = look_at(s, &of_task, INT64_MIN, &never);
    }
    all = together(job, states);
    free(states);
    return all;
}

/* On the job, or on a task of the array that it is or is one of. */
static bool depends_on(const struct job *job, const struct job *other)
{
    for (size_t i = 0; i < job->n_depends; i++) {
        int64_t job_id = job->depends[i].job_id;

        if (job_id != 0 && (job_has_id(other, job_id) || job_id == other->array_id))
            return true;
    }
    return false;
}

/* An array that goes: what has not ended well by then has not at all. */
static struct job_array *array_as_it_went(const struct sched *s, const struct job *gone)
{
    struct job_array *was = job_array_copy(gone->array);

    taskset_join(&was->out, &was->left);
    for (int64_t i = taskset_next(&was->out, 0); i >= 0;
         i = taskset_next(&was->out, i + 1)) {
        const struct job *task = jobrec_by_task(s, gone->job_id, i);
        bool well = task != NULL && task->phase == JOB_ENDED && !task->failed;

        taskset_add(well ? &was->well : &was->ill, i);
    }
    was->left = was->out = (struct taskset){{0}};
    return was;
}

/* What it comes to where that is the same for all tasks, also those that are just being
 * split off, which may come back; else OPEN. */
static enum depend_state alike(const struct sched *s, const struct job *job,
                               const struct depend *d)
{
    struct taskset all = job->array->left;
    size_t n[DEPEND_FAILED + 1] = {0};

    taskset_join(&all, &job->array->out);
    for (int64_t i = taskset_next(&all, 0); i >= 0; i = taskset_next(&all, i + 1)) {
        const struct depend of_task = depend_for(s, i, d);

        n[state_by_array(&of_task, d->was)]++;
    }
    if (n[DEPEND_MET] > 0 && n[DEPEND_FAILED] > 0)
        return DEPEND_OPEN;
    return n[DEPEND_FAILED] > 0 ? DEPEND_FAILED : DEPEND_MET;
}

/* Of an array that goes, what its tasks had come to stands for those that are left. */
static void settle_by_task(const struct sched *s, struct job *job,
                           const struct job *gone)
{
    for (size_t i = 0; i < job->n_depends; i++) {
        struct depend *d = &job->depends[i];

        if (d->state != DEPEND_OPEN || d->job_id != gone->job_id || d->was != NULL ||
            !is_by_task(s, job, d))
            continue;
        d->was = array_as_it_went(s, gone);
        d->state = alike(s, job, d);
        if (d->state != DEPEND_OPEN)
            free(TAKE(d->was));
    }
}

void depend_settle(struct sched *s, const struct jobrec *gone)
{
    struct jobrec *rec, *next;
    int64_t never = INT64_MAX;

    HASH_ITER (hh, s->jobs, rec, next) {
        if (rec->gone || rec->job->phase != JOB_PENDING ||
            !depends_on(rec->job, gone->job))
            continue;
        depend_look(s, rec, INT64_MIN, &never);
        settle_by_task(s, rec->job, gone->job);
    }
}

bool depend_kills(const struct sched *s, const struct jobrec *rec)
{
    if (all_of(rec->job) != DEPEND_FAILED)
        return false;
    switch (rec->job->hopeless) {
    case HOPELESS_BY_CONFIG:
        return s->config.kill_invalid_depend;
    case HOPELESS_STAYS:
        return false;
    case HOPELESS_ENDS:
        return true;
    }
    return false;
}
