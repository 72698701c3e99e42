/*
 * seeds - which random cases a property is tried over, a seed each.
 *
 * $GANTRY_SEED, which a failing case prints, is that one alone, or those from one to
 * another (5000-6000); else they are 1 to as many as the test's own variable says.
 *
 *     const struct seeds seeds = seeds_of("GANTRY_CASES", 2000);
 *     for (uint64_t seed = seeds.first; seed <= seeds.last; seed++)
 *         run_case(seed);
 */
#ifndef GANTRY_TESTS_SUPPORT_SEEDS_H
#define GANTRY_TESTS_SUPPORT_SEEDS_H

#include <stdbool.h>
#include <stdint.h>

struct seeds {
    uint64_t first, last;
    bool alone; /* what was asked for: too few to say how often something happens */
};

/* `otherwise`: as many, where the variable is not set. */
struct seeds seeds_of(const char *variable, uint64_t otherwise);

#endif
