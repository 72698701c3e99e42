/*
 * schema - structural schemas: validate, default, prune (apiextensions.k8s.io/v1
 * JSONSchemaProps; core kinds use the same structs, built from the type table).
 */
#ifndef GANTRY_LOCAL_SCHEMA_H
#define GANTRY_LOCAL_SCHEMA_H

#include <stdbool.h>

#include "base/err.h"
#include "base/json.h"
#include "base/str.h"

struct schema;

/* One `details.causes` entry of a 422. Strings are lent for the call. */
struct cause {
    const char *field;  /* "spec.nodes" */
    const char *reason; /* FieldValueInvalid, FieldValueRequired, FieldValueTypeInvalid,
                         * FieldValueNotSupported, FieldValueTooLong, ... */
    const char
        *message; /* as Kubernetes words it: "Invalid value: -1: should be ..." */
};
typedef void cause_fn(void *arg, const struct cause *cause);

/* From openAPIV3Schema. Refuses (err names the path) what is not structural, unknown
 * keywords, and patterns that do not compile. Frees with schema_free. */
struct schema *schema_parse(const struct json *openapi, struct err *err);
void schema_free(struct schema *s);

/* Calls `found` for each violation. */
void schema_validate(const struct schema *s, const struct json *object, cause_fn *found,
                     void *arg);
/* Of an object of a core type, takes out what such objects leave out where it is empty.
 */
void schema_drop_empty(const struct schema *s, struct json *object);
/* Fills defaults in place. */
void schema_default(const struct schema *s, struct json *object);
/* An unknown field: its path ("spec.nodez"), and the known one that may be meant
 * ("nodes") or NULL. Lent for the call. */
typedef void unknown_fn(void *arg, const char *path, const char *near);

/* Removes fields that the schema does not know (x-kubernetes-preserve-unknown-fields
 * kept; apiVersion, kind and metadata are known at the root), and calls `found` (NULL:
 * nobody) with each. */
void schema_prune(const struct schema *s, struct json *object, unknown_fn *found,
                  void *arg);

/* How lists and maps merge (x-kubernetes-list-type, -list-map-keys, -map-type; for core
 * kinds also the strategic merge key). */
enum list_type { LIST_ATOMIC, LIST_SET, LIST_MAP };
const struct schema *schema_field(const struct schema *s,
                                  const char *name);       /* NULL: unknown */
const struct schema *schema_items(const struct schema *s); /* of an array; NULL */
enum list_type schema_list_type(const struct schema *s);
bool schema_map_is_atomic(const struct schema *s);
/* Keys of a LIST_MAP, NULL-terminated. */
const char *const *schema_list_keys(const struct schema *s);
/* patchMergeKey of a core list under strategic merge; NULL: the list is replaced whole.
 */
const char *schema_merge_key(const struct schema *s);
/* patchStrategy replace of an object. */
bool schema_is_replaced(const struct schema *s);
/* patchStrategy merge on a list of scalars (finalizers). */
bool schema_merges_scalars(const struct schema *s);

/* The OpenAPI v3 form, for /openapi/v3 and explain. */
struct json *schema_to_openapi(const struct schema *s);

#endif
