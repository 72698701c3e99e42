/* Rows that belong together: tasks of arrays, and jobs that depend on others. */
#include <inttypes.h>
#include <stdlib.h>

#include <uthash.h>

#include "base/util.h"
#include "cmd/gantry-sim/rows.h"

/* What a number of the file is. */
struct target {
    int64_t number;
    bool is_array;
    UT_hash_handle hh;
};

struct links {
    struct reader *reader;
    struct target *all; /* hash */
    size_t n;           /* jobs, each task as one */
    int64_t largest;    /* of the numbers; those of tasks come behind it */
};

static struct target *find(const struct links *l, int64_t number)
{
    struct target *one;
    HASH_FIND(hh, l->all, &number, sizeof(number), one);
    return one;
}

static void links_fini(struct links *l)
{
    struct target *one, *next;
    HASH_ITER (hh, l->all, one, next) {
        HASH_DEL(l->all, one);
        free(one);
    }
}

/* As people number it in the file. */
static int64_t number_of(const struct work *job)
{
    if (job->number > 0)
        return job->number;
    return job->like && job->like->job_id > 0 ? job->like->job_id : (int64_t)job->row;
}

/* ---- which rows can be ---- */

static int check_depend(const struct links *l, const struct depend *d, struct err *err)
{
    const struct target *t = d->job_id != 0 ? find(l, d->job_id) : NULL;
    if (d->job_id != 0 && !t)
        return err_set(err, ERR_INVALID,
                       "dependency: no job %" PRId64 " was submitted before",
                       d->job_id);
    if (t && d->task != DEPEND_WHOLE && !t->is_array)
        return err_set(err, ERR_INVALID, "dependency: job %" PRId64 " is no array",
                       d->job_id);
    return 0;
}

/* In the Standard Workload Format a job that was left out, or is of another file, has
 * been over for long. */
static void forget_missing(const struct links *l, struct work *job)
{
    if (job->number == 0 || !job->like || job->like->n_depends == 0 ||
        find(l, job->like->depends[0].job_id))
        return;
    job->like->n_depends = 0;
    job->think_sec = TIME_UNSET;
}

static int check_job(struct links *l, struct work *job, struct err *err)
{
    const struct job *like = job->like;
    forget_missing(l, job);
    const size_t n = like ? (size_t)job_tasks(like) : 1;
    for (size_t i = 0; like && i < like->n_depends; i++)
        if (check_depend(l, &like->depends[i], err) < 0)
            return -1;
    if (find(l, number_of(job)))
        return err_set(err, ERR_INVALID, "job_id: there is a job %" PRId64 " already",
                       number_of(job));
    if (l->n + n > WORKLOAD_ROWS_MAX)
        return err_set(err, ERR_INVALID, "array: more than %u jobs in all",
                       WORKLOAD_ROWS_MAX);
    l->n += n;
    return 0;
}

static void add_target(struct links *l, const struct work *job)
{
    struct target *one = xcalloc(1, sizeof(*one));
    one->number = number_of(job);
    one->is_array = job->like && job->like->array;
    l->largest = MAX(l->largest, one->number);
    HASH_ADD(hh, l->all, number, sizeof(one->number), one);
}

/* In the order of submission: others are there by then, or never. */
static void check_jobs(struct links *l)
{
    struct workload *w = l->reader->into;
    size_t kept = 0;
    for (size_t i = 0; i < w->n; i++) {
        struct err err = ERR_INIT;
        if (check_job(l, &w->jobs[i], &err) < 0) {
            reader_leave_out(l->reader, &w->jobs[i], err.msg);
            continue;
        }
        add_target(l, &w->jobs[i]);
        w->jobs[kept++] = w->jobs[i];
    }
    w->n = kept;
}

/* ---- what they are ---- */

/* They are in the record that comes next. */
static void add_tasks(struct links *l, const struct work *array)
{
    struct workload *w = l->reader->into;
    const struct taskset *tasks = &array->like->array->left;
    for (int64_t i = taskset_next(tasks, 0); i >= 0; i = taskset_next(tasks, i + 1)) {
        struct work task = *array;
        task.job_id = ++l->largest;
        task.gpu_types = xstrdup_null(array->gpu_types);
        task.like = job_copy(array->like);
        free(task.like->array);
        task.like->array = NULL;
        task.like->array_id = array->job_id;
        task.like->array_task = i;
        task.within = w->n_records + 1;
        workload_add(w, &task);
    }
}

/* There is a job for each of its tasks, which come one after the other; it itself has
 * the number. */
static void split(struct links *l, struct work *take_array)
{
    struct workload *w = l->reader->into;
    struct job *like = take_array->like;
    like->job_id = take_array->job_id;
    add_tasks(l, take_array);
    like->uid = xasprintf(RECORD_UID "%zu", w->n_records);
    free(take_array->gpu_types);
    GROW(w->records, w->n_records, w->cap_records);
    w->records[w->n_records++] = like;
}

/* The core calls them what others call them in the file, and so in what it says. */
static void place_jobs(struct links *l)
{
    struct workload *w = l->reader->into;
    struct work *all = w->jobs;
    const size_t n = w->n;
    w->jobs = NULL;
    w->n = w->cap = 0;
    for (size_t i = 0; i < n; i++) {
        all[i].job_id = number_of(&all[i]);
        if (all[i].like && all[i].like->array)
            split(l, &all[i]);
        else
            workload_add(w, &all[i]);
    }
    free(all);
}

static bool has_links(const struct workload *w)
{
    for (size_t i = 0; i < w->n; i++)
        if (w->jobs[i].like &&
            (w->jobs[i].like->array || w->jobs[i].like->n_depends > 0))
            return true;
    return false;
}

void reader_link(struct reader *r)
{
    struct workload *w = r->into;
    struct links l = {.reader = r};
    workload_sort(w);
    if (!has_links(w))
        return;
    check_jobs(&l);
    place_jobs(&l);
    links_fini(&l);
}
