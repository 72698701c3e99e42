/*
 * lines - a text file, plain or gzip, line by line (zlib behind this one header).
 *
 * Recorded workloads are kept compressed; zlib reads both forms through one call and
 * says what is wrong with a damaged file, which a pipe through gzip(1) could not.
 * Lines that belong together (a field of CSV with an end of line in it) can be joined,
 * and parted again where they do not.
 */
#ifndef GANTRY_SIM_LINES_H
#define GANTRY_SIM_LINES_H

#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

#define LINE_BYTES_MAX (1u << 16)

struct lines;

/* NULL and err: ERR_NOT_FOUND, ERR_IO. The path stands in all errors. */
struct lines *lines_open(const char *path, struct err *err);
void lines_close(struct lines *l); /* NULL is fine */

/* The next line without its end ("\n" or "\r\n"), the first one without a byte order
 * mark, lent until the next call. 1: here it is; 0: there is none; -1: the file is
 * damaged, or, ERR_TOO_LARGE, the line is longer than LINE_BYTES_MAX: *ret is empty
 * then, and the next call goes on behind it. */
int lines_next(struct lines *l, char **ret, struct err *err);
/* Of the line that came last, from 1; of joined ones that of the first. */
size_t lines_number(const struct lines *l);
/* That line once more at the next call. */
void lines_again(struct lines *l);

/* The line behind that which came last, too, as one with it: "\n" between them. As
 * lines_next; 0, and the line stays as it is: there is no other, or that alone, or both
 * together, are longer than LINE_BYTES_MAX. */
int lines_join(struct lines *l, char **ret, struct err *err);
/* Of joined lines the first one alone; the others come again, each by itself. */
char *lines_part(struct lines *l);

#endif
