/*
 * saved - a cluster and its queue, as a live controller saved them (crds/snapshot.h),
 * as a pool and a workload.
 *
 * The cluster is its nodes, partitions, QOS, accounts with what was used, reservations
 * and pods of others, which stay. Times are its own. Its queue is all jobs that wait or
 * run. Nobody knows how long they will run:
 *
 *   runs       ends at its time limit (or when its reservation does), as it was started
 *              then; one that was to end for another job does, and goes back to the
 *              queue or is over, as the settings say
 *   waits      runs to the limit that it is given; held ones wait on
 *   without a limit, it runs to the end of the replay
 *   completes  is over: its nodes are free
 *
 * An array is one record, as in the core; of each task that is left there is a job in
 * the workload (`work.within`), which has the array's number.
 */
#ifndef GANTRY_SIM_SAVED_H
#define GANTRY_SIM_SAVED_H

#include "base/err.h"
#include "cmd/gantry-sim/pool.h"
#include "cmd/gantry-sim/workload.h"

struct saved {
    int64_t now_sec; /* when it was saved */
    struct sched_config config;
};

/* Into a fresh pool and workload; `load` NULL: the cluster alone. -1: the file is no
 * snapshot, or has no node. */
int saved_read(const char *path, struct pool *pool, struct workload *load,
               struct saved *ret, struct err *err);

#endif
