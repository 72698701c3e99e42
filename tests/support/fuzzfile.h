/*
 * fuzzfile - an input of a fuzz target as a file, for parsers that read one.
 *
 * The folder is in memory where the machine has such (on disk it would cost nine tenths
 * of the time), has nothing else in it, and goes with the process.
 */
#ifndef GANTRY_TESTS_SUPPORT_FUZZFILE_H
#define GANTRY_TESTS_SUPPORT_FUZZFILE_H

#include <stddef.h>
#include <stdint.h>

/* The file's path; it holds these bytes until the next call. */
const char *fuzzfile_write(const uint8_t *data, size_t size);
/* Removes it, and what a parser has put beside it. The path is as before. */
const char *fuzzfile_none(void);

#endif
