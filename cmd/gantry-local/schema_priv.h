/*
 * schema_priv - what schema_*.c, coretypes.c and kinds.c share: the struct itself.
 *
 * Nodes of one schema live in one pool and die with it; a node may point into another
 * pool that outlives its own (a custom kind's metadata is the core table's ObjectMeta).
 * Core types form a graph with cycles (a JSONSchemaProps has JSONSchemaProps), parsed
 * ones are trees. Nodes with a `ref` stand alone in OpenAPI documents, others inside.
 */
#ifndef GANTRY_LOCAL_SCHEMA_PRIV_H
#define GANTRY_LOCAL_SCHEMA_PRIV_H

#include <regex.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "cmd/gantry-local/schema.h"

enum schema_type {
    SCHEMA_ANY,
    SCHEMA_OBJECT,
    SCHEMA_ARRAY,
    SCHEMA_STRING,
    SCHEMA_INTEGER,
    SCHEMA_NUMBER,
    SCHEMA_BOOLEAN,
    SCHEMA_INT_OR_STRING,
    SCHEMA_QUANTITY, /* core only: a string or number that quantity_parse takes */
};

#define PROTO_PATH_MAX 3

/* A core field in Kubernetes' protobuf: its number, behind those of the messages that
 * JSON has inline; 0 ends. Fields that are pointers in Go may be there and zero. */
struct proto_numbers {
    uint8_t path[PROTO_PATH_MAX];
    bool pointer;
};

struct schema_prop {
    const char *name;
    struct schema *schema;
    struct proto_numbers numbers; /* core only */
    const char *words;            /* what the field is; goes before its schema's own */
};

/* Bounds that are not given are -1 (counts) or absent by their flag (numbers). */
struct schema_bounds {
    int64_t min_len, max_len;
    int64_t min_items, max_items;
    int64_t min_props, max_props;
    double min, max, multiple_of;
    bool has_min, has_max, has_multiple;
    bool min_exclusive, max_exclusive;
    bool unique_items;
};

struct schema_list {
    struct schema **items;
    size_t n;
};

struct schema_pool;

struct schema {
    enum schema_type type;
    const char *ref; /* "io.k8s.api.core.v1.PodSpec": a component of its own; NULL */
    const struct schema *shown_as; /* OpenAPI refers to this one instead; NULL */
    const char *title;
    const char *description;
    const char *format;
    const char *pattern;
    const regex_t *regex;
    struct schema_prop *props; /* sorted by name */
    size_t n_props;
    struct schema *additional; /* the values of a map */
    struct schema *items;
    struct json *enum_values; /* array; NULL: all are taken */
    struct json *told_values; /* those that OpenAPI lists; NULL: none */
    struct json *default_value;
    const char **required;
    size_t n_required;
    const char **shown_required; /* core: in OpenAPI beside those, not checked */
    size_t n_shown_required;
    struct schema_bounds *bounds; /* NULL: none */
    struct schema_list all_of, any_of, one_of;
    struct schema *not_schema;
    bool nullable;
    bool preserve_unknown;
    bool embedded;
    bool is_core; /* required strings and lists may not be empty, as in Kubernetes' own
                     types */
    bool is_time; /* of Kubernetes' own types, which may be null: never set */
    bool micro;   /* a date-time with microseconds */
    bool map_atomic;
    bool merge_scalars;
    bool replaced; /* core: no strategic merge of its fields */
    bool late; /* core: where it is required and missing, its kind's check says so */
    bool retain_keys; /* clients name the fields that stay under a strategic merge */
    enum list_type list_type;
    const char *const *list_keys;
    const char *merge_key;
    const struct schema *chosen; /* core: one of the things that a choice may be */
    bool has_cel;                /* roots: some node has validations */
    struct json *validations;    /* x-kubernetes-validations */
    struct json *gvk;            /* x-kubernetes-group-version-kind of a root */
    struct schema_pool *pool;    /* owned, roots only */
};

struct schema_pool *schema_pool_new(void);
void schema_pool_free(struct schema_pool *pool); /* NULL is fine */
struct arena *schema_pool_arena(struct schema_pool *pool);
struct schema *schema_node(struct schema_pool *pool, enum schema_type type);
struct schema_bounds *schema_bounds(struct schema_pool *pool, struct schema *s);
/* The pool takes `json` over and lends it. */
struct json *schema_pool_keep(struct schema_pool *pool, struct json *take);
/* Sorts properties by name, as lookups need. */
void schema_sort_props(struct schema *s);
/* Sets s->pattern and s->regex. `pattern` is RE2's syntax; what POSIX cannot say is
 * refused. */
int schema_set_pattern(struct schema_pool *pool, struct schema *s, const char *pattern,
                       struct err *err);
/* The fields that every root has, with what explain says of them. `meta` is
 * ObjectMeta's schema; *ret_meta is a copy that may get words of its own and is shown
 * as `meta`. */
void schema_root_fields(struct schema_pool *pool, const struct schema *meta,
                        struct schema **ret_version, struct schema **ret_kind,
                        struct schema **ret_meta);
/* Gives a custom kind's root the fields every object has: apiVersion, kind and
 * `meta` (what the schema itself asks of metadata stays in force). */
void schema_attach_meta(struct schema *root, const struct schema *meta);

/* Rules of `format`; true for formats that are not known. */
/* A time of a MicroTime, which always has six digits behind the second. */
bool schema_micro_ok(const char *text);
bool schema_format_ok(const char *format, const char *text);
const char *schema_type_name(enum schema_type type); /* "integer"; "" for SCHEMA_ANY */
struct schema *schema_prop(const struct schema *s, const char *name); /* NULL */
/* Must an object have the field? */
bool schema_requires(const struct schema *s, const char *name);

#endif
