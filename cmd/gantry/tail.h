/*
 * tail - a file that grows, copied to a stream as it does.
 *
 * The file is read to its end at once, and then again every TAIL_MS: what writes it may
 * be on another machine, whose writes no notification tells of. One that became shorter
 * is read from its beginning.
 */
#ifndef GANTRY_CLI_TAIL_H
#define GANTRY_CLI_TAIL_H

#include <stdio.h>

#include "base/err.h"
#include "base/loop.h"

#define TAIL_MS 250

struct tail;

/* `out` takes no more: called once, from the loop. */
typedef void tail_closed_fn(void *arg);

/* NULL and err: it cannot be opened. */
struct tail *tail_new(struct loop *loop, const char *path, FILE *out,
                      tail_closed_fn *closed, void *arg, struct err *err);
/* Copies what is there now. */
void tail_read(struct tail *t);
void tail_free(struct tail *t); /* NULL is fine */

#endif
