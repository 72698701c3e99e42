/*
 * history - what became of a workload: each job's end, and the queue over time.
 *
 * Figures and pictures are made of this alone; the engine writes it, and so does any
 * other scheduler that is to be compared.
 *
 * A job that goes back to the queue begins a new life: it waits again, as if it had
 * just been submitted. What was told of its start is of its first life.
 */
#ifndef GANTRY_SIM_HISTORY_H
#define GANTRY_SIM_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cmd/gantry-sim/workload.h"
#include "scheduler/broken.h"
#include "scheduler/model.h"
#include "scheduler/reason.h"

enum fate {
    FATE_UNSEEN,    /* not submitted yet */
    FATE_WAITS,     /* at the end: it never started, or not again */
    FATE_RUNS,      /* at the end: nothing ends it */
    FATE_COMPLETED, /* after its run time */
    FATE_TIMEOUT,   /* after its limit */
    FATE_PREEMPTED, /* for another job, not to come back */
    FATE_LOST,      /* with a node, not to come back */
    FATE_GIVEN_UP,  /* it waited for what can never be */
    FATE_REFUSED,   /* it was not taken in when it was submitted */
};

/* What a job has of one node. */
struct share {
    size_t node;      /* place in the pool */
    struct slot slot; /* its `node` is NULL */
};

/* A job on its nodes, from one second to another. */
struct stay {
    size_t job;
    int64_t start_sec, end_sec; /* TIME_UNSET */
    struct share *shares;
    size_t n_shares;
    bool preempted; /* it ended early for another job */
    bool part;      /* of a component, which ended before its job */
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
    int64_t first_sec;        /* its first start; TIME_UNSET */
    int64_t queued_sec;       /* since when it waits, or waited last */
    int64_t wait_sec;         /* in all lives, up to its last start */
    struct forecast promised; /* the first promise */
    enum broken broken;       /* at its first start, or the end: what broke one last */
    struct forecast foretold; /* the first start that was told, promised or not */
    int64_t planned_sec;      /* while it waits: as told last; TIME_UNSET: none */
    enum reason reason;       /* why it waited last */
    char *message;            /* and in words; NULL: it neither waits at the
                               * end nor was it refused */
    int64_t runs;             /* how often it was started */
    const char *account;      /* that it had by default, lent from the pool; NULL: none,
                               * or it named one */
    bool before;              /* it ran when the replay began */
    bool yields, returns;     /* to another job; it goes back to the queue then */
};

/* How things stood from a second on. */
struct sample {
    int64_t sec;
    int64_t waiting, running;       /* jobs */
    int64_t total, free, fragments; /* ledger.h */
};

/* A node takes no new jobs. */
struct closure {
    size_t node;
    int64_t start_sec, end_sec; /* TIME_UNSET: to the end */
};

/* A reservation of the pool has a node, whether it is its time or not. */
struct tenure {
    size_t reservation, node;
    int64_t start_sec, end_sec; /* TIME_UNSET: to the end */
};

struct history {
    struct tale *tales; /* one for each job of the workload */
    size_t n;
    struct stay *cuts; /* runs that were cut off and begun anew, or parts of runs */
    size_t n_cuts, cap_cuts;
    struct sample *samples; /* each later than the one before */
    size_t n_samples, cap_samples;
    struct closure *closures; /* in the order of their starts */
    size_t n_closures, cap_closures;
    struct tenure *tenures; /* likewise */
    size_t n_tenures, cap_tenures;
    int64_t broken[BROKEN_CAUSES]; /* promises, as the core counts them */
    size_t n_restless;             /* seconds: sched_restless */
    /* What partitions, QOS and reservations say that does nothing: a sentence each. */
    char **faults;
    size_t n_faults, cap_faults;
};

void history_init(struct history *h, size_t n);
void history_fini(struct history *h);
/* One of the same second as the last takes its place. */
void history_add(struct history *h, const struct sample *sample);
/* A node closes, or opens again; nothing if it is so already. */
void history_close(struct history *h, size_t node, int64_t now_sec);
void history_open(struct history *h, size_t node, int64_t now_sec);
/* A reservation gets a node; or has it no longer. */
void history_keep(struct history *h, size_t reservation, size_t node, int64_t now_sec);
void history_release(struct history *h, size_t reservation, size_t node,
                     int64_t now_sec);
/* Or none at all any longer. */
void history_release_all(struct history *h, size_t reservation, int64_t now_sec);
/* The account of a job, also by default; "": none. */
const char *history_account(const struct history *h, const struct workload *load,
                            size_t job);
/* It holds nothing any more. */
void tale_reset_shares(struct tale *t);

/* The job's life begins, at its submission or when it goes back to the queue. */
void tale_queue(struct tale *t, int64_t now_sec);
void tale_start(struct tale *t, int64_t now_sec);
/* Its run is cut off, and is kept among `cuts`; it holds nothing any more. */
void history_cut(struct history *h, size_t job, int64_t now_sec);

/* A component of it holds nothing any more: likewise, and the rest runs on. */
void history_end_component(struct history *h, size_t job, int64_t component,
                           int64_t now_sec);

/* When the replay was over; 0: nothing ever happened. */
int64_t history_end(const struct history *h);
/* All stays on nodes, cut off or not, up to its end: so many, of which some may be of
 * no node. Those of cut runs come first. Lent. */
size_t history_stays(const struct history *h);
struct stay history_stay(const struct history *h, size_t i);

#endif
