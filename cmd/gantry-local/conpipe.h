/*
 * conpipe - a container's output on its way: from a pipe, by the loop, into its log.
 *
 * Standard output and error share the pipe, so that the log has them in the order in
 * which they were written. A container that writes faster than the log takes waits.
 */
#ifndef GANTRY_LOCAL_CONPIPE_H
#define GANTRY_LOCAL_CONPIPE_H

#include "base/loop.h"
#include "cmd/gantry-local/conlog.h"

struct conpipe;

/* Takes the log over, also on failure. NULL and err. */
struct conpipe *conpipe_new(struct loop *loop, struct conlog *take_log,
                            struct err *err);
/* Frees the log, too. NULL is fine. */
void conpipe_free(struct conpipe *p);

/* The container's end; borrowed. */
int conpipe_output(const struct conpipe *p);
/* The container has it: ours is closed. */
void conpipe_started(struct conpipe *p);
/* The container has ended: what it wrote last goes into the log. */
void conpipe_drain(struct conpipe *p);

struct conlog *conpipe_log(const struct conpipe *p);

#endif
