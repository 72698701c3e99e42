/*
 * apikinds - what the API server calls a kind: by discovery, asked once per group.
 */
#ifndef GANTRY_CLI_APIKINDS_H
#define GANTRY_CLI_APIKINDS_H

#include "cmd/gantry/api.h"

struct apikinds; /* all zero is not enough: apikinds_new */

struct apikinds *apikinds_new(struct api *c);
void apikinds_free(struct apikinds *k); /* NULL is fine */
/* Kinds that were defined meanwhile are to be seen. */
void apikinds_forget(struct apikinds *k);

/* Lent until apikinds_forget. ERR_NOT_FOUND: the server has no such kind. */
const struct kc_resource *apikinds_find(struct apikinds *k, const char *api_version,
                                        const char *kind, struct err *err);

#endif
