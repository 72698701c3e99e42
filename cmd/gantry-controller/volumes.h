/*
 * volumes - where the volumes of jobs are, by claim.
 *
 * A job whose template names a PersistentVolumeClaim can start only where its volume
 * is: the core is told so as if the job had asked for those nodes. A job whose claim or
 * volume is not there waits with reason Constraints. A claim that has no volume yet is
 * given one when the job's pods are made (claims.h).
 */
#ifndef GANTRY_CONTROLLER_VOLUMES_H
#define GANTRY_CONTROLLER_VOLUMES_H

#include <stdbool.h>

#include "cmd/gantry-controller/bjob.h"

extern const struct kc_resource claim_resource;

struct controller;

/* What people are told; heap, NULL: nothing. */
struct tie {
    char *lack; /* why it can start nowhere yet */
    char *note; /* that, and by what, it is tied to nodes */
    bool waits; /* some claim has no volume yet */
};

void volumes_start(struct controller *ctl);
void volumes_stop(struct controller *ctl);
bool volumes_are_synced(const struct controller *ctl);

void volumes_tie(const struct controller *ctl, const struct bjob *job, struct tie *ret);
bool tie_equal(const struct tie *a, const struct tie *b);
void tie_fini(struct tie *t);
/* Adds where the volumes are to what the job asks; it lacks none. */
void volumes_require(const struct controller *ctl, const struct bjob *job,
                     struct job *model);
/* Is the volume of that name on the node? Yes for what is not known. */
bool volumes_has(const struct controller *ctl, const char *volume, const char *node);

#endif
