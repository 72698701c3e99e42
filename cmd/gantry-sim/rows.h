/*
 * rows - what the readers of workload files share.
 */
#ifndef GANTRY_SIM_ROWS_H
#define GANTRY_SIM_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "cmd/gantry-sim/lines.h"
#include "cmd/gantry-sim/workload.h"

#define ROW_FIELDS_MAX 64

struct reader {
    struct workload *into;
    struct lines *lines;
    int64_t max_array_size; /* 0: any */
    workload_complain_fn *complain;
    void *arg;
};

/* The next row of CSV (RFC 4180), as lines_next: a line, or where a field in quotes
 * goes on behind its end, lines joined, up to where the quotes close. Where they do
 * not, or where that makes a row of another number of fields than `n` (0: any), it is
 * the first line alone, which row_cells refuses, and the others are rows of their own:
 * one forgotten quote does not swallow them. Nor does a line that is too long: the
 * quotes of a field do not go on into it, or behind it. */
int row_next(struct lines *l, size_t n, char **ret, struct err *err);
/* Cuts a row into fields, in place, without the blanks around them; one in double
 * quotes may have commas, doubled quotes and ends of lines in it. `*ret_n`: how many
 * there are, at most ROW_FIELDS_MAX + 1. -1: its quotes make no sense. */
int row_cells(char *line, char **ret, size_t *ret_n, struct err *err);
/* Likewise at white space. */
size_t row_words(char *line, char **ret);
/* A number from 0 on, with a fraction or not: times `scale`, rounded up. "" is absent:
 * *ret stays. */
int row_number(const char *text, int64_t scale, int64_t *ret, struct err *err);

/* Complains of a job's row, which is not taken in; frees what it has. */
void reader_leave_out(struct reader *r, struct work *job, const char *why);
/* Takes the job in if it makes sense; else complains of its row. Takes its gpu_types
 * over. */
void reader_take(struct reader *r, struct work *job, const struct err *wrong);

/* What lines_next or row_next returned, to go on by: a line that is too long is a row
 * to complain of and leave out, and reads as an empty one. */
int reader_pass_long(struct reader *r, int rc, struct err *err);

/* Once all rows are read: arrays become their tasks, and dependencies on rows those on
 * jobs as the core has them. Sorts the workload; complains of rows that depend on what
 * is not there. */
void reader_link(struct reader *r);

/* A row of a job that was cancelled, or the like, before it ran: counted. Frees what
 * the job has. */
void reader_leave_idle(struct reader *r, struct work *job);
/* A column of which nothing is known, to those that are (NULL: none yet); its name is
 * changed to be of one line. */
void column_pass_over(char **all, char *name);

/* Of which nothing is known yet. */
struct work work_new(void);
/* Frees what it has. */
void work_fini(struct work *job);
/* ERR_INVALID: its QOS alone make too many ways to run it, or no sense. */
int work_check(const struct work *job, struct err *err);

int read_csv(struct reader *r, struct err *err);
int read_swf(struct reader *r, struct err *err);
/* Does a first line name columns between '|'? */
bool sacct_is_header(const char *line);
int read_sacct(struct reader *r, struct err *err);
void read_csv_help(FILE *out);

#endif
