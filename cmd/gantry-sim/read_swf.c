/* The Standard Workload Format: 18 numbers a line, -1 for what is not known; comments
 * begin with ';'. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-sim/rows.h"
#include "scheduler/model.h"

enum {
    SWF_NUMBER = 0,
    SWF_SUBMIT = 1,
    SWF_RUN = 3,
    SWF_USED_PROCS = 4,
    SWF_USED_KIB = 6, /* of each processor, as the next */
    SWF_PROCS = 7,
    SWF_LIMIT = 8,
    SWF_KIB = 9,
    SWF_STATUS = 10,
    SWF_USER = 11,
    SWF_GROUP = 12,
    SWF_PRECEDING = 16,
    SWF_THINK = 17,
    SWF_FIELDS = 18,
};

enum { STATUS_CANCELLED = 5 };

static bool is_below_zero(const char *text)
{
    return text[0] == '-' && text[1] != '\0' &&
           text[1 + strspn(text + 1, "0123456789.")] == '\0';
}

/* -1, and what is below zero otherwise, is "not known": *ret stays. */
static int swf_number(char *const *fields, int at, int64_t scale, int64_t *ret,
                      struct err *err)
{
    if (is_below_zero(fields[at]))
        return 0;
    if (row_number(fields[at], scale, ret, err) < 0)
        return err_prefix(err, "field %d", at + 1);
    return 0;
}

static const char *swf_name(struct reader *r, const char *kind, const char *number)
{
    if (number[0] == '-')
        return "";
    AUTO_FREE char *name = xasprintf("%s%s", kind, number);
    return workload_name(r->into, name);
}

static int read_asked(char *const *fields, struct work *job, struct err *err)
{
    int64_t procs = 0, each_bytes = 0;
    if (swf_number(fields, SWF_USED_PROCS, 1, &procs, err) < 0 ||
        swf_number(fields, SWF_PROCS, 1, &procs, err) < 0 ||
        swf_number(fields, SWF_USED_KIB, 1024, &each_bytes, err) < 0 ||
        swf_number(fields, SWF_KIB, 1024, &each_bytes, err) < 0)
        return -1;
    if (__builtin_mul_overflow(procs, 1000, &job->cpu_milli) ||
        __builtin_mul_overflow(procs, each_bytes, &job->mem_bytes))
        return err_set(err, ERR_INVALID, "its memory is too large");
    return 0;
}

/* It begins when another one is over, and whoever submits it has thought so long. */
static int read_preceding(char *const *fields, struct work *job, struct err *err)
{
    int64_t preceding = 0;
    if (swf_number(fields, SWF_NUMBER, 1, &job->number, err) < 0 ||
        swf_number(fields, SWF_PRECEDING, 1, &preceding, err) < 0)
        return -1;
    if (preceding == 0)
        return 0;
    job->like = job_new();
    job->like->depends = xcalloc(1, sizeof(*job->like->depends));
    job->like->depends[job->like->n_depends++] = (struct depend){
        .kind = DEPEND_AFTER_ANY, .job_id = preceding, .task = DEPEND_WHOLE};
    return swf_number(fields, SWF_THINK, 1, &job->think_sec, err);
}

static int read_row(struct reader *r, char *line, struct work *job, bool *ret_idle,
                    struct err *err)
{
    char *fields[ROW_FIELDS_MAX];
    int64_t status = -1;
    size_t n = row_words(line, fields);
    if (n != SWF_FIELDS)
        return err_set(err, ERR_INVALID, "%zu fields; the format has %d", n,
                       SWF_FIELDS);
    if (swf_number(fields, SWF_SUBMIT, 1, &job->submit_sec, err) < 0 ||
        swf_number(fields, SWF_RUN, 1, &job->run_sec, err) < 0 ||
        swf_number(fields, SWF_LIMIT, 1, &job->limit_sec, err) < 0 ||
        swf_number(fields, SWF_STATUS, 1, &status, err) < 0 ||
        read_asked(fields, job, err) < 0 || read_preceding(fields, job, err) < 0)
        return -1;
    job->limit_sec = job->limit_sec == 0 ? LIMIT_UNSET : job->limit_sec;
    job->user = swf_name(r, "user", fields[SWF_USER]);
    job->account = swf_name(r, "group", fields[SWF_GROUP]);
    *ret_idle = status == STATUS_CANCELLED && job->run_sec <= 0;
    return 0;
}

int read_swf(struct reader *r, struct err *err)
{
    char *line;
    int rc;
    while ((rc = reader_pass_long(r, lines_next(r->lines, &line, err), err)) == 1) {
        struct work job = work_new();
        struct err wrong = ERR_INIT;
        bool idle = false;
        line += strspn(line, " \t");
        if (*line == '\0' || *line == ';')
            continue;
        if (r->into->n_rows >= WORKLOAD_ROWS_MAX)
            return err_set(err, ERR_INVALID, "more than %u rows", WORKLOAD_ROWS_MAX);
        read_row(r, line, &job, &idle, &wrong);
        err_flatten(&wrong);
        if (idle)
            reader_leave_idle(r, &job);
        else
            reader_take(r, &job, &wrong);
    }
    return rc;
}
