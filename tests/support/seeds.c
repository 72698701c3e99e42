#include "tests/support/seeds.h"

#include <stdlib.h>

struct seeds seeds_of(const char *variable, uint64_t otherwise)
{
    const char *seed = getenv("GANTRY_SEED"), *n = getenv(variable);

    if (seed != NULL) {
        char *end;
        uint64_t first = strtoull(seed, &end, 10);

        return (struct seeds){first, *end == '-' ? strtoull(end + 1, NULL, 10) : first,
                              true};
    }
    return (struct seeds){1, n != NULL ? strtoull(n, NULL, 10) : otherwise, false};
}
