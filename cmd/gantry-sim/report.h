/*
 * report - figures for people, and as JSON; one run, or several side by side.
 */
#ifndef GANTRY_SIM_REPORT_H
#define GANTRY_SIM_REPORT_H

#include <stdio.h>

#include "base/json.h"
#include "cmd/gantry-sim/figures.h"

/* One column. */
struct run {
    const char *name; /* of the settings: "default", a file's name */
    struct figures figures;
};

/* A line a figure, a column a run. */
void report_text(const struct run *runs, size_t n, FILE *out);
/* {"workload": {...}, "runs": [{"settings": ..., "jobs": ..., ...}]} */
struct json *report_json(const struct run *runs, size_t n, const struct workload *load);

#endif
