/*
 * execrun - a program run beside a container's own: what an exec probe asks with.
 *
 * It is a session and process group of its own, in the container's view of the files
 * and with its environment, and does not outlive this program (guardian.h).
 */
#ifndef GANTRY_LOCAL_EXECRUN_H
#define GANTRY_LOCAL_EXECRUN_H

#include "base/loop.h"
#include "cmd/gantry-local/executor.h"
#include "cmd/gantry-local/guardian.h"
#include "cmd/gantry-local/spawn.h"

/* What is kept of its output, standard output and error alike; the rest is dropped. */
#define EXECRUN_OUTPUT_MAX (10u << 10)

struct execrun;

/* `spawn` is lent until this returns, its output_fd ignored. `done` comes once, from
 * the loop, when all of it has ended. NULL and err. */
struct execrun *execrun_new(struct loop *loop, struct guardian *guardian,
                            const struct spawn *spawn, executor_exec_fn *done,
                            void *arg, struct err *err);
/* Ends it, if it still runs; `done` does not come. Not from within `done`, after which
 * it is gone. */
void execrun_free(struct execrun *e);

#endif
