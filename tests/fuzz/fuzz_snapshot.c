#include "crds/snapshot.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take(void *arg, const struct change *change)
{
    sched_apply(arg, change);
}

/* What is read makes a core whose own text is read again, to the same text; what is
 * refused says where. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct sched_config config = sched_config_default();
    struct sched *first = sched_new(&config), *second = sched_new(&config);
    struct err err = ERR_INIT;
    int64_t now_sec = 0, again_sec = 0;
    STR_AUTO struct str a, b;
    str_init(&a, SNAPSHOT_BYTES_MAX);
    str_init(&b, SNAPSHOT_BYTES_MAX);
    int rc = snapshot_read((const char *)data, size, "s", take, first, &now_sec, &err);
    assert(rc == 0 || str_starts(err.msg, "s:"));
    snapshot_write(first, now_sec, &a);
    if (snapshot_read(a.s, a.len, "a", take, second, &again_sec, &err) < 0) {
        fprintf(stderr, "%s\n%s", err.msg, a.s);
        abort();
    }
    snapshot_write(second, again_sec, &b);
    assert(strcmp(a.s, b.s) == 0);
    sched_free(first);
    sched_free(second);
    return 0;
}
