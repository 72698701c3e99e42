/*
 * admission - what the server makes of our pods.
 *
 * LimitRanges, webhooks and RuntimeClasses change requests between a create and its
 * answer; webhooks may add gates, too. What a pod came back with is compared with what
 * was planned, and remembered for all jobs of the same namespace, template and shape:
 * they are planned with the requests that are really there, and start unbound, so that
 * the answer to the create is seen before anything holds a node.
 *
 * It is memory only: after a restart the first of them teaches it again. At most
 * ADMISSION_MAX are remembered, the oldest is forgotten first.
 */
#ifndef GANTRY_CONTROLLER_ADMISSION_H
#define GANTRY_CONTROLLER_ADMISSION_H

#include <stdbool.h>
#include <stdint.h>

#include "scheduler/model.h"

#define ADMISSION_MAX 1000

struct bjob;
struct controller;
struct pod;
struct work;

struct admitted {
    struct resvec extra; /* what a pod asks for beyond its plan; may be negative */
    uint64_t version;    /* of this knowledge; not 0 */
};

/* What becomes of the pods of a job's component (0, where it has none), where that is
 * not what was asked for; NULL. */
const struct admitted *admission_find(const struct controller *ctl,
                                      const struct bjob *job, size_t component);
/* The version of the newest knowledge of any of its components; 0: there is none. */
uint64_t admission_version(const struct controller *ctl, const struct bjob *job);
/* A pod of such work as the server has it, and what it was made to ask for. Pending
 * jobs that are like it are told to the core anew where that says something new. */
void admission_learn(struct controller *ctl, const struct work *work,
                     const struct pod *pod, const struct resvec *asked);
/* The server will not have a pod of it made on its node at once. */
void admission_refused(struct controller *ctl, const struct work *work);
void admission_free(struct controller *ctl);

#endif
