#include "base/zone.h"

#include "base/util.h"

#define DAY_SEC 86400

static int64_t offset_at(const struct zone_shift *shifts, size_t n, int64_t sec)
{
    if (n == 0)
        return 0;
    return shifts[BISECT(n - 1, i, shifts[i + 1].from_sec <= sec)].offset_sec;
}

int64_t zone_local(const struct zone_shift *shifts, size_t n, int64_t sec)
{
    return sec + offset_at(shifts, n, sec);
}

/* A day before it was not shifted yet. */
int64_t zone_utc(const struct zone_shift *shifts, size_t n, int64_t local_sec)
{
    int64_t before = local_sec - offset_at(shifts, n, local_sec - 2 * DAY_SEC), after;

    if (zone_local(shifts, n, before) == local_sec)
        return before;
    after = local_sec - offset_at(shifts, n, before);
    return zone_local(shifts, n, after) == local_sec ? after : before;
}
