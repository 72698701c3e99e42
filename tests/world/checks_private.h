/*
 * checks_private - what the files of checks share.
 */
#ifndef GANTRY_TESTS_WORLD_CHECKS_PRIVATE_H
#define GANTRY_TESTS_WORLD_CHECKS_PRIVATE_H

#include "tests/world/checks.h"

/* How long the controller may be behind what is true. */
int64_t checks_lag_ms(const struct checks *c);
/* A pod is bound, as was decided then: limits, licences, and who is beside it. */
void checks_bounds(struct checks *c, const struct pod_fact *p, int64_t decided_ms);

#endif
