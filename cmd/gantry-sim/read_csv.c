/* Workloads as CSV: a header line names the columns. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-sim/csv_words.h"
#include "cmd/gantry-sim/rows.h"
#include "cmd/gantry-sim/sacct_fields.h"
#include "crds/array.h"
#include "scheduler/model.h"

enum field {
    SUBMIT,
    RUN,
    END,
    LIMIT,
    NODES,
    GPUS,
    CPU,
    MEMORY,
    TYPES,
    ACCOUNT,
    USER,
    PARTITION,
    QOS,
    RESERVATION,
    BEGIN,
    TIME_MIN,
    NUMBER,
    WORDS, /* in Slurm's words: csv_words.h */
};

/* What recorded workloads call what. The first of a field is the name for people. */
static const struct column {
    const char *name;
    enum field field;
    int64_t scale;
    const char *help; /* NULL: another name of the one above */
    csv_words_fn *words;
} columns[] = {
    {"submit_s", SUBMIT, 1, "when it was submitted, in seconds", NULL},
    {"creation_time", SUBMIT, 1, NULL, NULL},
    {"duration_s", RUN, 1, "how long it runs when nothing ends it before", NULL},
    {"deletion_time", END, 1, "in place of it: when it ended, had it run at once",
     NULL},
    {"timelimit_s", LIMIT, 1, "its time limit; empty: the partition's", NULL},
    {"nodes", NODES, 1, "nodes it must have; empty or 0: as few as hold it", NULL},
    {"gpus", GPUS, 1, "GPUs of the whole job", NULL},
    {"num_gpu", GPUS, 1, NULL, NULL},
    {"cpus", CPU, 1000, "CPUs of the whole job", NULL},
    {"cpu_milli", CPU, 1, "the same in thousandths", NULL},
    {"memory_mib", MEMORY, INT64_C(1) << 20, "memory of the whole job", NULL},
    {"gpu_type", TYPES, 1, "GPU types it may have: \"T4\", \"V100M16|V100M32\"", NULL},
    {"gpu_spec", TYPES, 1, NULL, NULL},
    {"account", ACCOUNT, 1, "who is charged", NULL},
    {"vc", ACCOUNT, 1, NULL, NULL},
    {"user", USER, 1, "who submitted it", NULL},
    {"partition", PARTITION, 1,
     "where it may run, \"a\" or \"a|b\", if --cluster has it", NULL},
    {"qos", QOS, 1,
     "its quality of service, if the cluster has any; \"a,b\" (in quotes): either",
     NULL},
    {"reservation", RESERVATION, 1, "the reservation that it runs in, or \"a|b\"",
     NULL},
    {"begin_s", BEGIN, 1, "not to start before, on the clock of submit_s", NULL},
    {"timemin_s", TIME_MIN, 1, "a time limit that would do", NULL},
    {"licenses", WORDS, 1, "licences that it takes, \"matlab:2\" or \"a:1|b:1\"",
     csv_licenses},
    {"constraint", WORDS, 1, "features of its nodes, \"a100&ib\"", csv_constraint},
    {"switches", WORDS, 1, "leaf switches at most, \"1@10:00\"", csv_switches},
    {"nice", WORDS, 1, "what its priority is lowered by, \"-100\": raised", csv_nice},
    {"exclusive", WORDS, 1,
     "1: it has its nodes alone; user: beside others of its user", csv_exclusive},
    {"job_id", NUMBER, 1, "as which others depend on it; empty: the number of its line",
     NULL},
    {"job_name", WORDS, 1, "for dependencies on \"singleton\"", csv_job_name},
    {"dependency", WORDS, 1,
     "what it waits for, \"afterok:12\": of jobs submitted before", csv_dependency},
    {"array", WORDS, 1, "it is an array of such jobs, \"0-9%2\"", csv_array},
};

struct header {
    const struct column *columns[ROW_FIELDS_MAX]; /* NULL: not one of ours */
    size_t n;
};

static const struct column *column_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(columns); i++)
        if (strcmp(columns[i].name, name) == 0)
            return &columns[i];
    return NULL;
}

/* Does a column before it say the same? */
static bool is_second(const struct header *h, size_t at)
{
    const struct column *c = h->columns[at];
    for (size_t i = 0; i < at; i++)
        if (h->columns[i] && h->columns[i]->field == c->field &&
            h->columns[i]->words == c->words)
            return true;
    return false;
}

static int read_header(struct reader *r, struct header *h, struct err *err)
{
    char *line, *fields[ROW_FIELDS_MAX];
    unsigned have = 0;
    if (row_next(r->lines, 0, &line, err) < 0)
        return -1;
    if (row_cells(line, fields, &h->n, err) < 0)
        return -1;
    if (h->n > ROW_FIELDS_MAX)
        return err_set(err, ERR_INVALID, "more than %d columns", ROW_FIELDS_MAX);
    for (size_t i = 0; i < h->n; i++) {
        const struct column *c = h->columns[i] = column_find(fields[i]);
        if (!c)
            column_pass_over(&r->into->passed_over, fields[i]);
        if (c && is_second(h, i))
            return err_set(err, ERR_INVALID, "a second column for what %s says",
                           fields[i]);
        have |= c ? 1u << c->field : 0;
    }
    if (!(have & 1u << SUBMIT))
        return err_set(err, ERR_INVALID,
                       "no workload: there is no column submit_s in its first line (of "
                       "Slurm's accounting: " SACCT ")");
    if (!(have & (1u << RUN | 1u << END)))
        return err_set(err, ERR_INVALID,
                       "no workload: there is no column duration_s in its first line");
    return 0;
}

