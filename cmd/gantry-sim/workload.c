#include "cmd/gantry-sim/workload.h"

#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry-sim/rows.h"
#include "cmd/gantry-sim/sacct_fields.h"
#include "crds/choice.h"
#include "scheduler/model.h"

/* ---- jobs and names ---- */

void workload_init(struct workload *w)
{
    *w = (struct workload){.begin_sec = TIME_UNSET};
}

const char *workload_name(struct workload *w, const char *name)
{
    size_t at = BISECT(w->n_names, i, strcmp(w->names[i], name) < 0);

    if (at < w->n_names && strcmp(w->names[at], name) == 0)
        return w->names[at];
    GROW(w->names, w->n_names, w->cap_names);
    memmove(w->names + at + 1, w->names + at, (w->n_names++ - at) * sizeof(*w->names));
    return w->names[at] = xstrdup(name);
}

void workload_add(struct workload *w, const struct work *job)
{
    GROW(w->jobs, w->n, w->cap);
    w->jobs[w->n++] = *job;
}

static int by_submission(const void *a, const void *b)
{
    const struct work *x = a, *y = b;
    if (x->submit_sec != y->submit_sec)
        return x->submit_sec < y->submit_sec ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

void workload_sort(struct workload *w)
{
    if (w->n > 0)
        qsort(w->jobs, w->n, sizeof(*w->jobs), by_submission);
}

void workload_shift(struct workload *w, int64_t sec)
{
    for (size_t i = 0; i < w->n; i++) {
        struct job *like = w->jobs[i].like;
        w->jobs[i].submit_sec += sec;
        if (like && like->eligible_sec != TIME_UNSET)
            like->eligible_sec += sec;
    }
}

int64_t workload_begin(const struct workload *w)
{
    if (w->n == 0)
        return INT64_MAX;
    return w->begin_sec != TIME_UNSET ? w->begin_sec : w->jobs[0].submit_sec;
}

/* "a" or "a|b". */
static void add_names(char ***to, size_t *n, const char *names)
{
    while (*names) {
        size_t len = strcspn(names, "|");
        AUTO_FREE char *name = xstrndup(names, len);
        names_add(to, n, name);
        names += len + (names[len] == '|');
    }
}

int work_choose(const struct work *work, struct job *job, struct err *err)
{
    add_names(&job->partitions, &job->n_partitions, work->partition);
    add_names(&job->reservations, &job->n_reservations, work->reservation);
    return choice_parse_qos(work->qos, job, err);
}

/* ---- rows ---- */

struct work work_new(void)
{
    return (struct work){.submit_sec = TIME_UNSET,
                         .run_sec = TIME_UNSET,
                         .think_sec = TIME_UNSET,
                         .limit_sec = LIMIT_UNSET,
                         .account = "",
                         .user = "",
                         .partition = "",
                         .qos = "",
                         .reservation = ""};
}

/* Has it a time that no queue lives to see? One that is not set is below all. */
static bool is_beyond(const struct work *job)
{
    const struct job *like = job->like;
    return job->submit_sec > DURATION_MAX || job->think_sec > DURATION_MAX ||
           (job->run_sec > DURATION_MAX && job->run_sec != RUN_TO_LIMIT) ||
           (like &&
            (like->eligible_sec > DURATION_MAX || like->time_min_sec > DURATION_MAX));
}

static const char *why_broken(const struct work *job)
{
    if (job->submit_sec == TIME_UNSET)
        return "there is no time of submission";
    if (job->run_sec == TIME_UNSET)
        return "there is no run time";
    if (is_beyond(job))
        return "a time of more than a thousand years";
    if (job->limit_sec == 0)
        return "its time limit is 0";
    if (job->like && job->limit_sec != LIMIT_UNSET &&
        job->like->time_min_sec > job->limit_sec && !job->whole)
        return "its least time limit is more than its time limit";
    if (job->gpus == 0 && job->cpu_milli == 0 && job->nodes == 0)
        return "it asks for no GPUs, no CPUs and no nodes";
    return NULL;
}

void work_fini(struct work *job)
{
    free(job->gpu_types);
    job_free(job->like);
}

int work_check(const struct work *work, struct err *err)
{
    if (!strchr(work->qos, ','))
        return 0;
    struct job *job = work->like ? job_copy(work->like) : job_new();
    int rc = work_choose(work, job, err);
    if (rc == 0)
        rc = choice_check(job, err);
    job_free(job);
    return rc < 0 ? err_prefix(err, "qos") : 0;
}

void column_pass_over(char **all, char *name)
{
    for (char *at = name; (at = strchr(at, '\n')) != NULL;)
        *at = ' ';
    char *more = *all ? xasprintf("%s, %s", *all, name) : xstrdup(name);
    free(*all);
    *all = more;
}

void reader_leave_idle(struct reader *r, struct work *job)
{
    r->into->n_rows++;
    r->into->n_idle++;
    work_fini(job);
}

void reader_leave_out(struct reader *r, struct work *job, const char *why)
{
    r->into->n_broken++;
    r->complain(r->arg, job->row, why);
    work_fini(job);
}

void reader_take(struct reader *r, struct work *job, const struct err *wrong)
{
    struct workload *w = r->into;
    const char *why = wrong->code != ERR_NONE ? wrong->msg : why_broken(job);
    w->n_rows++;
    job->row = lines_number(r->lines);
    if (why) {
        reader_leave_out(r, job, why);
        return;
    }
    if (job->limit_sec != LIMIT_UNLIMITED)
        job->limit_sec = MIN(job->limit_sec, DURATION_MAX);
    workload_add(w, job);
}

int reader_pass_long(struct reader *r, int rc, struct err *err)
{
    struct work none = work_new();
    AUTO_FREE char *why = NULL;
    if (rc >= 0 || err->code != ERR_TOO_LARGE)
        return rc;
    *err = ERR_INIT;
    none.row = lines_number(r->lines);
    why = xasprintf("a line of more than %u bytes", LINE_BYTES_MAX);
    r->into->n_rows++;
    reader_leave_out(r, &none, why);
    return 1;
}

/* ---- the file ---- */

/* Lines of the Standard Workload Format begin with ';' or are numbers and blanks. */
static bool looks_like_swf(const char *line)
{
    line += strspn(line, " \t");
    return *line == ';' ||
           (*line != '\0' && line[strspn(line, "0123456789.- \t")] == '\0' &&
            strpbrk(line, " \t"));
}

static int read_all(struct reader *r, const char *path, struct err *err)
{
    char *line;
    int rc = lines_next(r->lines, &line, err);
    if (rc == 0)
        return err_set(err, ERR_INVALID, "%s: is empty", path);
    if (rc < 0)
        return -1;
    int (*read)(struct reader *, struct err *) = looks_like_swf(line)    ? read_swf
                                                 : sacct_is_header(line) ? read_sacct
                                                                         : read_csv;
    lines_again(r->lines);
    if (read(r, err) < 0)
        return err->code == ERR_INVALID ? err_prefix(err, "%s", path) : -1;
    reader_link(r);
    if (r->into->n == 0)
        return err_set(err, ERR_INVALID, "%s: there is no job in it", path);
    return 0;
}

int workload_read(struct workload *ret, const struct workload_file *file,
                  struct err *err)
{
    struct err own = ERR_INIT;
    workload_init(ret);
    struct reader r = {.into = ret,
                       .max_array_size = file->max_array_size,
                       .complain = file->complain,
                       .arg = file->arg};
    r.lines = lines_open(file->path, err);
    if (!r.lines)
        return -1;
    int rc = read_all(&r, file->path, err ? err : &own);
    lines_close(r.lines);
    return rc;
}

void workload_fini(struct workload *w)
{
    for (size_t i = 0; i < w->n; i++)
        work_fini(&w->jobs[i]);
    free(w->jobs);
    for (size_t i = 0; i < w->n_records; i++)
        job_free(w->records[i]);
    free(w->records);
    for (size_t i = 0; i < w->n_names; i++)
        free(w->names[i]);
    free(w->names);
    free(w->passed_over);
    *w = (struct workload){0};
}

void workload_help(FILE *out)
{
    read_csv_help(out);
    sacct_help(out);
}
