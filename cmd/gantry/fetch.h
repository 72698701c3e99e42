/*
 * fetch - all objects of one kind, page by page, a few fields of each.
 *
 * Where the whole cluster may not be listed, the namespace of the connection is. A list
 * that grew too old between two pages is begun again, once.
 */
#ifndef GANTRY_CLI_FETCH_H
#define GANTRY_CLI_FETCH_H

#include "base/json_pick.h"
#include "cmd/gantry/api.h"

struct fetch {
    const struct kc_resource *resource;
    const char *ns;             /* NULL: all */
    const char *field_selector; /* NULL: none */
    const char *const *paths;   /* of base/json_pick.h */
    size_t n_paths;
    json_pick_fn *item;
    void (*again)(void *arg); /* forget the items told so far */
    void *arg;
};

/* Tells every item, in the server's order. */
int fetch_all(struct api *c, const struct fetch *f, struct err *err);

#endif
