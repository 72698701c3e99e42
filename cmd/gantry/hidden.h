/*
 * hidden - partitions that nobody is shown who does not ask for them (-a, or by name):
 * those that say so, and those whose groups the caller is in none of. An operator is
 * shown all.
 */
#ifndef GANTRY_CLI_HIDDEN_H
#define GANTRY_CLI_HIDDEN_H

#include "cmd/gantry/jobfilter.h"
#include "cmd/gantry/parts.h"

/* Their names, appended. The server is asked who the caller is only where there are
 * such partitions; what it does not say is no reason to show them. */
int hidden_find(const struct partlist *parts, struct api *c, struct names *ret,
                struct err *err);
/* Takes them out of the list. */
int hidden_drop(struct partlist *parts, struct api *c, struct err *err);

#endif
