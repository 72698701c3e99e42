/*
 * history - what became of a workload: each job's end, and the queue over time.
 *
 * Figures and pictures are made of this alone; the engine writes it, and so does any
 * other scheduler that is to be compared.
 */
#ifndef GANTRY_SIM_HISTORY_H
#define GANTRY_SIM_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scheduler/model.h"
#include "scheduler/reason.h"

enum fate {
    FATE_UNSEEN, /* not submitted yet */
    FATE_WAITS,  /* at the end: it never started */
    FATE_RUNS,
    FATE_COMPLETED, /* after its run time */
    FATE_TIMEOUT,   /* after its limit */
    FATE_PREEMPTED, /* for another job, not to come back */
};

/* What a job has of one node. */
struct share {
    size_t node;      /* place in the pool */
    struct slot slot; /* its `node` is NULL */
};

/* A start that was told ahead. */
struct forecast {
    int64_t told_sec; /* when it was told; TIME_UNSET: never */
    int64_t start_sec;
};

struct tale {
    enum fate fate;
    int64_t start_sec, end_sec; /* of its last run; TIME_UNSET */
    struct share *shares;       /* of its last run */
    size_t n_shares;
    struct forecast promised; /* the first promise */
    struct forecast foretold; /* the first start that was told, promised or not */
    int64_t planned_sec;      /* while it waits: as told last; TIME_UNSET: none */
    enum reason reason;       /* why it waited last */
    int64_t runs;             /* how often it was started */
    int64_t preemptions;      /* how often it was to end for another job */
    bool yields, returns;     /* so it is now; it goes back to the queue then */
    int64_t preempt_lost_sec; /* of runs that ended so */
    int64_t lost_sec;         /* of runs that were cut off and begun anew */
};

/* How things stood from a second on. */
struct sample {
    int64_t sec;
    int64_t waiting, running; /* jobs */
    int64_t free, fragments;  /* ledger.h */
};

struct history {
    struct tale *tales; /* one for each job of the workload */
    size_t n;
    struct sample *samples; /* each later than the one before */
    size_t n_samples, cap_samples;
    size_t n_broken; /* promises that preemption has broken */
};

void history_init(struct history *h, size_t n);
void history_fini(struct history *h);
/* One of the same second as the last takes its place. */
void history_add(struct history *h, const struct sample *sample);
/* It holds nothing any more. */
void tale_reset_shares(struct tale *t);

#endif
