/*
 * wiring_private - the lines of a file of switches or blocks, as wiring.c and
 * wiring_lines.c share them.
 */
#ifndef GANTRY_SIM_WIRING_PRIVATE_H
#define GANTRY_SIM_WIRING_PRIVATE_H

#include "cmd/gantry-sim/ledger.h"
#include "cmd/gantry-sim/wiring.h"

#define NOWHERE SIZE_MAX

/* A switch, or a base block. */
struct hub {
    char *name, *nodes, *switches; /* the last two as written; NULL: none */
    size_t line;
    size_t above; /* of the hubs; NOWHERE: it is at the top */
};

struct wiring {
    struct pool *pool;
    struct ledger *names; /* of nodes */
    struct hub *hubs;
    size_t n, cap;
    bool blocks, switches;              /* one of them, once there is a hub */
    int64_t sizes[TOPOLOGY_LEVELS_MAX]; /* BlockSizes */
    size_t n_sizes;
    size_t *at; /* of each node of the pool: its hub, or NOWHERE */
};

/* The hubs of a file, each line for itself: what they stand under is not known yet. */
int wiring_read_lines(struct wiring *w, const char *path, struct err *err);

#endif
