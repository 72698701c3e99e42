#include "scheduler/depend.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "scheduler/core.h"

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

static void singles_build(struct sched *s)
{
    struct jobrec *rec, *next;

    singles_fini(&s->singles);
    s->singles.stale = false;
    HASH_ITER (hh, s->jobs, rec, next) {
        if (!rec->gone && rec->job->job_id != 0 && rec->job->phase <= JOB_COMPLETING)
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

/* Of a task that is no job of its own, or no longer, its array knows. */
static enum depend_state state_by_array(const struct depend *d,
                                        const struct job_array *array)
{
    bool well = taskset_has(&array->well, d->task);

    if (taskset_has(&array->left, d->task) || taskset_has(&array->out, d->task))
        return DEPEND_OPEN;
    if (well || taskset_has(&array->ill, d->task))
        return state_ended(d, well);
    return state_unknown(d);
}

static const struct job *find_other(const struct sched *s, const struct depend *d)
{
    return d->task == DEPEND_WHOLE ? jobrec_by_id(s, d->job_id)
                                   : jobrec_by_task(s, d->job_id, d->task);
}

/* Is it the job itself, or an array that ends no sooner than this task of it? */
static bool is_own(const struct job *job, const struct depend *d)
{
    if (d->job_id == job->job_id)
        return true;
    return job->array_id != 0 && d->job_id == job->array_id &&
           (d->task == DEPEND_WHOLE || d->task == job->array_task);
}

static enum depend_state look(struct sched *s, const struct job *job,
                              const struct depend *d, int64_t now_sec,
                              int64_t *wake_sec)
{
    const struct job *other;

    if (d->state == DEPEND_MET || d->state == DEPEND_FAILED)
        return d->state;
    if (d->kind == DEPEND_SINGLETON) /* others may still come before it */
        return is_single(s, job) ? DEPEND_NEW : DEPEND_OPEN;
    if (is_own(job, d))
        return DEPEND_FAILED;
    other = find_other(s, d);
    if (other != NULL)
        return state_of(d, other, now_sec, wake_sec);
    other = jobrec_by_id(s, d->job_id);
    return other != NULL && other->array != NULL ? state_by_array(d, other->array)
                                                 : state_unknown(d);
}

/* ---- in words ---- */

/* "job 12", "job 12_3" */
static void say_target(const struct depend *d, struct str *out)
{
    str_addf(out, "job %" PRId64, d->job_id);
    if (d->task != DEPEND_WHOLE)
        str_addf(out, "_%" PRId64, d->task);
}

static void say_open(const struct job *job, const struct depend *d, struct str *out)
{
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
    if (d->delay_sec == 0)
        return;
    duration_format(d->delay_sec, delay);
    str_addf(out, " and %s to pass", delay);
}

static bool is_known(const struct sched *s, const struct depend *d)
{
    const struct job *array = jobrec_by_id(s, d->job_id);

    if (find_other(s, d) != NULL)
        return true;
    return array != NULL && array->array != NULL &&
           (taskset_has(&array->array->well, d->task) ||
            taskset_has(&array->array->ill, d->task));
}

static void say_failed(const struct sched *s, const struct job *job,
                       const struct depend *d, struct str *out)
{
    if (is_own(job, d)) {
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

/* Those in one state. */
static void say_all(const struct sched *s, const struct job *job,
                    enum depend_state state, struct str *out)
{
    const char *apart = job->depends_any ? ", or " : ", and ";
    bool first = true;

    str_add(out, state == DEPEND_FAILED ? "its dependency can never be met: "
                                        : "waits for ");
    for (size_t i = 0; i < job->n_depends; i++) {
        const struct depend *d = &job->depends[i];

        if (d->state != state)
            continue;
        str_add(out, first ? "" : apart);
        first = false;
        if (state == DEPEND_FAILED)
            say_failed(s, job, d, out);
        else
            say_open(job, d, out);
    }
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

enum reason depend_check(const struct sched *s, const struct job *job,
                         struct str *message)
{
    size_t n[DEPEND_FAILED + 1] = {0}, fulfilled;

    for (size_t i = 0; i < job->n_depends; i++)
        n[job->depends[i].state]++;
    fulfilled = n[DEPEND_NEW] + n[DEPEND_MET];
    if (job->depends_any ? fulfilled > 0 : fulfilled == job->n_depends)
        return REASON_NONE;
    if (job->depends_any ? n[DEPEND_OPEN] == 0 : n[DEPEND_FAILED] > 0) {
        say_all(s, job, DEPEND_FAILED, message);
        return REASON_DEPENDENCY_NEVER;
    }
    say_all(s, job, DEPEND_OPEN, message);
    return REASON_DEPENDENCY;
}

/* On the job, or on a task of the array that it is or is one of. */
static bool depends_on(const struct job *job, const struct job *other)
{
    for (size_t i = 0; i < job->n_depends; i++) {
        int64_t job_id = job->depends[i].job_id;

        if (job_id != 0 && (job_id == other->job_id || job_id == other->array_id))
            return true;
    }
    return false;
}

void depend_settle(struct sched *s, const struct jobrec *gone)
{
    struct jobrec *rec, *next;
    int64_t never = INT64_MAX;

    HASH_ITER (hh, s->jobs, rec, next) {
        if (!rec->gone && rec->job->phase == JOB_PENDING &&
            depends_on(rec->job, gone->job))
            depend_look(s, rec, INT64_MIN, &never);
    }
}

bool depend_kills(const struct sched *s, const struct jobrec *rec)
{
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
