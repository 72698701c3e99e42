/*
 * svg_private - a picture in the making, as svg.c (nodes and time), svg_resv.c
 * (reservations) and svg_queue.c (the chart below) share it.
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
/* A box with room for its name is labelled. */
#define LABEL_HEIGHT 9.0
#define DIGIT_WIDTH 6.5

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

struct rectangle {
    double x, y, width, height;
};

/* Where a moment is. */
double svg_x(const struct drawing *d, int64_t sec);
void svg_add_escaped(struct str *out, const char *text);
/* Above all jobs. */
void svg_draw_reservations(struct drawing *d);
/* The jobs that waited, and what was in use, above `bottom`. */
void svg_draw_queue(struct drawing *d, double bottom);

#endif
