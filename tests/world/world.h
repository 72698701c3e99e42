/*
 * world - a whole cluster in one process, in virtual time, from one seed: API server,
 * controller, machines and users, with faults at every request.
 *
 *   users, keepers ---------------------------> server --events--> ledger --> checks
 *   machines -- faulty --\                        ^                  ^
 *                         +---- direct -----------+                  |
 *   controller -- faulty -- wire -/               machines' runs ----+
 *
 * The seed says everything: the cluster, what users want, what fails when: requests and
 * watches, the controller, machines, containers that do not end, the API server itself.
 * A world runs through chaos, then calm until all is settled, then a job that takes the
 * whole cluster, then everything is deleted.
 */
#ifndef GANTRY_TESTS_WORLD_WORLD_H
#define GANTRY_TESTS_WORLD_WORLD_H

#include "tests/world/journal.h"
#include "tests/world/server.h"
#include "tests/world/wire.h"

struct world_options {
    uint64_t seed;
    bool aloud; /* print the trace */
    enum plant plant;
    const struct definitions *definitions; /* lent */
};

struct world_result {
    char *breach;    /* NULL: all held; freed with free() */
    uint64_t digest; /* of the whole history */
    struct world_counts counts;
};

void world_run(const struct world_options *options, struct world_result *ret);

#endif
