/*
 * workload - the jobs that somebody once submitted, as recorded.
 *
 * Read from CSV with a header line (columns by name, in any order: workload_help),
 * from the Standard Workload Format, or from what Slurm's sacct -P prints; which it is,
 * the file's first line tells.
 * A row that makes no sense is complained of, counted and left out; the others are
 * read. Times are seconds of the file's own clock, from 0.
 *
 * Or it is the queue that a live controller saved (saved.h).
 *
 * Invariant: jobs are in the order of their submission; of one second, of their rows.
 */
#ifndef GANTRY_SIM_WORKLOAD_H
#define GANTRY_SIM_WORKLOAD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "scheduler/model.h"

#define WORKLOAD_ROWS_MAX 10000000u

#define RECORD_UID "record-"
#define RUN_TO_LIMIT INT64_MAX /* as long as its time limit lets it; without one on */

struct work {
    size_t row; /* line of the file, from 1; of a snapshot the job's id */
    int64_t submit_sec, run_sec;
    int64_t limit_sec;                  /* LIMIT_UNSET: none given */
    int64_t nodes;                      /* 0: as few as hold it */
    int64_t gpus, cpu_milli, mem_bytes; /* of the job, not of a node */
    char *gpu_types;                    /* "T4" or "V100M16|V100M32"; NULL: any */
    /* "": none; lent from the workload. Partition and reservation: "a" or "a|b"; QOS:
     * "a" or "a,b" (crds/choice.h). */
    const char *account, *user, *partition, *qos, *reservation;
    /* What else it asks for. `whole`: it is the job as a snapshot has it, in whatever
     * state, and of the above only its account and its submission count. NULL:
     * nothing. */
    struct job *like;
    bool whole;
    int64_t job_id;    /* the core's, as people number it in the file; 0: it is the
                          place in the workload, from 1 */
    int64_t number;    /* as which others of the file name it; of the Standard Workload
                          Format alone, 0: it is of another; likewise: */
    int64_t think_sec; /* it comes so long after the job that it depends on is over;
                          TIME_UNSET: as soon as that is */
    size_t within;     /* the array of the records, from 1, whose task it is, not split
                          off when the replay begins; 0: it is a job of its own */
};

struct workload {
    struct work *jobs;
    size_t n, cap;
    size_t n_rows;     /* of jobs, whatever became of them */
    size_t n_broken;   /* left out: they make no sense */
    size_t n_idle;     /* left out: they never ran (cancelled while pending) */
    char *passed_over; /* columns that mean nothing here, "mood, colour"; NULL: none */
    char **names;      /* of accounts and users, sorted */
    size_t n_names, cap_names;
    /* Arrays, and what jobs may depend on besides: those that are over. Their uids are
     * RECORD_UID and their places. */
    struct job **records;
    size_t n_records, cap_records;
    int64_t begin_sec; /* when the replay begins; TIME_UNSET: at the first submission */
};

/* Of none yet. */
void workload_init(struct workload *w);
/* A name that lasts as long as the workload. */
const char *workload_name(struct workload *w, const char *name);
/* One more, in no order yet; taken over with all that is heap. */
void workload_add(struct workload *w, const struct work *job);
void workload_sort(struct workload *w);
/* All of its times so much later. */
void workload_shift(struct workload *w, int64_t sec);
/* When a replay of it begins; INT64_MAX: there is no job in it. */
int64_t workload_begin(const struct workload *w);

/* The QOS, reservations and partitions that it names, to a job that names none yet.
 * ERR_INVALID: a list of QOS that makes no sense; those of read workloads do. */
int work_choose(const struct work *work, struct job *job, struct err *err);

/* Told of each broken row. */
typedef void workload_complain_fn(void *arg, size_t row, const char *what);

struct workload_file {
    const char *path;
    int64_t max_array_size; /* no array has an index from here on; 0: any may be */
    workload_complain_fn *complain;
    void *arg;
};

/* -1: the file cannot be read, or is no workload at all. Either way free it with
 * workload_fini. */
int workload_read(struct workload *ret, const struct workload_file *file,
                  struct err *err);
void workload_fini(struct workload *w);
/* The columns that are understood, for --help. */
void workload_help(FILE *out);

#endif
