/*
 * wiring_private - the lines of a text of switches or blocks, as wiring.c and
 * wiring_lines.c share them.
 */
#ifndef GANTRY_CRDS_WIRING_PRIVATE_H
#define GANTRY_CRDS_WIRING_PRIVATE_H

#include <stdint.h>

#include "crds/wiring.h"

#define NOWHERE SIZE_MAX

/* A switch, or a base block. */
struct hub {
    char *name, *nodes, *switches; /* the last two as written; NULL: none */
    size_t line;
    size_t above; /* of the hubs; NOWHERE: it is at the top */
};

/* A name, and the number of the hub or node that has it. */
struct wired {
    const char *name;
    size_t at;
};

struct wiring {
    struct wired *nodes; /* by name */
    size_t n_nodes;
    size_t *at; /* of each node: its hub, or NOWHERE */
    struct hub *hubs;
    size_t n, cap;
    struct wired *names;                /* of hubs: by name */
    bool blocks, switches;              /* one of them, once there is a hub */
    int64_t sizes[TOPOLOGY_LEVELS_MAX]; /* BlockSizes */
    size_t n_sizes;
};

/* The hubs of a text, each line for itself: what they stand under is not known yet. */
int wiring_read_lines(struct wiring *w, const char *text, size_t len, const char *name,
                      struct err *err);

#endif
