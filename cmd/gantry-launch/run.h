/*
 * run - the script's process: started, signalled, waited for.
 *
 * gantry-launch is the first process of its container, so all signals come to it and
 * orphans become its children:
 *
 *   signal from outside -> our process group, the script and all it started
 *   one from the inbox  -> likewise, or the script alone, as it says
 *   SIGCHLD             -> collected; the script's own end is the end
 *
 * The script stays in our process group, so that whoever ends that ends all of it.
 */
#ifndef GANTRY_LAUNCH_RUN_H
#define GANTRY_LAUNCH_RUN_H

#include "base/err.h"
#include "cmd/gantry-launch/files.h"
#include "cmd/gantry-launch/inbox.h"
#include "cmd/gantry-launch/script.h"

/* As a shell's $?: how a command that cannot be run is told. */
enum { RUN_CANNOT = 126, RUN_NOT_FOUND = 127 };

/* Runs the script with `args` (NULL-terminated), hands on what comes by `in`, and waits
 * for its end: a status of wait(2). -1 and err: it could not be started; `ret_exit` is
 * then one of the above. */
int run_script(const struct script *s, const struct files *f, char *const *args,
               struct inbox *in, int *ret_exit, struct err *err);

/* Waits for SIGTERM, SIGINT or SIGHUP: what other ranks of a script job do. */
void run_wait(void);

/* Ends this program as the script ended (a status of wait(2)): with its code, or by the
 * same signal. As process 1 no signal of our own ends us: 128+n then, with "signal N"
 * as termination message, which crds/convert.h reads. */
_Noreturn void run_end_as(int status);

#endif
