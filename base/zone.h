/*
 * zone - local time: how far clocks are ahead of UTC, from when on.
 *
 * A table that is read of the system's time zones once (zone_load) and is plain data
 * from then on: whoever has it works out the same, wherever he is. All in seconds.
 *
 *   shifts   from 2027-03-28 01:00 UTC: +7200   from 2027-10-31 01:00 UTC: +3600  ...
 *
 * Before the first shift it is as from it on; without any it is UTC.
 */
#ifndef GANTRY_BASE_ZONE_H
#define GANTRY_BASE_ZONE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct zone_shift {
    int64_t from_sec, offset_sec;
};

struct zone {
    struct zone_shift *shifts; /* by time */
    size_t n;
};

#define ZONE_UTC "UTC"

/* Those of an IANA name ("Europe/Berlin") in this century; UTC is always known. Looks
 * at /usr/share/zoneinfo, or $TZDIR. ERR_INVALID: there is no such zone. To be given to
 * zone_fini. */
int zone_load(const char *name, struct zone *ret, struct err *err);
void zone_fini(struct zone *zone);
#define ZONE_AUTO __attribute__((cleanup(zone_fini)))

/* What a clock shows then, in seconds since it showed 1970-01-01 00:00. */
int64_t zone_local(const struct zone_shift *shifts, size_t n, int64_t sec);
/* When a clock shows that: the first time of two. One that no clock shows is as long
 * behind midnight as ever: 02:30 is 03:30 where clocks were put forward at 02:00. */
int64_t zone_utc(const struct zone_shift *shifts, size_t n, int64_t local_sec);

#endif
