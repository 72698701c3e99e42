/*
 * machines - the nodes of a world and their misfortunes, and with them the keepers
 * (keepers.h) that a cluster has besides Gantry.
 *
 * A machine is one kubelet with one to three nodes ("a1", "a2"), which fail together:
 *
 *   UP --restart, outage--> DOWN --> UP      its containers are lost
 *   UP --cable out--------> CUT  --> UP      its containers go on
 *   UP --scrapped---------> DOWN, Nodes deleted --> UP with new Nodes of the same names
 *
 * One that is cut off for good comes back when all is calm. In an outage of the API
 * server none of them reaches it, nor do the keepers work.
 */
#ifndef GANTRY_TESTS_WORLD_MACHINES_H
#define GANTRY_TESTS_WORLD_MACHINES_H

#include "tests/support/faulty.h"
#include "tests/world/journal.h"
#include "tests/world/ledger.h"
#include "tests/world/runs.h"

#define MACHINES_MAX 4

struct machine_shape {
    int64_t nodes, cpus, gpus, mem_gib;
};

struct machines_options {
    struct loop *loop;
    struct server *server;
    struct transport *wire; /* to the server, lent */
    struct ledger *ledger;
    struct journal *journal;
    struct rng rng;
    struct runs_options runs;
    struct faulty_rates rates; /* of the kubelets' requests */
    bool misfortunes;          /* whether machines fail at all */
    bool foreign_pods;         /* whether the default scheduler has pods */
    size_t n;
    struct machine_shape shapes[MACHINES_MAX];
};

struct machines;

struct machines *machines_new(const struct machines_options *options);
void machines_free(struct machines *m);
/* No more misfortunes and faults; everything comes up, foreign pods go. */
void machines_calm(struct machines *m);
/* An outage of the API server begins, or is over. */
void machines_block(struct machines *m, bool blocked);
/* While it lasts, the server answers as these say; NULL: as before. */
void machines_set_rates(struct machines *m, const struct faulty_rates *rates);
/* All up, no foreign pods. */
bool machines_are_calm(const struct machines *m);

#endif
