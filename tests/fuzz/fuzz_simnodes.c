#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-sim/outages.h"
#include "cmd/gantry-sim/pool.h"
#include "tests/support/fuzzfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The same bytes as nodes of a cluster, and as losses of nodes; what is refused says
 * where, what is taken has bounds. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    struct pool pool;
    struct outages o;
    const char *path = fuzzfile_write(data, size);
    pool_init(&pool);
    int rc = pool_read(&pool, path, &err);
    assert(rc == 0 ? pool.n > 0 : str_starts(err.msg, path));
    for (size_t i = 0; i < pool.n; i++)
        assert(pool.nodes[i]->name && pool_within(&pool, pool.nodes[i]));
    err = ERR_INIT;
    rc = outages_read(&o, path, &pool, &err);
    assert(rc == 0 || err.code != ERR_NONE);
    for (size_t i = 1; i < o.n; i++)
        assert(o.items[i - 1].sec <= o.items[i].sec);
    outages_fini(&o);
    pool_fini(&pool);
    return 0;
}
