/* What the files of pledge share. */
#ifndef GANTRY_SCHEDULER_PLEDGE_PRIVATE_H
#define GANTRY_SCHEDULER_PLEDGE_PRIVATE_H

#include "scheduler/pledge.h"

/* USED: the last slot from a first one on in which the job may not start, as it would
 * have used up, by when somebody is planned, what that one needs; SIZE_MAX: none. */
size_t pledge_last_using_up(const struct pledge_bound *bound, const int64_t *times,
                            size_t first);

/* SPENT: the last slot from a first one on in which the job may not start, as somebody
 * could not who is planned; SIZE_MAX - 1: whenever, as it could not itself; SIZE_MAX:
 * none. */
size_t pledge_last_spending(const struct pledge_bound *bound, size_t first);

#endif
