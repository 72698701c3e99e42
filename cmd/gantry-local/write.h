/*
 * write - from a document to a stored object: what create, update, patch and apply
 * share.
 *
 *   body -> decode -> (patch) -> prune, default, prepare -> admit -> validate -> store
 *
 * A verb fills `after` (and `before` for a change), then calls write_create or
 * write_update, which answers.
 */
#ifndef GANTRY_LOCAL_WRITE_H
#define GANTRY_LOCAL_WRITE_H

#include "cmd/gantry-local/call.h"

enum field_validation { FIELDS_WARN, FIELDS_STRICT, FIELDS_IGNORE };

struct strategy;

struct write {
    struct call *call;
    const struct strategy *strategy;
    struct object *old;  /* NULL on create */
    struct json *before; /* its tree; NULL on create */
    struct json *after;  /* becomes the object */
    bool dry_run;
    bool applied; /* server-side apply: managedFields are settled */
    /* A field of `after` is of another JSON type than its own: what fills in, admits
     * and checks a kind's fields only sees objects of the right shape. */
    bool misshapen;
    enum field_validation validation;
    char *manager;
    /* What is answered of the object that is stored; NULL: the object itself. */
    int (*answer)(struct call *call, int status, const struct object *object);
    struct json *causes;  /* why it is invalid: first what its schema says, */
    size_t n_shape;       /* so many */
    struct json *strange; /* unknown and duplicate fields, as sentences */
};

#define WRITE_AUTO __attribute__((cleanup(write_fini)))

/* Reads dryRun, fieldManager and fieldValidation. */
int write_init(struct write *w, struct call *call);
void write_fini(struct write *w);
/* What Kubernetes calls the options of such a request: "CreateOptions". */
const char *write_options(const struct call *call);

/* Finds the object that the call names, into old and before; 404. */
int write_find(struct write *w);
/* The body as a tree into `after`: media type, syntax, duplicate keys, kind, name and
 * namespace. */
int write_decode(struct write *w);
/* The checks of write_decode that concern what an object says it is. */
int write_check_identity(struct write *w, struct json *object);

/* 400: an object that says it is of that version and kind is none of `want`. */
int write_refuse_kind(struct call *call, const struct kind *want,
                      const char *api_version, const char *kind_name);
/* Of Kubernetes' own kinds, what has the wrong type was never an object: 400 for the
 * first cause that says so. */
int write_refuse_misread(struct write *w);
/* Unknown fields of `after`: refused, warned of, or dropped without a word. */
int write_drop_unknown(struct write *w);
/* 409 unless resourceVersion and uid, where `after` has them, are those of `old`. */
int write_check_fence(struct write *w);

/* Both answer. */
int write_create(struct write *w);
int write_update(struct write *w);

/* For strategies: one more reason why the object is invalid (a cause_fn but for the
 * type). */
void write_invalid(struct write *w, const char *field, const char *reason,
                   const char *message);

#endif
