/*
 * licenses - Slurm's text for licences: "matlab:2,ansys".
 *
 * Names apart by commas, each with its number behind a colon; without one it is 1. A
 * name is of letters, digits, "-", "_", "." and "@". Slurm's "|" (one of them) is
 * refused by name.
 */
#ifndef GANTRY_CRDS_LICENSES_H
#define GANTRY_CRDS_LICENSES_H

#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "scheduler/license.h"
#include "scheduler/model.h"

/* What a job asks for: a fresh list, to be freed with licenses_free. A name that stands
 * twice counts twice. -1: what is wrong with the text, and what would be right. "" is
 * none. */
int licenses_parse(const char *text, struct license **ret, size_t *ret_n,
                   struct err *err);
/* What there is: gantry.yaml's `licenses`. */
int license_table_parse(const char *text, struct license_table *ret, struct err *err);
/* The text of a table; "" for none. */
void license_table_format(const struct license_table *table, struct str *out);

#endif
