/* Workloads as Slurm's accounting has them: what sacct -P prints. Fields stand between
 * '|' as they are, without quotes; the first line names them. */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-sim/sacct_fields.h"

struct header {
    const struct sacct_field *fields[ROW_FIELDS_MAX]; /* NULL: not one of ours */
    size_t n;
    bool closed; /* each line ends with a '|', too: sacct -p */
};

bool sacct_is_header(const char *line)
{
    return strchr(line, '|') && !strchr(line, ',');
}

/* In place. Returns at most ROW_FIELDS_MAX + 1. */
static size_t split(char *line, char **ret)
{
    size_t n = 0;
    do {
        char *field = strsep(&line, "|");
        if (n < ROW_FIELDS_MAX)
            ret[n] = field;
        n++;
    } while (line && n <= ROW_FIELDS_MAX);
    return n;
}

/* Does a column before it have the same name? Timelimit and TimelimitRaw may both be
 * there: sacct says the same in both. */
static bool is_second(const struct header *h, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (h->fields[i] == h->fields[at])
            return true;
    return false;
}

static int read_header(struct reader *r, struct header *h, struct err *err)
{
    char *line, *fields[ROW_FIELDS_MAX] = {NULL};
    if (lines_next(r->lines, &line, err) < 0)
        return -1;
    h->n = split(line, fields);
    h->closed = h->n <= ROW_FIELDS_MAX && *fields[h->n - 1] == '\0';
    h->n -= h->closed;
    if (h->n > ROW_FIELDS_MAX)
        return err_set(err, ERR_INVALID, "more than %d columns", ROW_FIELDS_MAX);
    for (size_t i = 0; i < h->n; i++) {
        h->fields[i] = sacct_field(fields[i]);
        if (!h->fields[i])
            column_pass_over(&r->into->passed_over, fields[i]);
        else if (is_second(h, i))
            return err_set(err, ERR_INVALID, "a second column for what %s says",
                           fields[i]);
    }
    const char *lacks = sacct_lacks(h->fields, h->n);
    if (!lacks)
        return 0;
    return err_set(err, ERR_INVALID,
                   "no workload: its first line lacks %s; print it with " SACCT, lacks);
}

static int read_row(struct sacct_row *row, const struct header *h, char *line,
                    struct err *err)
{
    char *fields[ROW_FIELDS_MAX] = {NULL};
    size_t n = split(line, fields) - h->closed;
    if (n != h->n)
        return err_set(err, ERR_INVALID, "%zu fields; the first line has %zu", n, h->n);
    for (size_t i = 0; i < n && !row->step; i++)
        if (h->fields[i] && h->fields[i]->set(row, fields[i], err) < 0)
            return err_prefix(err, "%s", h->fields[i]->name);
    if (row->step)
        return 0;
    return sacct_settle(row, err) < 0 ? -1 : work_check(row->job, err);
}

static void take(struct sacct_row *row, struct err *wrong)
{
    err_flatten(wrong);
    if (row->step)
        work_fini(row->job);
    else if (wrong->code == ERR_NONE && row->idle)
        reader_leave_idle(row->reader, row->job);
    else
        reader_take(row->reader, row->job, wrong);
}

int read_sacct(struct reader *r, struct err *err)
{
    struct header h = {.n = 0};
    char *line;
    int rc = read_header(r, &h, err);
    if (rc < 0)
        return -1;
    while ((rc = reader_pass_long(r, lines_next(r->lines, &line, err), err)) == 1) {
        struct work job = work_new();
        struct sacct_row row = {.reader = r, .job = &job};
        struct err wrong = ERR_INIT;
        if (*line == '\0')
            continue;
        if (r->into->n_rows >= WORKLOAD_ROWS_MAX)
            return err_set(err, ERR_INVALID, "more than %u rows", WORKLOAD_ROWS_MAX);
        read_row(&row, &h, line, &wrong);
        take(&row, &wrong);
    }
    return rc;
}
