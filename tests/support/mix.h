/*
 * mix - a full cluster and a queue, to measure plans with.
 *
 * Nodes of gpu_cluster.h, full of running jobs. The mix of jobs, from one seed: half of
 * them lie on a fraction of one node (1, 2 or 4 GPUs), half on 1, 2, 4 ... 128 whole
 * nodes; time limits from 15 minutes to 7 days, evenly by their logarithm. Each asks
 * for one of 8 or 32 amounts for each node (demand classes), half of them fractions.
 * Every job is promised a start; the window reaches far enough.
 *
 * With limits the jobs are of 100 users of 10 accounts: each user may have 400 jobs and
 * the GPUs of two of the largest, each account those of 12, more than run at first.
 *
 * Jobs are numbered: those that run from 1 on, behind them those that wait, in the
 * order of the queue. Node `n17` is position 17.
 */
#ifndef GANTRY_TESTS_SUPPORT_MIX_H
#define GANTRY_TESTS_SUPPORT_MIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"
#include "scheduler/sched.h"

#define MIX_NOW_SEC (INT64_C(1700000000) / 60 * 60)
#define MIX_DAY_SEC 86400
#define MIX_GANG_MAX 128 /* nodes of a job */

struct mix {
    size_t nodes, pending, classes;
    bool limited; /* set it before mix_core */
    int64_t window_sec;
    struct rng rng;
    struct restable res;
    int gpu;
    size_t running; /* jobs, since mix_core */
};

/* At least as many nodes as the largest job has. */
void mix_init(struct mix *m, size_t nodes, size_t pending, size_t classes);
/* Nothing is planned yet; freed by the caller. */
struct sched *mix_core(struct mix *m);
/* Drawn anew each time, the caller's. */
struct job *mix_draw_job(struct mix *m, size_t number);
struct node *mix_node(const struct mix *m, size_t position);
/* Lent; NULL: the core has none of that number. */
const struct job *mix_job_at(const struct sched *s, size_t number);
size_t mix_position(const char *node);

#endif
