/*
 * kinds_priv - one served kind with what it owns; kinds.c keeps them, kinds_crd.c makes
 * those of CRDs.
 */
#ifndef GANTRY_LOCAL_KINDS_PRIV_H
#define GANTRY_LOCAL_KINDS_PRIV_H

#include "cmd/gantry-local/kinds.h"

struct kind_entry {
    struct kind kind;
    char *crd_name;       /* NULL: core */
    struct schema *owned; /* of a custom kind */
    struct column *columns;
    struct cellpick *cells;
};

struct kind_entries {
    struct kind_entry **items;
    size_t n, cap;
};

struct kind_entry *kind_entry_new(void);
void kind_entry_free(struct kind_entry *e);
void kind_entries_add(struct kind_entries *list, struct kind_entry *take);
void kind_entries_fini(struct kind_entries *list);

/* The kinds of a CRD, one per served version. `meta` is ObjectMeta's schema. */
int crd_kinds(const struct json *crd, const struct schema *meta,
              struct kind_entries *ret, struct err *err);

#endif
