/*
 * copies - what a core knows, as changes of one's own: to be altered, and told to
 * another core.
 */
#ifndef GANTRY_TESTS_SUPPORT_COPIES_H
#define GANTRY_TESTS_SUPPORT_COPIES_H

#include "scheduler/sched.h"

struct copies {
    struct change *items; /* upserts; of settings and resources, what they lend stays */
    size_t n, cap;
};

#define COPIES_AUTO __attribute__((cleanup(copies_fini)))

/* An upsert with a struct of its own; anything else as it is. */
struct change change_copy(const struct change *change);

/* sched_snapshot's changes. Settings and resources are lent by the core. */
struct copies copies_of(const struct sched *s);
struct copies copies_again(const struct copies *c);
/* Tells another core of them: they are its own then, and these are empty. */
void copies_apply(struct copies *c, struct sched *to);
void copies_fini(struct copies *c);

#endif
