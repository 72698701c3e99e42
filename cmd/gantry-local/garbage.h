/*
 * garbage - objects go with their owners: background, foreground, orphan.
 *
 *   delete, background   the owner goes; dependents without another owner follow
 *   delete, foreground   the owner stays, deleting, with a finalizer; its dependents
 *                        go; it goes after the last that blocks it
 *   delete, orphan       the owner stays, deleting, with a finalizer; its dependents
 *                        forget it; it goes
 *
 * In a cluster kube-controller-manager's garbage collector does this; the rules are its
 * own. An owner is what stands under the kind, namespace and name that a reference
 * says, if it has its uid. One in another namespace is none. One of a kind that is not
 * served, or a namespaced one of an object without a namespace, may be there: the
 * dependent stays.
 *
 * It works after a request was answered, a few objects at a time; others are served in
 * between.
 * It keeps nothing of its own beyond the process: a start looks at every object with
 * owners anew.
 */
#ifndef GANTRY_LOCAL_GARBAGE_H
#define GANTRY_LOCAL_GARBAGE_H

#include <stdbool.h>
#include <stddef.h>

struct apiserver;
struct garbage;

/* Begins with what the server's store holds. The server is lent. */
struct garbage *garbage_new(struct apiserver *server);
void garbage_free(struct garbage *g); /* NULL is fine */

/* ---- the rules alone ---- */

/* Owners of one object, counted by how they stand. */
struct owner_count {
    size_t solid;
    size_t absent;
    size_t ending;  /* deleting in the foreground: their dependents go first */
    size_t unknown; /* nobody here can say */
};

enum garbage_verdict {
    GARBAGE_KEEP,
    GARBAGE_LOOSEN, /* keep, but forget the owners that are absent or ending */
    GARBAGE_DELETE, /* as its own finalizers say, else in the background */
    GARBAGE_DELETE_FOREGROUND, /* its own dependents go before it */
};

enum garbage_verdict garbage_judge(const struct owner_count *owners,
                                   bool has_dependents);

#endif