/* What else it asks for, as the core has it. */
static struct job *like_of(struct work *job)
{
    if (!job->like)
        job->like = job_new();
    return job->like;
}

static int set_words(const struct reader *r, const struct column *c, const char *text,
                     struct job *like, struct err *err)
{
    if (c->words(text, like, err) < 0)
        return -1;
    if (c->words != csv_array)
        return 0;
    return array_check(&like->array->left, text, r->max_array_size, err);
}

/* Only a name for people may go on behind the end of a line. */
static int check_line(const struct column *c, const char *text, struct err *err)
{
    if (c->words == csv_job_name || !strchr(text, '\n'))
        return 0;
    return err_set(err, ERR_INVALID, "%s: there is an end of a line in it", c->name);
}

/* Where it goes; NULL: it is none. */
static const char **name_of(struct work *job, const struct column *c)
{
    switch (c->field) {
    case ACCOUNT:
        return &job->account;
    case USER:
        return &job->user;
    case PARTITION:
        return &job->partition;
    case QOS:
        return &job->qos;
    case RESERVATION:
        return &job->reservation;
    default:
        return NULL;
    }
}

/* Likewise. */
static int64_t *number_of(struct work *job, const struct column *c, int64_t *end_sec)
{
    switch (c->field) {
    case NUMBER:
        return &like_of(job)->job_id;
    case BEGIN:
        return &like_of(job)->eligible_sec;
    case TIME_MIN:
        return &like_of(job)->time_min_sec;
    case SUBMIT:
        return &job->submit_sec;
    case RUN:
        return &job->run_sec;
    case END:
        return end_sec;
    case LIMIT:
        return &job->limit_sec;
    case NODES:
        return &job->nodes;
    case GPUS:
        return &job->gpus;
    case CPU:
        return &job->cpu_milli;
    case MEMORY:
        return &job->mem_bytes;
    default:
        return NULL;
    }
}

static int set_number(const struct column *c, const char *text, int64_t *number,
                      struct err *err)
{
    if (c->field == NUMBER && strchr(text, '.'))
        return err_set(err, ERR_INVALID, "%s: \"%s\" is no whole number", c->name,
                       text);
    if (row_number(text, c->scale, number, err) < 0)
        return err_prefix(err, "%s", c->name);
    return 0;
}

static int set_field(struct reader *r, const struct column *c, char *text,
                     struct work *job, int64_t *end_sec, struct err *err)
{
    const char **name = name_of(job, c);
    int64_t *number = *text ? number_of(job, c, end_sec) : NULL;

    if (check_line(c, text, err) < 0)
        return -1;
    if (number)
        return set_number(c, text, number, err);
    if (name)
        *name = workload_name(r->into, text);
    else if (c->field == TYPES)
        job->gpu_types = *text ? xstrdup(text) : NULL;
    else if (*text && set_words(r, c, text, like_of(job), err) < 0)
        return err_prefix(err, "%s", c->name);
    return 0;
}

static int read_row(struct reader *r, const struct header *h, char *line,
                    struct work *job, struct err *err)
{
    char *fields[ROW_FIELDS_MAX];
    int64_t end_sec = TIME_UNSET;
    size_t n;
    if (row_cells(line, fields, &n, err) < 0)
        return -1;
    if (n != h->n)
        return err_set(err, ERR_INVALID, "%zu fields; the first line has %zu", n, h->n);
    for (size_t i = 0; i < n; i++)
        if (h->columns[i] &&
            set_field(r, h->columns[i], fields[i], job, &end_sec, err) < 0)
            return -1;
    if (job->run_sec == TIME_UNSET && job->submit_sec != TIME_UNSET &&
        end_sec != TIME_UNSET) {
        if (end_sec < job->submit_sec)
            return err_set(err, ERR_INVALID, "it ends before it was submitted");
        job->run_sec = end_sec - job->submit_sec;
    }
    return work_check(job, err);
}

int read_csv(struct reader *r, struct err *err)
{
    struct header h = {.n = 0};
    char *line;
    int rc = read_header(r, &h, err);
    if (rc < 0)
        return -1;
    while ((rc = reader_pass_long(r, row_next(r->lines, h.n, &line, err), err)) == 1) {
        struct work job = work_new();
        struct err wrong = ERR_INIT;
        if (*line == '\0')
            continue;
        if (r->into->n_rows >= WORKLOAD_ROWS_MAX)
            return err_set(err, ERR_INVALID, "more than %u rows", WORKLOAD_ROWS_MAX);
        read_row(r, &h, line, &job, &wrong);
        err_flatten(&wrong);
        reader_take(r, &job, &wrong);
    }
    return rc;
}

void read_csv_help(FILE *out)
{
    fprintf(out, "\nColumns of a workload in CSV (others are passed over):\n");
    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        if (columns[i].help)
            fprintf(out, "  %-14s %s\n", columns[i].name, columns[i].help);
        else
            fprintf(out, "  %-14s (another name of the one above)\n", columns[i].name);
    }
}
