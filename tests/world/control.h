/*
 * control - the controllers of a world: one or two, of which one leads at a time.
 */
#ifndef GANTRY_TESTS_WORLD_CONTROL_H
#define GANTRY_TESTS_WORLD_CONTROL_H

#include "tests/world/checks.h"
#include "tests/world/replica.h"

#define REPLICAS_MAX 2

struct control_options {
    struct replica_options replica; /* what they have in common */
    int n;                          /* 1 to REPLICAS_MAX */
    struct checks *checks;          /* told since when one works */
};

struct control;

/* They start at once. */
struct control *control_new(const struct control_options *options);
void control_free(struct control *c);
/* An outage of the API server begins, or is over. */
void control_block(struct control *c, bool blocked);
/* Until the next such call the server answers as these say; NULL: as before. */
void control_set_rates(struct control *c, const struct faulty_rates *rates);
/* No more kills and faults; they are there. */
void control_calm(struct control *c);
/* There is a leader, and it has nothing to do. */
bool control_is_idle(const struct control *c);

#endif
