/*
 * engine - a workload through the scheduling core, in virtual time.
 *
 * Nothing is read or written, no clock is looked at: the next moment is the earliest of
 * the next submission, end, change of a node or a reservation that goes, and time at
 * which the core wants to be asked. Within a second: ends, nodes, submissions,
 * reservations, then the core's decisions.
 *
 *   submitted -> waits -> runs -> COMPLETED (its run time is over)
 *                  ^        |---> TIMEOUT   (its limit is reached before)
 *                  '--------'     its node is lost: it begins anew
 *
 * The core is a fresh one with the pool's partitions. The replay ends when nothing
 * runs, nothing is to come, and of what waits nothing is planned and no reservation is
 * about to go.
 */
#ifndef GANTRY_SIM_ENGINE_H
#define GANTRY_SIM_ENGINE_H

#include <stdbool.h>

#include "base/err.h"
#include "cmd/gantry-sim/history.h"
#include "cmd/gantry-sim/pool.h"
#include "cmd/gantry-sim/workload.h"
#include "scheduler/sched.h"

/* A node goes down, or comes back. */
struct outage {
    int64_t sec;
    size_t node; /* place in the pool */
    bool back;
};

struct replay {
    const struct pool *pool;
    const struct workload *load;
    const struct sched_config *config;
    const struct outage *outages; /* in the order of time */
    size_t n_outages;
    /* Told now and then; NULL: nobody is. */
    void (*progress)(void *arg, size_t ended, size_t waiting, int64_t now_sec);
    void *arg;
};

/* -1: the core gave out more than there is, which is a fault of its own. Free `ret`
 * with history_fini either way. */
int engine_run(const struct replay *replay, struct history *ret, struct err *err);

#endif
