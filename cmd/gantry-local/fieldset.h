/*
 * fieldset - which fields of an object: metadata.managedFields' FieldsV1, as JSON.
 *
 *   {"f:spec": {"f:nodes": {}, "f:list": {"k:{\"name\":\"a\"}": {".": {}, "f:x": {}}}}}
 *
 * Keys are elements: f:<field>, k:<keys of a list map's item>, v:<value of a set>. An
 * element with nothing in it, or with "." in it, is a member itself; otherwise it only
 * leads to members. Which values have elements (and which are taken as a whole) is the
 * schema's word. An empty set is NULL.
 */
#ifndef GANTRY_LOCAL_FIELDSET_H
#define GANTRY_LOCAL_FIELDSET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "cmd/gantry-local/schema.h"

/* The elements of a value, found by their keys: of what is there twice, which some
 * lists of Kubernetes may hold, the first. */
struct element {
    char *key;
    const struct schema *schema; /* NULL: unknown */
    struct json *value;          /* lent */
    size_t index;                /* in a list */
};

struct elements {
    struct element *items;
    size_t n;
    struct json *index; /* key -> place in `items` */
};

#define ELEMENTS_AUTO __attribute__((cleanup(elements_fini)))
/* None for scalars and for what is taken as a whole. */
void elements_init(struct elements *e, const struct schema *s,
                   const struct json *value);
void elements_fini(struct elements *e);
const struct element *elements_find(const struct elements *e,
                                    const char *key); /* NULL */

/* Is a value of this schema merged element by element? */
bool fieldset_is_granular(const struct schema *s, const struct json *value);
bool fieldset_is_member(const struct json *set);

/* All fields of an object, but for those that nobody owns (apiVersion, kind, name, uid,
 * ...). */
struct json *fieldset_of_object(const struct schema *s, const struct json *object);
/* Those that are new or different in `after`. */
struct json *fieldset_changed(const struct schema *s, const struct json *before,
                              const struct json *after);
/* Each takes `set` over and returns what becomes of it. */
struct json *fieldset_union(struct json *set, const struct json *other);
struct json *fieldset_minus(struct json *set, const struct json *other);
/* Only what is there in `value`. */
struct json *fieldset_existing(struct json *set, const struct schema *s,
                               const struct json *value);

/* ".spec" and "[name=\"a\"]": an element as a conflict names it, appended. */
void fieldset_path_add(struct str *path, const char *key);

#endif
