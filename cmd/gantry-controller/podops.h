/*
 * podops - writes to the pods of the attempt under way: make, bind, signal, delete.
 *
 * One op a rank at a time; an op whose attempt is over when its turn or its answer
 * comes does nothing more (the pod watch shows what it left behind, and cleanup.c takes
 * care of it).
 *
 *   MAKE  201 -> rank is MADE or BOUND
 *         exists or unknown -> READ: is it ours, of this attempt and rank?
 *         refused by quota, admission or validation -> the attempt fails
 *   BIND  201 -> BOUND;  409 or unknown -> READ: only same uid and same node is success
 *   SIGNAL  a longer list in the pod's annotation, on the version that was seen; 409 or
 *         unknown -> READ; refused for good, or the list is full -> the rank is not
 *         asked again
 *   KILL  with uid precondition; 404 and 409 -> READ
 *
 * No pod is bound while one of them has scheduling gates or waits for volumes
 * (claims.h), or before what it came back with is in status (admission.h).
 *
 * What is still to be done after a READ, or was refused for now, is tried again after
 * RETRY_MS, if next.h still wants it then.
 */
#ifndef GANTRY_CONTROLLER_PODOPS_H
#define GANTRY_CONTROLLER_PODOPS_H

#include "cmd/gantry-controller/next.h"

struct controller;
struct record;

/* Makes the pods that are missing; when all are made, binds them. */
void podops_launch(struct record *r);
/* Sends what next.h says to those that lack it. */
void podops_signal(struct record *r, const struct job_signal *signal);
/* Deletes those of these components (a bit each) that have not ended. */
void podops_kill(struct record *r, uint32_t components);
/* Gives up all that are under way. */
void podops_free(struct controller *ctl);

#endif
