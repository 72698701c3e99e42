/*
 * memwatch - containers that may keep so much memory and no more.
 *
 * Without cgroups, which an ordinary user of a usual machine may not write, the kernel
 * holds no group of processes to a limit. So they are looked at once a second: what
 * takes less time than that to fill the machine is not caught. Nobody is looked at
 * while nothing is watched.
 */
#ifndef GANTRY_LOCAL_MEMWATCH_H
#define GANTRY_LOCAL_MEMWATCH_H

#include <stdint.h>
#include <sys/types.h>

#include "base/loop.h"

struct memwatch;
struct memwatched;

/* It keeps more than it may: told once. The watched one may be removed from within. */
typedef void memwatch_fn(void *arg, int64_t used_bytes);

struct memwatch *memwatch_new(struct loop *loop);
/* Nothing is watched any more. NULL is fine. */
void memwatch_free(struct memwatch *w);

/* `ns_fd` is lent: all in that mount namespace; -1: all of the session `sid`. */
struct memwatched *memwatch_add(struct memwatch *w, int ns_fd, pid_t sid,
                                int64_t limit_bytes, memwatch_fn *over, void *arg);
void memwatch_remove(struct memwatched *m); /* NULL is fine */

#endif
