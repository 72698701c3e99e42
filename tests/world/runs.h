/*
 * runs - the executor of a world's machines: the simulating one, with everything that
 * starts and ends noted in the ledger. Some containers get stuck: their end is never
 * told, whatever signal they get, until the machine restarts or all is calm.
 */
#ifndef GANTRY_TESTS_WORLD_RUNS_H
#define GANTRY_TESTS_WORLD_RUNS_H

#include "base/rng.h"
#include "cmd/gantry-local/executor.h"
#include "tests/world/ledger.h"

/* Told after the ledger was brought up to date. */
typedef void run_started_fn(void *arg, struct pod_fact *pod);

struct runs_options {
    struct loop *loop;
    struct ledger *ledger;
    run_started_fn *started;
    void *arg;
    struct rng rng;
    unsigned stuck_one_in; /* 0: none gets stuck */
    bool doubled; /* a planted bug: the ledger is told of each start twice, as if the
                   * machine ran it twice */
};

struct executor *runs_new(const struct runs_options *options);
/* None is stuck any more; those that were end now. */
void runs_calm(struct executor *runs);

#endif
