/*
 * conform_diff - where two documents differ, and which of that is known and why.
 *
 * A list of known differences is YAML:
 *
 *   - case: "pods/x*"        a glob over "FILE/CASE"
 *     at: "*.body.spec.x"   a glob over paths as in "2.body.items.0.x"
 *     why: one line
 *
 * Every entry must be met by at least one difference: one that is no longer there is
 * an error, so that the list stays true.
 */
#ifndef GANTRY_TESTS_SUPPORT_CONFORM_DIFF_H
#define GANTRY_TESTS_SUPPORT_CONFORM_DIFF_H

#include "base/json.h"
#include "base/str.h"

struct conform_known;

/* NULL on error: no such list, or an entry without one of the three. */
struct conform_known *conform_known_read(const char *path, struct err *err);
void conform_known_free(struct conform_known *known); /* NULL is fine */

/* Compares lists of answers (conform_run.h), and appends a line for each difference
 * that is not known. Returns how many there are. `known` NULL: none is. An answer with
 * another code is one difference, at "2.code". */
size_t conform_known_compare(struct conform_known *known, const char *case_id,
                             const struct json *want, const struct json *got,
                             struct str *unknown);
/* A line for each entry that no comparison has met. Returns how many. */
size_t conform_known_unmet(const struct conform_known *known, struct str *unmet);

#endif
