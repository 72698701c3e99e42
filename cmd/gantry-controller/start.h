/*
 * start - the core's START of a job, until the job's status says it.
 *
 * Strings and slots are its own; all zero is none. start_fini frees them.
 */
#ifndef GANTRY_CONTROLLER_START_H
#define GANTRY_CONTROLLER_START_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct decision;
struct slot;

struct start {
    bool on;
    int64_t attempt;
    int64_t generation; /* of the spec that it was decided for */
    const struct slot *slots;
    size_t n_slots;
    char *partition, *reservation, *license; /* NULL: none; not said */
    char *qos; /* of several that it names; NULL: it names but one */
    int64_t limit_sec;
    bool unbound; /* its pod, if it is one, is made behind an intent, not on its node */
};

/* As it was decided, of no attempt yet. */
struct start start_of(const struct decision *d);
void start_fini(struct start *start);

#endif
