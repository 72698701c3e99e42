/*
 * cellpick - the cells of a custom kind's columns, picked from an object's bytes.
 *
 * A row made so costs a tenth of one for which the object becomes a tree. It can be had
 * where every column's path is plain: names one after another (.status.state), at the
 * end perhaps a choice of names (.status['a','b']: the first that is there).
 */
#ifndef GANTRY_LOCAL_CELLPICK_H
#define GANTRY_LOCAL_CELLPICK_H

#include "cmd/gantry-local/kinds.h"

struct cellpick;

/* `columns` is lent for as long as it lives. NULL: a path is not plain, or leads to
 * something another path looks into. */
struct cellpick *cellpick_new(const struct column *columns, size_t n);
void cellpick_free(struct cellpick *p); /* NULL is fine */

/* Appends `["name","cell",...]` of an object, as table_row has it of the tree. */
void cellpick_cells(const struct cellpick *p, const char *bytes, size_t len,
                    int64_t now_sec, struct str *out);

#endif
