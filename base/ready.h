/*
 * ready - how a daemon tells who started it that it is ready: a newline on a
 * descriptor.
 *
 * The starter passes the descriptor's number (--ready-fd); it reads the newline, or,
 * where the program ended before, the end of the file. (The way of s6 and dinit.)
 */
#ifndef GANTRY_BASE_READY_H
#define GANTRY_BASE_READY_H

#include <stdint.h>

#include "base/err.h"

#define READY_NONE (-1)

/* Is it open? Keeps it from programs that this one starts. READY_NONE is fine. */
int ready_check(int64_t fd, struct err *err);
/* Writes the newline, closes the descriptor and forgets it. */
void ready_tell(int64_t *fd);

#endif
