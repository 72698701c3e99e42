/*
 * usagereset - when all usage is forgotten (PriorityUsageResetPeriod): never, at one
 * moment, or at the beginning of each day, week (Sunday), month, quarter or year, in
 * UTC.
 *
 * Usage is true at ends of periods (usage.h), so a reset takes effect at the first one
 * from its moment on.
 */
#ifndef GANTRY_SCHEDULER_USAGERESET_H
#define GANTRY_SCHEDULER_USAGERESET_H

#include <stdint.h>

enum usage_reset {
    USAGE_RESET_NONE,
    USAGE_RESET_NOW, /* at a moment that is told with it */
    USAGE_RESET_DAILY,
    USAGE_RESET_WEEKLY,
    USAGE_RESET_MONTHLY,
    USAGE_RESET_QUARTERLY,
    USAGE_RESET_YEARLY,
};

struct usage_reset_rule {
    enum usage_reset every;
    int64_t now_sec; /* of USAGE_RESET_NOW; TIME_UNSET: never */
};

/* The moment of the last reset at or before a time; TIME_UNSET: there was none. */
int64_t usage_reset_before(const struct usage_reset_rule *rule, int64_t sec);
/* That of the next behind it; TIME_UNSET: there is none. */
int64_t usage_reset_after(const struct usage_reset_rule *rule, int64_t sec);

#endif
