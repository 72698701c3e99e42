/*
 * runs - the executor of a world's machines: the simulating one, with everything that
 * starts and ends noted in the ledger.
 */
#ifndef GANTRY_TESTS_WORLD_RUNS_H
#define GANTRY_TESTS_WORLD_RUNS_H

#include "cmd/gantry-local/executor.h"
#include "tests/world/ledger.h"

/* Told after the ledger was brought up to date. */
typedef void run_started_fn(void *arg, struct pod_fact *pod);

struct runs_options {
    struct loop *loop;
    struct ledger *ledger;
    run_started_fn *started;
    void *arg;
    bool doubled; /* a planted bug: the ledger is told of each start twice, as if the
                   * machine ran it twice */
};

struct executor *runs_new(const struct runs_options *options);

#endif
