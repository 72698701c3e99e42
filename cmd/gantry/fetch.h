/*
 * fetch - all objects of one kind, page by page, a few fields of each; or what the
 * server's own table shows of each, which costs it and the way a tenth.
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
    const char *const *paths;   /* of base/json_pick.h; fetch_table: names of columns */
    size_t n_paths;
    json_pick_fn *item;
    void (*again)(void *arg); /* forget the items told so far */
    void *arg;
    const bool *enough; /* set by `item`: no more pages; NULL: all are wanted */
};

/* Tells every item, in the server's order. */
int fetch_all(struct api *c, const struct fetch *f, struct err *err);
/* Likewise, each item's values being the cells of its row; null is none. `*ret_shown`
 * false: the server has no such table, or one that lacks a column (items may have been
 * told). */
int fetch_table(struct api *c, const struct fetch *f, bool *ret_shown, struct err *err);

#endif
