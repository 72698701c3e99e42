/*
 * coretypes - the committed table of Kubernetes' own types and kinds.
 *
 * A row of coretypes_*.c is one type with its fields; schemas are built from the rows
 * when a server starts, and OpenAPI, explain, validation, defaults, list types and
 * strategic merge keys all come from them. The fields of a type are one text:
 *
 *   "atomic; containerPort! int32; protocol string =TCP {SCTP|TCP|UDP}; env []EnvVar
 *    map:name merge:name"
 *
 *   name!            required
 *   name~            required, say OpenAPI and explain; checked elsewhere or nowhere
 *   string bool int32 int64 double bytes time microtime quantity intstr any
 *   fields raw json schemaorbool schemaorarray schemaorstrings
 *                                  any, under the names that Kubernetes has for it
 *   Type, pkg.v1.Type, []T, {}T    a row's type, a list, a map of strings to T
 *   =V               default: JSON, or a string's bare text
 *   {A|B}            the values allowed, in the order in which a refusal names them
 *   {/A|B}           OpenAPI lists them, but others are not refused here
 *   map:K,K  set     list type (a list without is atomic)
 *   merge:K  merge   strategic merge by key, or of scalars
 *   retain           a strategic merge says which fields stay
 *   late             where it is required and missing, the check of its kind says so
 *   replace          a strategic merge replaces the object
 *   atomic           on a field or (as the first word) a type: applied as a whole
 *   @N  @M.N  @N?    number in protobuf; within message M, which JSON has inline; of a
 *                    field that is a pointer in Go, or a list that being empty is
 *                    another thing than not being there
 */
#ifndef GANTRY_LOCAL_CORETYPES_H
#define GANTRY_LOCAL_CORETYPES_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/gantry-local/schema_priv.h"

struct core_type {
    const char *name; /* "core.v1.Pod" */
    const char *fields;
};

struct core_types {
    const struct core_type *rows;
    size_t n;
};

extern const struct core_types coretypes_apps;
extern const struct core_types coretypes_autoscaling;
extern const struct core_types coretypes_core_other;
extern const struct core_types coretypes_core_pod;
extern const struct core_types coretypes_core_volume;
extern const struct core_types coretypes_meta;
extern const struct core_types coretypes_network;
extern const struct core_types coretypes_policy;
extern const struct core_types coretypes_storage;

/* What is said of a type and of its fields, "name: Words.\n" each; of the type "*" it
 * is what fields of that name are where their own type's row has no words. */
struct core_words {
    const char *type;
    const char *about; /* NULL: another row says it, or none does */
    const char *fields;
};

struct core_words_table {
    const struct core_words *rows;
    size_t n;
};

extern const struct core_words_table coretypes_words; /* "*" */
extern const struct core_words_table coretypes_words_api;
extern const struct core_words_table coretypes_words_cluster;
extern const struct core_words_table coretypes_words_detail;
extern const struct core_words_table coretypes_words_meta;
extern const struct core_words_table coretypes_words_network;
extern const struct core_words_table coretypes_words_pod;
extern const struct core_words_table coretypes_words_policies;
extern const struct core_words_table coretypes_words_rare;
extern const struct core_words_table coretypes_words_sources;
extern const struct core_words_table coretypes_words_volume;
extern const struct core_words_table coretypes_words_workload;

struct core_kind {
    const char *type; /* "core.v1.Pod": the row, and the Kind behind its last dot */
    const char *group, *version, *plural;
    const char *short_names; /* "po", or "a,b", or "" */
    const char *selectable;  /* "spec.nodeName,status.phase", or "" */
    const char *deprecated;  /* what whoever uses it is warned of; NULL */
    bool namespaced;
    bool has_status;
    bool create_only;
    bool in_all; /* category "all" */
};

const struct core_kind *coretypes_kinds(size_t *ret_n);

/* All types as schemas in the pool, found by name. */
struct coretypes;
struct coretypes *coretypes_new(struct schema_pool *pool);
void coretypes_free(struct coretypes *types);
/* NULL: no such row. */
struct schema *coretypes_find(const struct coretypes *types, const char *name);

#endif
