/*
 * convert_volume - volumes of Kubernetes, and where they tie a job to.
 *
 * A PersistentVolumeClaim that a pod's volume names is bound to a PersistentVolume,
 * which may exist on some nodes only (its node affinity): the pod can start on those.
 */
#ifndef GANTRY_CRDS_CONVERT_VOLUME_H
#define GANTRY_CRDS_CONVERT_VOLUME_H

#include "crds/convert.h"

struct claim {
    char *ns, *name;
    char *volume; /* that it is bound to; NULL: none yet */
};

struct volume {
    char *name;
    struct term *any; /* one must hold of a node; none: it is on every node */
    size_t n_any;
    char *trouble; /* its node affinity is not understood; NULL */
};

/* Both make a fresh struct; NULL: it has no name. */
struct claim *convert_claim(const struct json *claim, struct err *err);
struct volume *convert_volume(const struct json *volume, struct err *err);
void claim_free(struct claim *c); /* NULL is fine; so for the next */
void volume_free(struct volume *v);

/* Adds the names of the claims that the volumes of a pod spec are; that of an ephemeral
 * volume has the names of pod and volume (pod NULL: these are left out). */
void convert_claims(const struct json *pod_spec, const char *pod, char ***ret,
                    size_t *ret_n);

/* Is it on a node? */
bool volume_is_on(const struct volume *v, const struct node *node);
/* Has the job placed only where the volume is. False: it would have to choose among too
 * many alternatives. */
bool volume_require(const struct volume *v, struct job *job);

#endif
