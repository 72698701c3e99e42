/*
 * kinds - which resources are served: the core table and what CRDs add.
 *
 * Core kinds come from one committed table of types and fields (coretypes.c), custom
 * ones from CustomResourceDefinition objects. Discovery, OpenAPI, Table, validation and
 * patches all read these structs, so they cannot disagree.
 */
#ifndef GANTRY_LOCAL_KINDS_H
#define GANTRY_LOCAL_KINDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "base/str.h"

struct schema;
struct kinds;
struct cellpick;

struct column {
    char *name;
    char *type;   /* "string", "integer", "date", ... */
    char *format; /* "" */
    char *description;
    char *json_path; /* ".status.state"; custom kinds */
    int priority;
};

/* Where an object keeps what its scale subresource shows: "spec.replicas". */
struct scale_paths {
    char *replicas; /* NULL: the kind has no such subresource */
    char *current;
    char *selector; /* a label selector as an object, or as text; NULL: none */
};

struct kind {
    char *group; /* "" for core */
    char *version;
    char *plural;
    char *singular;
    char *name;      /* "Pod" */
    char *list_name; /* "PodList" */
    char **short_names;
    size_t n_short_names;
    char **categories;
    size_t n_categories;
    bool namespaced;
    bool has_status; /* status subresource */
    struct scale_paths scale;
    bool is_ending; /* its definition is deleted: nothing new is made */
    bool is_custom; /* from a CRD: no strategic merge patch; PUT needs a resourceVersion
                     */
    bool create_only;     /* a review: answered, never stored */
    char *deprecated;     /* a warning to whoever uses it; NULL */
    bool has_foreign_cel; /* custom, not ours, with CEL rules that are not evaluated */
    const struct schema *schema;
    const struct column
        *columns; /* beside NAME; core kinds render by function, see table.h */
    size_t n_columns;
    const struct cellpick *cells; /* of these columns; NULL: they need the tree */
    char **selectable;            /* field selector paths beside metadata.name and
                          metadata.namespace */
    size_t n_selectable;
};

struct kinds *kinds_new(void); /* the core table */
void kinds_free(struct kinds *kinds);

/* Is any kind of that group served? */
bool kinds_have_group(const struct kinds *kinds, const char *group);
/* All but namespaces, which go one by one. */
bool kind_deletes_collection(const struct kind *kind);

/* Below 0: `a` is the better version, as v1 before v2beta1 and v2 before v1. */
int kind_version_order(const char *a, const char *b);
/* NULL: not served. Lent until the CRD goes. */
const struct kind *kinds_find(const struct kinds *kinds, const char *group,
                              const char *version, const char *plural);
/* The schema of a core type by what an object of it says ("apps/v1", "Deployment");
 * also of some that are no kinds, such as DeleteOptions. NULL. */
const struct schema *kinds_type(const struct kinds *kinds, const char *api_version,
                                const char *kind);
/* The same of a list's items, by what the list says ("apps/v1", "DeploymentList"). */
const struct schema *kinds_item_type(const struct kinds *kinds, const char *api_version,
                                     const char *list_kind);
/* Kinds in order of group, version, plural. */
size_t kinds_count(const struct kinds *kinds);
const struct kind *kinds_at(const struct kinds *kinds, size_t i);

/* What a new or changed object gets beyond its schema's static defaults (schema_default
 * goes first): pull policies from image tags, a Secret's stringData, target ports, a
 * Job's completions. In place; does nothing for custom kinds. */
void kind_default(const struct kind *kind, struct json *object);

/* Serves (or serves anew) the kinds of a CRD object. On a bad CRD nothing changes and
 * err names the field (it becomes a 422). All served versions are added. */
int kinds_add_crd(struct kinds *kinds, const struct json *crd, struct err *err);
void kinds_remove_crd(struct kinds *kinds, const char *crd_name);

/* Answers of discovery, as bytes: `/api` and `/apis` (aggregated APIGroupDiscoveryList
 * v2 or plain), `/api/v1` and `/apis/<group>[/<version>]`. false: no such group or
 * version. */
void discovery_aggregated(const struct kinds *kinds, bool core, struct str *out);
/* `host`: where the server is asked; NULL: by no socket. */
void discovery_roots(const struct kinds *kinds, bool core, const char *host,
                     struct str *out);
bool discovery_group(const struct kinds *kinds, const char *group, struct str *out);
bool discovery_version(const struct kinds *kinds, const char *group,
                       const char *version, struct str *out);

/* `/openapi/v3` and `/openapi/v3/api/v1`, `/openapi/v3/apis/<g>/<v>`. */
void openapi_index(const struct kinds *kinds, struct str *out);
bool openapi_version(const struct kinds *kinds, const char *group, const char *version,
                     struct str *out);
/* Puts the types of all kinds into `ret`, by their names. */
void openapi_components(const struct kinds *kinds, struct json *ret);

#endif
