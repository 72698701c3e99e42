/*
 * pod_priority - what the Priority admission of Kubernetes does: a pod's priority is
 * that of its class.
 */
#ifndef GANTRY_LOCAL_POD_PRIORITY_H
#define GANTRY_LOCAL_POD_PRIORITY_H

#include "cmd/gantry-local/write.h"

/* Fills priority and preemptionPolicy of a new pod from its class, or the one that is
 * for all who name none. 403 for a class that is not there, and for a priority that is
 * not the class's. */
int pod_priority_admit(struct write *w);

#endif
