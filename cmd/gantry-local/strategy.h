/*
 * strategy - what is special about a kind: defaults, checks and effects beyond its
 * schema.
 *
 * One table; a kind without a row is an ordinary one.
 */
#ifndef GANTRY_LOCAL_STRATEGY_H
#define GANTRY_LOCAL_STRATEGY_H

#include "cmd/gantry-local/check.h"
#include "cmd/gantry-local/write.h"

struct strategy {
    const char *group, *plural;
    bool has_generation;     /* core kinds; custom ones always have it */
    bool is_constant;        /* its generation stays 1 */
    bool needs_version;      /* a PUT must say which version it replaces */
    bool put_creates;        /* a PUT of what is not there makes it */
    bool keeps_status;       /* a created object may bring its status */
    bool is_unmanaged;       /* elsewhere a controller would make pods of it */
    bool orphans_dependents; /* when deleted by a request that says nothing of them */
    /* Fills what the server says of `after`; on create (before NULL) and change. */
    void (*prepare)(struct write *w);
    /* Policy: fills what admission does elsewhere; refuses with the call's refusal. */
    int (*admit)(struct write *w);
    /* Adds causes; `after` has its schema's shape. One of the two: what only needs the
     * objects is a check. */
    void (*check)(const struct check *c);
    void (*validate)(struct write *w);
    /* The last step before the store; may still refuse. Does nothing lasting when
     * w->dry_run. */
    int (*commit)(struct write *w);
};

/* Never NULL. */
const struct strategy *strategy_of(const struct kind *kind);

/* pod.c */
void pod_prepare(struct write *w);
int pod_admit(struct write *w);
void pod_validate(struct write *w);
int verb_bind(struct call *call);
/* Says in the pod's conditions that it was evicted. */
void pod_set_evicted(struct json *pod, int64_t now_sec);

/* namespace.c */
void namespace_prepare(struct write *w);
/* May this be created there? 404 and 403. */
int namespace_admit(struct write *w);
/* The namespaces that are there from the start. */
void namespaces_create(struct apiserver *server);

/* crd.c */
void crd_prepare(struct write *w);
void crd_validate(struct write *w);
int crd_commit(struct write *w);
/* After a CRD's object is gone: so are its kinds, objects and watches. */
void crd_removed(struct apiserver *server, const struct json *crd);

#endif
