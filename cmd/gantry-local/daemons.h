/*
 * daemons - the three programs of a local cluster, as daemons of a directory.
 *
 *   DIR/<name>.pid        which process it is (base/proc.h)
 *   DIR/log/<name>.log    what it says; one of more than a MiB becomes <name>.log.old
 *                         at the next start
 *
 * A daemon is a session of its own, without standard input, in DIR; it writes its own
 * pid file before it becomes the program, so that none runs unknown.
 */
#ifndef GANTRY_LOCAL_DAEMONS_H
#define GANTRY_LOCAL_DAEMONS_H

#include <stdbool.h>

#include "base/err.h"
#include "base/loop.h"
#include "base/proc.h"
#include "base/str.h"

/* In the order in which they start. */
enum daemon { DAEMON_SERVER, DAEMON_NODES, DAEMON_CONTROLLER, DAEMONS };

const char *daemon_title(enum daemon which); /* "API server" */

/* Does it run? */
bool daemon_find(const char *dir, enum daemon which, struct proc *ret);

/* One that was started and is not ready yet. */
struct starting {
    enum daemon which;
    pid_t pid;
    int ready;  /* readable when it is, or has ended; -1: none */
    int status; /* where it has ended, its exit status */
};

/* Starts it with --ready-fd N behind `argv` (which ends with NULL); argv[0] is the
 * path. */
int daemon_start(const char *dir, enum daemon which, const char *const *argv,
                 struct starting *ret, struct err *err);

/* Waits until it is ready. On failure err has the last line that the program said
 * (ERR_UNAVAILABLE: it is not ready in time, but runs on). */
int daemon_await(struct loop *loop, const char *dir, struct starting *s,
                 int64_t timeout_ms, struct err *err);

enum daemon_end { DAEMON_ENDED, DAEMON_KILLED };
/* SIGTERM, then SIGKILL after `grace_ms`; returns when it has ended. */
enum daemon_end daemon_stop(struct loop *loop, const char *dir, enum daemon which,
                            int64_t grace_ms);

/* Why it ended, as far as the last line of its log says so; else "". */
void daemon_last_words(const char *dir, enum daemon which, struct str *ret);

#endif
