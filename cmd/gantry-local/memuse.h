/*
 * memuse - how much memory the processes of a container keep: their own pages and
 * shared ones, also where these are swapped out, but not files that they have mapped.
 */
#ifndef GANTRY_LOCAL_MEMUSE_H
#define GANTRY_LOCAL_MEMUSE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Whose memory. */
struct memuse_group {
    int ns_fd; /* all in this mount namespace (mountns_open); -1: see sid */
    pid_t sid; /* without one: all of this session */
};

/* What each keeps at most, found in one look at all processes of the machine: a page
 * that two of them share counts twice. */
void memuse_bounds(const struct memuse_group *groups, size_t n, int64_t *ret_bytes);
/* What one keeps; slow where it is much. */
int64_t memuse_exact(const struct memuse_group *group);

#endif
