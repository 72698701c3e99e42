/*
 * core - the inside of struct sched, shared by sched.c and pass.c only.
 */
#ifndef GANTRY_SCHEDULER_CORE_H
#define GANTRY_SCHEDULER_CORE_H

#include <stdbool.h>
#include <stdint.h>

#include <uthash.h>

#include "base/str.h"
#include "scheduler/cluster.h"
#include "scheduler/decide.h"
#include "scheduler/placement.h"
#include "scheduler/queue.h"
#include "scheduler/sched.h"
#include "scheduler/shape.h"

struct jobrec {
    char *uid;
    struct job *job;
    struct shape *shape; /* while pending */
    uint32_t version;    /* moves whenever queue entries of this job become void */
    bool end_told;
    bool gone; /* kept, unseen, until the pass that may refer to it is over */

    /* What was told last. */
    enum reason reason;
    char *message;

    /* Of this pass: partitions still to be tried, the most hopeful reason so far, and
     * whether other jobs wait because of this one. */
    size_t untried;
    enum reason found;
    char *found_message;
    int64_t found_priority;
    bool blocks;
    UT_hash_handle hh;
};

/* One walk through the queue. */
struct pass {
    bool running;
    int64_t now_sec; /* when it began: what age and eligibility are judged by */
    struct queue queue;
    size_t next;        /* entry to go on with */
    node_set withheld;  /* nodes for which a job of higher priority waits */
    bool lifted;        /* a job that blocked others started elsewhere: walk again */
    size_t n_outranked; /* jobs that another order could let start */
    int64_t begin_sec;  /* first begin time to come */
};

struct sched {
    struct sched_config config;
    struct cluster cluster;
    struct jobrec *jobs; /* hash by uid */
    size_t n_phase[JOB_COMPLETING + 1];
    size_t n_gone;
    struct shape *shapes;
    struct placer placer;
    struct decided decided;
    struct str message; /* scratch */
    struct pass pass;
    bool dirty;          /* something changed since the pass began */
    int64_t end_sec;     /* no running job reaches its limit before this */
    int64_t checked_sec; /* when the order was last looked at */
};

/* Orders the queue anew. */
void pass_begin(struct sched *s, int64_t now_sec);
/* Goes on until the end (true) or until the budget is spent (false). */
bool pass_run(struct sched *s, int64_t now_sec, struct sched_budget budget);
/* True if ageing alone has changed the order since the last pass. */
bool pass_order_changed(struct sched *s, int64_t now_sec);

void jobrec_free(struct sched *s, struct jobrec *rec);
/* Forgets what was told of the job. */
void jobrec_reset_told(struct jobrec *rec);

#endif
