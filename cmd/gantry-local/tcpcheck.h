/*
 * tcpcheck - does somebody accept connections there?
 *
 * A probe of a pod: one connection, closed as soon as it is made.
 */
#ifndef GANTRY_LOCAL_TCPCHECK_H
#define GANTRY_LOCAL_TCPCHECK_H

#include "base/loop.h"

struct tcpcheck;

/* `why` NULL: yes; else as strerror has it, in lower case ("connection refused"). */
typedef void tcpcheck_fn(void *arg, const char *why);

/* `done` comes once, from the loop. `address` is an IPv4 address. NULL and err: it
 * cannot be asked. The loop must be a real one. */
struct tcpcheck *tcpcheck_new(struct loop *loop, const char *address, int port,
                              tcpcheck_fn *done, void *arg, struct err *err);
/* At any time; NULL is fine. */
void tcpcheck_free(struct tcpcheck *t);

#endif
