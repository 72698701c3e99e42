/* Workloads as CSV: a header line names the columns. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/util.h"
#include "cmd/gantry-sim/rows.h"
#include "crds/array.h"
#include "crds/constraint.h"
#include "crds/dependency.h"
#include "crds/licenses.h"
#include "crds/switches.h"
#include "scheduler/model.h"

#define NICE_MAX 2147483645 /* as in Slurm, either way */

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
    LICENSES,
    CONSTRAINT,
    SWITCHES,
    NICE,
    EXCLUSIVE,
    NUMBER,
    NAME,
    DEPENDENCY,
    ARRAY
};

/* What recorded workloads call what. The first of a field is the name for people. */
static const struct column {
    const char *name;
    enum field field;
    int64_t scale;
    const char *help; /* NULL: another name of the one above */
} columns[] = {
    {"submit_s", SUBMIT, 1, "when it was submitted, in seconds"},
    {"creation_time", SUBMIT, 1, NULL},
    {"duration_s", RUN, 1, "how long it runs when nothing ends it before"},
    {"deletion_time", END, 1, "in place of it: when it ended, had it run at once"},
    {"timelimit_s", LIMIT, 1, "its time limit; empty: the partition's"},
    {"nodes", NODES, 1, "nodes it must have; empty or 0: as few as hold it"},
    {"gpus", GPUS, 1, "GPUs of the whole job"},
    {"num_gpu", GPUS, 1, NULL},
    {"cpus", CPU, 1000, "CPUs of the whole job"},
    {"cpu_milli", CPU, 1, "the same in thousandths"},
    {"memory_mib", MEMORY, INT64_C(1) << 20, "memory of the whole job"},
    {"gpu_type", TYPES, 1, "GPU types it may have: \"T4\", \"V100M16|V100M32\""},
    {"gpu_spec", TYPES, 1, NULL},
    {"account", ACCOUNT, 1, "who is charged"},
    {"vc", ACCOUNT, 1, NULL},
    {"user", USER, 1, "who submitted it"},
    {"partition", PARTITION, 1,
     "where it may run, \"a\" or \"a|b\", if --cluster has it"},
    {"qos", QOS, 1, "its quality of service, if the cluster has any"},
    {"reservation", RESERVATION, 1, "the reservation that it runs in, or \"a|b\""},
    {"begin_s", BEGIN, 1, "not to start before, on the clock of submit_s"},
    {"timemin_s", TIME_MIN, 1, "a time limit that would do"},
    {"licenses", LICENSES, 1, "licences that it takes, \"matlab:2\""},
    {"constraint", CONSTRAINT, 1, "features of its nodes, \"a100&ib\""},
    {"switches", SWITCHES, 1, "leaf switches at most, \"1@10:00\""},
    {"nice", NICE, 1, "what its priority is lowered by, \"-100\": raised"},
    {"exclusive", EXCLUSIVE, 1, "1: it has its nodes alone"},
    {"job_id", NUMBER, 1,
     "as which others depend on it; empty: the number of its line"},
    {"job_name", NAME, 1, "for dependencies on \"singleton\""},
    {"dependency", DEPENDENCY, 1,
     "what it waits for, \"afterok:12\": of jobs submitted before"},
    {"array", ARRAY, 1, "it is an array of such jobs, \"0-9%2\""},
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

static void pass_over(struct workload *w, const char *name)
{
    char *all =
        w->passed_over ? xasprintf("%s, %s", w->passed_over, name) : xstrdup(name);
    free(w->passed_over);
    w->passed_over = all;
}

static int read_header(struct reader *r, struct header *h, struct err *err)
{
    char *line, *fields[ROW_FIELDS_MAX];
    unsigned have = 0;
    if (lines_next(r->lines, &line, err) < 0)
        return -1;
    if (row_cells(line, fields, &h->n, err) < 0)
        return -1;
    if (h->n > ROW_FIELDS_MAX)
        return err_set(err, ERR_INVALID, "more than %d columns", ROW_FIELDS_MAX);
    for (size_t i = 0; i < h->n; i++) {
        const struct column *c = h->columns[i] = column_find(fields[i]);
        if (!c)
            pass_over(r->into, fields[i]);
        if (c && have & 1u << c->field)
            return err_set(err, ERR_INVALID, "a second column for what %s says",
                           fields[i]);
        have |= c ? 1u << c->field : 0;
    }
    if (!(have & 1u << SUBMIT))
        return err_set(err, ERR_INVALID,
                       "no workload: there is no column submit_s in its first line");
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

static int set_constraint(struct job *like, const char *text, struct err *err)
{
    CONSTRAINT_AUTO struct constraint c = {0};
    if (constraint_parse(text, &c, err) < 0)
        return -1;
    like->node_any = TAKE(c.any);
    like->n_node_any = c.n_any;
    like->same = TAKE(c.same);
    like->n_same = c.n_same;
    like->counts = TAKE(c.counts);
    like->n_counts = c.n_counts;
    c.n_any = c.n_same = c.n_counts = 0;
    like->constraint = xstrdup(text);
    return 0;
}

/* As sbatch --nice has it. */
static int set_nice(const char *text, struct job *like, struct err *err)
{
    const bool less = *text == '-';
    if (row_number(text + less, 1, &like->nice, err) < 0)
        return -1;
    if (like->nice > NICE_MAX || text[less] == '\0')
        return err_set(err, ERR_INVALID, "\"%s\" is not within %d", text, NICE_MAX);
    like->nice = less ? -like->nice : like->nice;
    return 0;
}

static int set_exclusive(const char *text, struct job *like, struct err *err)
{
    static const struct {
        const char *word;
        bool is;
    } words[] = {{"0", false},  {"1", true},      {"no", false},
                 {"yes", true}, {"false", false}, {"true", true}};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (strcasecmp(words[i].word, text) != 0)
            continue;
        like->exclusive = words[i].is;
        return 0;
    }
    return err_set(err, ERR_INVALID, "\"%s\" is neither 1 nor 0", text);
}

static int set_dependency(const char *text, struct job *like, struct err *err)
{
    return dependency_parse(text, &like->depends, &like->n_depends, &like->depends_any,
                            err);
}

static int set_array(const char *text, struct job *like, struct err *err)
{
    struct array array;
    if (array_parse(text, &array, err) < 0)
        return -1;
    job_array(like)->left = array.tasks;
    like->tasks_limit = array.limit;
    return 0;
}

/* In Slurm's words; not empty. */
static int set_words(enum field field, const char *text, struct job *like,
                     struct err *err)
{
    if (field == LICENSES)
        return licenses_parse(text, &like->licenses, &like->n_licenses, err);
    if (field == SWITCHES)
        return switches_parse(text, &like->most_switches, &like->switch_wait_sec, err);
    if (field == NICE)
        return set_nice(text, like, err);
    if (field == DEPENDENCY)
        return set_dependency(text, like, err);
    if (field == ARRAY)
        return set_array(text, like, err);
    if (field == EXCLUSIVE)
        return set_exclusive(text, like, err);
    return set_constraint(like, text, err);
}

static int set_field(struct reader *r, const struct column *c, char *text,
                     struct work *job, int64_t *end_sec, struct err *err)
{
    int64_t *number = NULL;
    switch (c->field) {
    case TYPES:
        job->gpu_types = *text ? xstrdup(text) : NULL;
        return 0;
    case ACCOUNT:
        job->account = workload_name(r->into, text);
        return 0;
    case USER:
        job->user = workload_name(r->into, text);
        return 0;
    case PARTITION:
        job->partition = workload_name(r->into, text);
        return 0;
    case QOS:
        job->qos = workload_name(r->into, text);
        return 0;
    case RESERVATION:
        job->reservation = workload_name(r->into, text);
        return 0;
    case LICENSES:
    case CONSTRAINT:
    case SWITCHES:
    case NICE:
    case EXCLUSIVE:
    case DEPENDENCY:
    case ARRAY:
        if (*text && set_words(c->field, text, like_of(job), err) < 0)
            return err_prefix(err, "%s", c->name);
        return 0;
    case NAME:
        if (*text)
            like_of(job)->job_name = xstrdup(text);
        return 0;
    case NUMBER:
        number = *text ? &like_of(job)->job_id : &job->nodes;
        break;
    case BEGIN:
        number = *text ? &like_of(job)->eligible_sec : &job->submit_sec;
        break;
    case TIME_MIN:
        number = *text ? &like_of(job)->time_min_sec : &job->limit_sec;
        break;
    case SUBMIT:
        number = &job->submit_sec;
        break;
    case RUN:
        number = &job->run_sec;
        break;
    case END:
        number = end_sec;
        break;
    case LIMIT:
        number = &job->limit_sec;
        break;
    case NODES:
        number = &job->nodes;
        break;
    case GPUS:
        number = &job->gpus;
        break;
    case CPU:
        number = &job->cpu_milli;
        break;
    case MEMORY:
        number = &job->mem_bytes;
        break;
    }
    if (row_number(text, c->scale, number, err) < 0)
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
    return 0;
}

int read_csv(struct reader *r, struct err *err)
{
    struct header h = {.n = 0};
    char *line;
    int rc = read_header(r, &h, err);
    if (rc < 0)
        return -1;
    while ((rc = lines_next(r->lines, &line, err)) == 1) {
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
