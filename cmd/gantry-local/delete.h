/*
 * delete - objects on their way out: grace, finalizers, preconditions.
 *
 *   DELETE --> no grace, no finalizers ----------------------> gone (DELETED)
 *      |
 *      +-----> deletionTimestamp set (MODIFIED) --> grace 0 by the kubelet,
 *                                                   last finalizer removed --> gone
 *
 * Only pods that are bound and not finished have grace. Owner references are not
 * followed: propagationPolicy is checked, and dependents stay.
 */
#ifndef GANTRY_LOCAL_DELETE_H
#define GANTRY_LOCAL_DELETE_H

#include "cmd/gantry-local/call.h"

struct delete_options {
    int64_t grace_sec; /* -1: the object's own */
    char *uid;         /* preconditions; NULL */
    char *version;
    bool dry_run;
};

int verb_delete(struct call *call);
int verb_delete_collection(struct call *call);
/* POST pods/<name>/eviction: a deletion with the options in its body. */
int verb_evict(struct call *call);

/* Deletes or begins to delete what stands in the table. `*ret_left` becomes a reference
 * to the object that stays for now; NULL when it is gone. */
int delete_object(struct call *call, const struct kind *kind, struct object *object,
                  const struct delete_options *options, struct object **ret_left);
/* Has what follows from the end of an object: a namespace may be empty now, a CRD's
 * kinds go. */
void delete_aftermath(struct apiserver *server, const struct kind *kind,
                      const struct json *tree);

/* namespace.c: begins the end of all that is in the namespace. */
void namespace_purge(struct call *call, const char *ns);
/* Removes the namespace if it is terminating and empty. */
void namespace_sweep(struct apiserver *server, const char *ns);
bool namespace_is_fixed(const char *ns);

#endif
