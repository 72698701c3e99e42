/*
 * rng - random numbers from one state, so that a seed replays a history.
 *
 * Used for jitter, uids and tests. Secrets (tokens, keys) come from OpenSSL, not from
 * here. The state is the caller's.
 */
#ifndef GANTRY_BASE_RNG_H
#define GANTRY_BASE_RNG_H

#include <stdint.h>

struct rng {
    uint64_t s[4];
};

void rng_seed(struct rng *rng, uint64_t seed);
/* From getrandom(2). */
void rng_seed_os(struct rng *rng);
uint64_t rng_next(struct rng *rng);
/* Uniform in [0, bound); 0 for bound 0. */
uint64_t rng_below(struct rng *rng, uint64_t bound);
/* A version 4 UUID, 36 characters and a NUL. */
void rng_uuid(struct rng *rng, char ret[37]);

#endif
