/*
 * coretypes_priv - what the files share that turn the table of core types into schemas:
 * coretypes.c, coretypes_field.c (the text of a type) and coretypes_explain.c (what is
 * said of it).
 */
#ifndef GANTRY_LOCAL_CORETYPES_PRIV_H
#define GANTRY_LOCAL_CORETYPES_PRIV_H

#include "cmd/gantry-local/coretypes.h"

struct named_type {
    const char *name;
    struct schema *schema;
};

/* A field that is a shared type and has words of its own (a default): a copy, filled
 * when all rows have been read. */
struct pending {
    struct schema *copy;
    const struct schema *of;
};

struct coretypes {
    struct schema_pool *pool;
    struct named_type *types; /* sorted */
    size_t n;
    struct pending *pending;
    size_t n_pending, cap_pending;
};

struct schema *coretypes_node(struct coretypes *t, enum schema_type type);
/* Fills the schema of a row's type; by then all types have one, if empty. */
void coretypes_parse(struct coretypes *t, const struct core_type *row);
/* Puts what is said of types and fields into their schemas. Each name in it must be
 * that of a row, or of a field of that row. */
void coretypes_explain(struct coretypes *t);

#endif
