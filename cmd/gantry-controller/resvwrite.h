/*
 * resvwrite - reservations, and what their status says: nodes, state, times.
 *
 * The core is told of each as it is; which nodes it has is the core's decision
 * (scheduler/reserve.h). After each step, status is written where it is not what it
 * should be: once when nodes were chosen or a time has come, never for time that
 * passes. A controller that begins reads the chosen nodes there. One that cannot be
 * converted does not act, and its status says why (state INVALID).
 *
 * Each write is fenced by uid and resourceVersion; one that fails is made again after
 * a later step, or when the watch shows the reservation anew.
 */
#ifndef GANTRY_CONTROLLER_RESVWRITE_H
#define GANTRY_CONTROLLER_RESVWRITE_H

#include "kubeclient/cache.h"

struct controller;

extern const struct kc_resource reservation_resource;
extern const struct kc_cache_ops reservation_ops;

/* After a step of the core, or once all is known. */
void resv_write(struct controller *ctl);
void resv_free(struct controller *ctl);

#endif
