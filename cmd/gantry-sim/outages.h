/*
 * outages - which nodes were lost when, from CSV: time_s,node,state.
 *
 * `state` is "down" or "up". Rows may stand in any order; of one second, the order of
 * the file. A file that is wrong anywhere is refused: path, line, what.
 */
#ifndef GANTRY_SIM_OUTAGES_H
#define GANTRY_SIM_OUTAGES_H

#include "base/err.h"
#include "cmd/gantry-sim/engine.h"

struct outages {
    struct outage *items; /* in the order of time */
    size_t n, cap;
};

/* Nodes must be the pool's. Free with outages_fini either way. */
int outages_read(struct outages *ret, const char *path, const struct pool *pool,
                 struct err *err);
void outages_fini(struct outages *o);

#endif
