/*
 * guardian - a helper process that ends our process groups when we are gone.
 *
 * A killed program cannot clean up after itself, and the kernel ends only direct
 * children (PR_SET_PDEATHSIG), not theirs. So a forked helper reads from a pipe which
 * groups (and what they have of namespaces) there are and which are gone; when the pipe
 * closes because the program ended, however it did, it kills those that are left, and
 * ends.
 */
#ifndef GANTRY_LOCAL_GUARDIAN_H
#define GANTRY_LOCAL_GUARDIAN_H

#include <sys/types.h>

#include "base/err.h"

struct guardian;

/* NULL and err on failure. Call it before there are threads. */
struct guardian *guardian_new(struct err *err);
/* Ends the helper, which kills what it still knows. NULL is fine. */
void guardian_free(struct guardian *g);

/* One message: group `pgid` lives (true) or not (false). A later one of a living group
 * replaces the earlier. */
struct guardian_note {
    pid_t pgid;
    int alive;
    int has_ns; /* it is in a mount namespace of its own, which ends with it */
};

/* Where a new process announces itself with one write of a guardian_note, before it
 * runs anything else. */
int guardian_fd(const struct guardian *g);
void guardian_forget(struct guardian *g, pid_t pgid);

#endif
