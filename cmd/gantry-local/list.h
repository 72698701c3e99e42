/*
 * list - GET of a collection, in pages.
 *
 * A `continue` token is the resourceVersion of the first page and the key behind which
 * the next page begins, so all pages show one moment, as long as the history reaches
 * back to it.
 */
#ifndef GANTRY_LOCAL_LIST_H
#define GANTRY_LOCAL_LIST_H

#include "cmd/gantry-local/call.h"

int verb_list(struct call *call);

/* A resourceVersion parameter: -1 where absent. */
int list_version_param(struct call *call, int64_t *ret);
/* 504 with cause ResourceVersionTooLarge when the store has not come so far. */
int list_check_version(struct call *call, int64_t version);

#endif
