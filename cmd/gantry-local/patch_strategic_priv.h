/*
 * patch_strategic_priv - what the two files of the strategic merge share: maps and
 * their directives (patch_strategic.c), lists and their order (patch_strategic_list.c).
 */
#ifndef GANTRY_LOCAL_PATCH_STRATEGIC_PRIV_H
#define GANTRY_LOCAL_PATCH_STRATEGIC_PRIV_H

#include "cmd/gantry-local/patch.h"

/* Merges `patch` into the map `doc`. */
int strategic_merge_map(struct json *doc, const struct json *patch,
                        const struct schema *s, struct err *err);
/* The patch's value where there is nothing to merge it with: directives are done with.
 * *ret is a fresh reference, NULL where it is itself a directive. */
int strategic_fresh(const struct json *patch, const struct schema *s, struct json **ret,
                    struct err *err);
/* The list of a field, merged: `old` may be absent or of another type. `order`
 * ($setElementOrder) and `patch` may be NULL, not both. A fresh reference, or NULL. */
struct json *strategic_merge_list(const struct json *old, const struct json *patch,
                                  const struct json *order, const struct schema *s,
                                  struct err *err);
/* An error: nobody knows what the map's $patch says. */
int strategic_unknown(const struct json *map, struct err *err);
/* `list` without these values. */
void strategic_delete_values(struct json *list, const struct json *values);

#endif
