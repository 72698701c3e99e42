#include "cmd/gantry-sim/sacct_fields.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/duration.h"
#include "base/quantity.h"
#include "base/util.h"
#include "cmd/gantry-sim/csv_words.h"
#include "crds/array.h"
#include "scheduler/model.h"

/* ---- times ---- */

static bool is_unknown(const char *text)
{
    return *text == '\0' || strcmp(text, "Unknown") == 0 || strcmp(text, "None") == 0;
}

/* "2026-10-01T09:00:00" by a clock without zones, or seconds (SLURM_TIME_FORMAT=%s). */
static int read_time(const char *text, int64_t *ret_sec, struct err *err)
{
    if (is_unknown(text))
        return 0;
    if (text[strspn(text, "0123456789")] == '\0')
        return row_number(text, 1, ret_sec, err);
    AUTO_FREE char *zoned = xasprintf("%sZ", text);
    return time_parse_rfc3339(zoned, ret_sec, err);
}

static int set_submit(struct sacct_row *row, char *text, struct err *err)
{
    if (read_time(text, &row->job->submit_sec, err) < 0)
        return -1;
    if (row->job->submit_sec < 0 && row->job->submit_sec != TIME_UNSET)
        return err_set(err, ERR_INVALID, "\"%s\" is before 1970", text);
    return 0;
}

static struct job *like_of(struct sacct_row *row)
{
    if (!row->job->like)
        row->job->like = job_new();
    return row->job->like;
}

/* When it had no more to wait for: its begin time, or another job. */
static int set_eligible(struct sacct_row *row, char *text, struct err *err)
{
    return is_unknown(text) ? 0 : read_time(text, &like_of(row)->eligible_sec, err);
}

static int set_elapsed(struct sacct_row *row, char *text, struct err *err)
{
    return *text ? duration_parse(text, &row->job->run_sec, err) : 0;
}

static int set_elapsed_raw(struct sacct_row *row, char *text, struct err *err)
{
    return row_number(text, 1, &row->job->run_sec, err);
}

static int set_limit(struct sacct_row *row, char *text, struct err *err)
{
    if (*text == '\0' || strcmp(text, "Partition_Limit") == 0)
        return 0;
    return duration_parse(text, &row->job->limit_sec, err);
}

static int set_limit_raw(struct sacct_row *row, char *text, struct err *err)
{
    if (strcmp(text, "UNLIMITED") == 0 || strcmp(text, "Partition_Limit") == 0)
        return set_limit(row, text, err);
    return row_number(text, 60, &row->job->limit_sec, err);
}

/* ---- who, and where ---- */

static int set_user(struct sacct_row *row, char *text, struct err *err)
{
    (void)err;
    row->job->user = workload_name(row->reader->into, text);
    return 0;
}

static int set_account(struct sacct_row *row, char *text, struct err *err)
{
    (void)err;
    row->job->account = workload_name(row->reader->into, text);
    return 0;
}

/* "a,b": either, which is "a|b" here. */
static const char *choice(struct sacct_row *row, char *text)
{
    for (char *at = text; (at = strchr(at, ',')) != NULL;)
        *at = '|';
    return workload_name(row->reader->into, text);
}

static int set_partition(struct sacct_row *row, char *text, struct err *err)
{
    (void)err;
    row->job->partition = choice(row, text);
    return 0;
}

static int set_qos(struct sacct_row *row, char *text, struct err *err)
{
    (void)err;
    row->job->qos = workload_name(row->reader->into, text);
    return 0;
}

static int set_reservation(struct sacct_row *row, char *text, struct err *err)
{
    (void)err;
    row->job->reservation = choice(row, text);
    return 0;
}

static int set_name(struct sacct_row *row, char *text, struct err *err)
{
    return *text ? csv_job_name(text, like_of(row), err) : 0;
}

static int set_constraint(struct sacct_row *row, char *text, struct err *err)
{
    return *text ? csv_constraint(text, like_of(row), err) : 0;
}

static int set_licenses(struct sacct_row *row, char *text, struct err *err)
{
    return *text ? csv_licenses(text, like_of(row), err) : 0;
}

/* "12.batch" is a step; "12_[4-9%2]" tasks that wait. */
static int set_number(struct sacct_row *row, char *text, struct err *err)
{
    row->step = strchr(text, '.') != NULL;
    char *tasks = strchr(text, '[');
    if (!tasks || row->step)
        return 0;
    if (csv_array(tasks, like_of(row), err) < 0)
        return -1;
    return array_check(&like_of(row)->array->left, tasks, row->reader->max_array_size,
                       err);
}

