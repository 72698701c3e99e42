/*
 * daemonset - the number of a DaemonSet's template, which stands in an annotation.
 *
 * Its field was left behind by a version of the API that is gone; Kubernetes keeps it
 * there: 1, and one more with each change of the template, whatever anybody writes.
 */
#ifndef GANTRY_LOCAL_DAEMONSET_H
#define GANTRY_LOCAL_DAEMONSET_H

#include "cmd/gantry-local/write.h"

/* Sets it; refuses one that is no number. */
int daemonset_admit(struct write *w);

/* Which it is; 0: none. */
int64_t daemonset_number(const struct json *daemonset);

#endif
