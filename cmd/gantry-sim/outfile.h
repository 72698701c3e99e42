/*
 * outfile - a file that is opened before the work and written after it.
 *
 * So a folder that is missing is noticed at once. What stands at the path is written
 * into, whatever it is (a file, a FIFO, a link's target, a device): nothing is removed
 * or replaced. A regular file keeps what it has until the new bytes are there.
 */
#ifndef GANTRY_SIM_OUTFILE_H
#define GANTRY_SIM_OUTFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* A descriptor, made with mode 0644 if there is nothing; -1. A FIFO waits for its
 * reader. */
int outfile_open(const char *path, struct err *err);
/* Are both the same regular file? */
bool outfile_is(const char *path, const char *other);
/* All of it, and closes it either way. */
int outfile_write(int fd, const char *path, const char *bytes, size_t len,
                  struct err *err);

#endif
