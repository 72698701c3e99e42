/*
 * svg_private - a picture in the making, as svg.c (nodes and time) and svg_queue.c (the
 * chart below) share it.
 */
#ifndef GANTRY_SIM_SVG_PRIVATE_H
#define GANTRY_SIM_SVG_PRIVATE_H

#include "cmd/gantry-sim/gantt.h"
#include "cmd/gantry-sim/svg.h"

/* In pixels. */
#define WIDTH 1200.0 /* of the charts */
#define LEFT 70.0
#define RIGHT 50.0
#define TOP 30.0
#define QUEUE_HEIGHT 160.0
#define ACCOUNTS_MAX 10

struct drawing {
    const struct pool *pool;
    const struct workload *load;
    const struct history *h;
    struct str *out;
    struct gantt gantt;
    int64_t from_sec, to_sec;
    double node_height;
    size_t *colour; /* of each job */
    const char *accounts[ACCOUNTS_MAX];
    size_t n_accounts;
};

/* The jobs that waited, and what was in use, above `bottom`. */
void svg_draw_queue(struct drawing *d, double bottom);

#endif
