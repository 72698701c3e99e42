/*
 * figures_private - what figures.c and figures_use.c share.
 */
#ifndef GANTRY_SIM_FIGURES_PRIVATE_H
#define GANTRY_SIM_FIGURES_PRIVATE_H

#include "cmd/gantry-sim/figures.h"

#define HOUR_SEC 3600

/* What was used: by whom, what was due, how much of what there was, what was lost. */
void figures_measure_use(struct figures *f, const struct pool *p,
                         const struct workload *load, const struct history *h);

#endif
