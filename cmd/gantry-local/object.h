/*
 * object - one stored object: its JSON as bytes, and what selectors ask of it.
 *
 * Immutable and refcounted: store, history and lists share it. The bytes always begin
 *
 *   {"apiVersion":"v1","kind":"Pod","metadata":{"resourceVersion":"17",...},...}
 *
 * so that an answer under another API version, or an event that carries another
 * resourceVersion, is the same bytes with a splice instead of a parse.
 */
#ifndef GANTRY_LOCAL_OBJECT_H
#define GANTRY_LOCAL_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/str.h"
#include "cmd/gantry-local/kinds.h"

/* A stored object may grow past a request body by what the server adds to it. */
#define OBJECT_BYTES_MAX (3u << 19)

/* A label, or a field that selectors may name, with its value. */
struct attr {
    const char *key;
    const char *value;
};

/* What the object says of one that owns it. */
struct owner {
    const char *uid;
    bool blocked; /* waits for this object's end when it is deleted in the foreground */
};

/* What holds an object that is to go until the rest is done (garbage.h). */
#define FINALIZER_ORPHAN "orphan"
#define FINALIZER_FOREGROUND "foregroundDeletion"

struct object {
    unsigned refs;
    int64_t version;  /* metadata.resourceVersion */
    char *key;        /* "namespace/name", "/name" for cluster-scoped */
    const char *name; /* within key */
    char *ns;         /* "" for cluster-scoped */
    char *uid;
    char *bytes;
    size_t len;
    size_t version_at; /* of the digits of the resourceVersion */
    size_t version_len;
    size_t api_end;  /* just behind the apiVersion's string */
    size_t meta_at;  /* of metadata's '{' */
    size_t meta_end; /* just behind its '}' */
    struct attr *labels;
    size_t n_labels;
    struct attr
        *fields; /* metadata.name, metadata.namespace, the kind's selectable ones */
    size_t n_fields;
    struct owner *owners;
    size_t n_owners;
    char *attr_text;                  /* what labels, fields and owners point into */
    bool is_deleting;                 /* has a deletionTimestamp */
    bool is_orphaning, is_foreground; /* has that finalizer */
};

/* Sets metadata.resourceVersion in `tree` (apiVersion, kind and metadata.name must be
 * there) and makes the object of it. The tree stays the caller's. NULL: too large. */
struct object *object_new(struct json *tree, const struct kind *kind, int64_t version);
struct object *object_ref(struct object *object);
void object_unref(struct object *object); /* NULL is fine */

/* Appends the bytes as the object reads under `api_version` at resourceVersion
 * `version`. */
void object_print(const struct object *object, const char *api_version, int64_t version,
                  struct str *out);
/* Likewise without apiVersion and kind, as items of a list have it that names the kind
 * once for all. */
void object_print_item(const struct object *object, struct str *out);
/* The same as a tree. Never NULL: what was stored parses. */
struct json *object_tree(const struct object *object);

/* The value of a selectable field; NULL: the object's kind has no such field. */
const char *object_field(const struct object *object, const char *path);
const char *object_label(const struct object *object, const char *key); /* NULL: none */

#endif