static int set_state(struct sacct_row *row, char *text, struct err *err)
{
    (void)err;
    static const char *const unended[] = {"PENDING", "REQUEUED", "RUNNING",
                                          "SUSPENDED"};
    static const char *const off[] = {"CANCELLED", "DEADLINE", "REVOKED"};
    for (size_t i = 0; i < ARRAY_LEN(unended); i++)
        row->unended = row->unended || strcmp(text, unended[i]) == 0;
    for (size_t i = 0; i < ARRAY_LEN(off); i++)
        row->off = row->off || str_starts(text, off[i]);
    return 0;
}

/* ---- what it has ---- */

static int set_asked(struct sacct_row *row, char *text, struct err *err)
{
    (void)err;
    row->asked = text;
    return 0;
}

static int set_had(struct sacct_row *row, char *text, struct err *err)
{
    (void)err;
    row->had = text;
    return 0;
}

/* GPUs of a type are among those of all, where these are told. */
static int set_gpus(struct work *job, const char *type, const char *amount,
                    int64_t *typed, struct err *err)
{
    int64_t gpus = 0;
    if (row_number(amount, 1, &gpus, err) < 0)
        return -1;
    if (*type == '\0') {
        job->gpus = gpus;
        return 0;
    }
    *typed += gpus;
    char *all = job->gpu_types ? xasprintf("%s|%s", job->gpu_types, type + 1)
                               : xstrdup(type + 1);
    free(job->gpu_types);
    job->gpu_types = all;
    return 0;
}

static int set_tres(struct work *job, const char *name, const char *amount,
                    int64_t *typed, struct err *err)
{
    if (strcmp(name, "cpu") == 0)
        return row_number(amount, 1000, &job->cpu_milli, err);
    if (strcmp(name, "node") == 0)
        return row_number(amount, 1, &job->nodes, err);
    if (strcmp(name, "mem") == 0)
        return size_parse(amount, &job->mem_bytes, err);
    if (strcmp(name, "gres/gpu") == 0 || str_starts(name, "gres/gpu:"))
        return set_gpus(job, name + strlen("gres/gpu"), amount, typed, err);
    return 0;
}

/* "billing=8,cpu=8,gres/gpu=1,mem=64G,node=1", of the whole job. */
static int read_tres(const char *text, struct work *job, struct err *err)
{
    AUTO_FREE char *copy = xstrdup(text);
    int64_t typed = 0;
    for (char *rest = copy, *item; (item = strsep(&rest, ",")) != NULL;) {
        char *amount = strchr(item, '=');
        if (!amount)
            return err_set(err, ERR_INVALID, "\"%s\" is no TRES and its amount", item);
        *amount++ = '\0';
        if (set_tres(job, item, amount, &typed, err) < 0)
            return err_prefix(err, "%s", item);
    }
    job->gpus = job->gpus > 0 ? job->gpus : typed;
    return 0;
}

/* ---- all of them ---- */

static const struct sacct_field all[] = {
    {"JobID", set_number},
    {"JobName", set_name},
    {"State", set_state},
    {"Submit", set_submit},
    {"Eligible", set_eligible},
    {"Elapsed", set_elapsed},
    {"ElapsedRaw", set_elapsed_raw},
    {"Timelimit", set_limit},
    {"TimelimitRaw", set_limit_raw},
    {"ReqTRES", set_asked},
    {"AllocTRES", set_had},
    {"User", set_user},
    {"Account", set_account},
    {"Partition", set_partition},
    {"QOS", set_qos},
    {"Reservation", set_reservation},
    {"Constraints", set_constraint},
    {"Licenses", set_licenses},
};

const struct sacct_field *sacct_field(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        if (strcasecmp(all[i].name, name) == 0)
            return &all[i];
    return NULL;
}

const char *sacct_lacks(const struct sacct_field *const *fields, size_t n)
{
    bool submit = false, elapsed = false, tres = false;
    for (size_t i = 0; i < n; i++) {
        sacct_fn *set = fields[i] ? fields[i]->set : NULL;
        submit = submit || set == set_submit;
        elapsed = elapsed || set == set_elapsed || set == set_elapsed_raw;
        tres = tres || set == set_asked || set == set_had;
    }
    return !submit ? "Submit" : !elapsed ? "Elapsed" : !tres ? "ReqTRES" : NULL;
}

int sacct_settle(struct sacct_row *row, struct err *err)
{
    const char *tres = row->asked && *row->asked ? row->asked : row->had;
    if (tres && *tres && read_tres(tres, row->job, err) < 0)
        return err_prefix(err, "TRES");
    row->idle = row->off && row->job->run_sec <= 0;
    if (row->unended)
        row->job->run_sec = RUN_TO_LIMIT;
    return 0;
}

void sacct_help(FILE *out)
{
    fputs("\nOr what " SACCT "\nprints; of its fields act:\n ", out);
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        fprintf(out, "%s%s", i == 0 ? " " : i % 8 == 0 ? ",\n  " : ", ", all[i].name);
    fputc('\n', out);
}
