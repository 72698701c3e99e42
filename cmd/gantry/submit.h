/*
 * submit - what is asked for with a job: all options of sbatch as one table, and the
 * values given on the command line, in the environment and by the script's lines.
 *
 * A row feeds the parser of all three, --help and the object's spec; every option of
 * Slurm has one. It acts on a field of the spec, or is sbatch's own affair, or is
 * refused by name, with the reason. The command line wins over the environment, that
 * over the script; so it does among options that exclude each other (--mem and
 * --mem-per-cpu).
 */
#ifndef GANTRY_CLI_SUBMIT_H
#define GANTRY_CLI_SUBMIT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/json.h"
#include "base/opt.h"

/* The stronger ones come last. */
enum submit_from { SUBMIT_SCRIPT, SUBMIT_ENVIRONMENT, SUBMIT_LINE, SUBMIT_FROMS };

/* Options that exclude each other. */
enum submit_set { SET_NONE, SET_MEM, SET_REQUEUE, SET_GPUS_PER_NODE, SET_NODELIST };

struct submit_row;
/* One value on its way into the spec. */
struct submit_put {
    const struct submit_row *row;
    const char *text; /* "" where the option has none */
    int64_t now_sec;
};
typedef int submit_put_fn(const struct submit_put *p, struct json *spec,
                          struct err *err);

struct submit_row {
    struct opt opt;
    const char *field;   /* of the spec; NULL: sbatch's own, or refused */
    submit_put_fn *put;  /* with field */
    const char *refused; /* why; NULL: it acts */
    enum submit_set set;
    bool line_only; /* has no sense in a script */
};
extern const struct submit_row submit_rows[];
extern const size_t n_submit_rows;

struct submit_value {
    bool given;
    int64_t count; /* how often */
    char *text;    /* the last one; "" for flags */
    char *where;   /* "--nodes", "SBATCH_TIMELIMIT", "train.sbatch:3: --nodes" */
    int order;     /* of the options of one source */
};

/* Of one component of a heterogeneous job, or of a job that is but one. Options that
 * are sbatch's own are with the first. */
struct submit {
    struct opt *table; /* the rows as base/opt.h scans them */
    struct submit_value *values[SUBMIT_FROMS];
    int order;
    size_t component;            /* from 0 */
    struct submit *first, *next; /* next: NULL: this is the last; owned */
};
#define SUBMIT_AUTO __attribute__((cleanup(submit_fini)))

void submit_init(struct submit *s);
void submit_fini(struct submit *s);

/* The next component's, made if it is not there. NULL: there are too many. */
struct submit *submit_next(struct submit *s, struct err *err);

/* Takes the options of a line. `at` is "train.sbatch:3", NULL for the command line.
 * Operands end them. Returns the index of the first operand, or -1. */
int submit_take_words(struct submit *s, enum submit_from from, const char *at, int argc,
                      char **argv, struct err *err);
/* SBATCH_... of the environment; for a later component what is each one's own. */
int submit_take_environment(struct submit *s, struct err *err);
/* Options of one source that exclude each other. */
int submit_check(const struct submit *s, struct err *err);

/* The value that counts; NULL: not given. */
const struct submit_value *submit_find(const struct submit *s, const char *name);
const char *submit_text(const struct submit *s, const char *name); /* NULL: not given */
bool submit_has(const struct submit *s, const char *name);

/* All fields of the spec that options of this component say. */
int submit_fill(const struct submit *s, int64_t now_sec, struct json *spec,
                struct err *err);
/* Is the field each component's own, rather than the job's? */
bool submit_is_own(const char *field);
/* Where there are components behind the first, whose fields `spec` has: makes
 * spec.components of what is each one's own (submit_components.c). */
int submit_fill_components(const struct submit *first, int64_t now_sec,
                           struct json *spec, struct err *err);
/* Where the field was asked for ("spec.array" or "array", "spec.components[1].nodes"):
 * "--array"; NULL: it was not. */
const char *submit_where(const struct submit *s, const char *field);

void submit_help(FILE *out);
void submit_usage(FILE *out);

/* ---- how values become fields (submit_put.c) ---- */

submit_put_fn put_string, put_file, put_int, put_true, put_no_requeue, put_requeue,
    put_hold, put_nice, put_priority, put_duration, put_moment, put_size, put_nodes,
    put_gpus, put_gres, put_exclusive, put_hosts, put_host_file, put_open_mode,
    put_signal, put_dir, put_switches, put_dependency, put_yes_no, put_constraint,
    put_array;

#endif
