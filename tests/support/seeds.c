#include "tests/support/seeds.h"

#include <stdlib.h>

struct seeds seeds_of(const char *variable, uint64_t otherwise)
{
    const char *seed = getenv("GANTRY_SEED"), *n = getenv(variable);

    if (seed != NULL) {
        uint64_t one = strtoull(seed, NULL, 10);

        return (struct seeds){one, one, true};
    }
    return (struct seeds){1, n != NULL ? strtoull(n, NULL, 10) : otherwise, false};
}
