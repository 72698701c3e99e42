/*
 * licenses - Slurm's text for licences: "matlab:2,ansys".
 *
 * Names apart by commas, each with its number behind a colon; without one it is 1. A
 * name is of letters, digits, "-", "_", "." and "@". A job may ask for one of several,
 * apart by "|", the first that it would rather have first: "matlab:2|octave".
 */
#ifndef GANTRY_CRDS_LICENSES_H
#define GANTRY_CRDS_LICENSES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "scheduler/license.h"
#include "scheduler/model.h"

/* So many may be chosen from. */
#define LICENSE_CHOICES_MAX 8

/* What a job asks for: a fresh list, to be freed with licenses_free; any: one of them,
 * in the order of the text. A name that stands twice counts twice; in a choice it is
 * refused. -1: what is wrong with the text, and what would be right. "" is none. */
int licenses_parse_asked(const char *text, struct license **ret, size_t *ret_n,
                         bool *ret_any, struct err *err);
/* The same where there is no choice. */
int licenses_parse(const char *text, struct license **ret, size_t *ret_n,
                   struct err *err);
/* What there is: gantry.yaml's `licenses`. */
int license_table_parse(const char *text, struct license_table *ret, struct err *err);
/* The text of a table; "" for none. */
void license_table_format(const struct license_table *table, struct str *out);

#endif
