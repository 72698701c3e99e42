/*
 * choice - names of which a job may have any: "high,normal".
 *
 * spec.partition, spec.reservation and spec.qos are such lists; so is the column qos of
 * a recorded workload. Of reservations and QOS each is tried, so that there is no sense
 * in many, nor in one twice.
 */
#ifndef GANTRY_CRDS_CHOICE_H
#define GANTRY_CRDS_CHOICE_H

#include <stddef.h>

#include "base/err.h"
#include "scheduler/model.h"

struct choice {
    const char *right; /* an example, for who gets it wrong */
    size_t most;       /* each once, and no more than these; 0: whatever stands there */
    const char *of;    /* what they are called then */
};

/* Adds them; "" is none. ERR_INVALID: an empty name, one twice, or too many. */
int choice_parse(const struct choice *choice, const char *text, char ***names,
                 size_t *n, struct err *err);
/* The QOS of a job that names none yet: one, or several. */
int choice_parse_qos(const char *text, struct job *job, struct err *err);
/* Of a job of several QOS, each is tried in each partition, and so on. ERR_INVALID: the
 * job could be run in more than CHOICES_MAX ways. */
int choice_check(const struct job *job, struct err *err);

#endif
