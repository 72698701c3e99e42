/*
 * fuzz_proc - bytes as a pid file, and as the name of a controller's run: whatever
 * stands there, no process is taken for that one, and none for ended that is not known.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/proc.h"
#include "base/util.h"
#include "cmd/gantry-controller/replica.h"
#include "tests/support/fuzzfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE char *name = xstrndup((const char *)data, size);
    struct proc p;
    struct err err = ERR_INIT;

    if (proc_read(&p, fuzzfile_write(data, size), &err) == 0)
        assert(p.pid > 0 && p.start_ticks > 0 && !proc_runs(&p));
    else
        assert(err.code != ERR_NONE);
    assert(!replica_has_ended(name));
    return 0;
}
