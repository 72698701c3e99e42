/*
 * report_private - the figures that report.c prints and report_json.c writes, a row
 * each.
 */
#ifndef GANTRY_SIM_REPORT_PRIVATE_H
#define GANTRY_SIM_REPORT_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/gantry-sim/report.h"

enum kind { COUNT, SECONDS, RATIO, PART, HOURS };

/* Integers are COUNT and SECONDS with `whole`; all else is double. */
struct report_row {
    const char *label, *key;
    enum kind kind;
    bool whole;
    size_t offset;
};
extern const struct report_row report_rows[];
extern const size_t report_n_rows;

double report_value(const struct report_row *row, const struct figures *f);

#endif
