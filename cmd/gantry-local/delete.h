/*
 * delete - objects on their way out: grace, finalizers, preconditions.
 *
 *   DELETE --> no grace, no finalizers ----------------------> gone (DELETED)
 *      |
 *      +-----> deletionTimestamp set (MODIFIED) --> grace 0 by the kubelet,
 *                                                   last finalizer removed --> gone
 *
 * Only pods that are bound and not finished have grace. What becomes of dependents is
 * said by a finalizer that the deletion sets, or by none; the rest is garbage.h's.
 */
#ifndef GANTRY_LOCAL_DELETE_H
#define GANTRY_LOCAL_DELETE_H

#include "cmd/gantry-local/call.h"

/* What becomes of the objects that the one deleted owns. */
enum propagation {
    PROPAGATE_DEFAULT,    /* as its finalizers say, or as is usual for its kind */
    PROPAGATE_BACKGROUND, /* they go after it */
    PROPAGATE_FOREGROUND, /* they go before it */
    PROPAGATE_ORPHAN,     /* they stay */
};

struct delete_options {
    enum propagation propagation;
    bool with_dependents; /* said in the old way: orphanDependents false */
    int64_t grace_sec;    /* -1: the object's own */
    char *uid;            /* preconditions; NULL */
    char *version;
    bool dry_run;
    bool evicts; /* the pod's conditions say so */
};

int verb_delete(struct call *call);
int verb_delete_collection(struct call *call);
/* evict.c: POST pods/<name>/eviction, a deletion with the options in its body that a
 * PodDisruptionBudget may refuse. */
int verb_evict(struct call *call);

#define DELETE_OPTIONS_AUTO __attribute__((cleanup(delete_options_fini)))

/* The DeleteOptions, or what else is called `what`, in the body; an empty object where
 * there is none; NULL: refused. */
struct json *delete_parse_options(struct call *call, const char *what);
/* DeleteOptions and what the query says instead. */
int delete_read_options(struct call *call, const struct json *body,
                        struct delete_options *ret);
void delete_options_fini(struct delete_options *o);
/* Deletes the object of the call, which becomes `*ret_was`; `*ret_left` as below. Both
 * are the caller's references. */
int delete_named(struct call *call, const struct delete_options *options,
                 struct object **ret_was, struct object **ret_left);

/* Deletes or begins to delete what stands in the table, a namespace with all that is in
 * it. `*ret_left` becomes a reference to the object that stays for now, or to the last
 * that a pod was; NULL when it is gone. */
int delete_object(struct call *call, const struct kind *kind, struct object *object,
                  const struct delete_options *options, struct object **ret_left);
/* Deletes, or begins to, all objects of a kind; of the namespace, if one is named. */
void delete_all(struct call *call, const struct kind *kind, const char *ns);
/* Puts a changed object (`tree` is its content; the reference stays the caller's) in
 * its place, or removes it when that was the last thing its deletion waited for. */
void delete_or_put(struct apiserver *server, const struct kind *kind,
                   struct object *object, const struct json *tree);
/* Does nothing hold an object with this content from its end any more? */
bool delete_is_due(const struct json *tree);

/* namespace.c: begins the end of all that is in the namespace. */
void namespace_purge(struct call *call, const char *ns);
/* Removes the namespace if it is terminating and empty. */
void namespace_sweep(struct apiserver *server, const char *ns);
bool namespace_is_fixed(const char *ns);

#endif
