#include "base/rng.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

/* The generator is xoshiro256** (Blackman and Vigna), seeded through splitmix64, so
 * that neighbouring seeds give unlike histories and no seed gives the all-zero state.
 */

static uint64_t rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

void rng_seed(struct rng *rng, uint64_t seed)
{
    int i;

    for (i = 0; i < 4; i++)
        rng->s[i] = splitmix(&seed);
}

void rng_seed_os(struct rng *rng)
{
    uint64_t seed;
    ssize_t n;

    /* So few bytes come whole or, before the pool is ready, after a signal not at all.
     */
    do {
        n = getrandom(&seed, sizeof(seed), 0);
    } while (n < 0 && errno == EINTR);
    if (n != sizeof(seed))
        abort();
    rng_seed(rng, seed);
}

uint64_t rng_next(struct rng *rng)
{
    uint64_t *s = rng->s;
    const uint64_t result = rotate(s[1] * 5, 7) * 9;
    const uint64_t shifted = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate(s[3], 45);
    return result;
}

uint64_t rng_below(struct rng *rng, uint64_t bound)
{
    uint64_t uneven, v;

    if (bound == 0)
        return 0;
    /* The lowest 2^64 mod bound values would make the low results likelier. */
    uneven = -bound % bound;
    do {
        v = rng_next(rng);
    } while (v < uneven);
    return v % bound;
}

void rng_uuid(struct rng *rng, char ret[37])
{
    const uint64_t high = rng_next(rng), low = rng_next(rng);

    snprintf(ret, 37, "%08x-%04x-4%03x-%04x-%012llx", (unsigned)(high >> 32),
             (unsigned)(high >> 16 & 0xffff), (unsigned)(high & 0xfff),
             (unsigned)(0x8000 | (low >> 48 & 0x3fff)),
             (unsigned long long)(low & UINT64_C(0xffffffffffff)));
}
