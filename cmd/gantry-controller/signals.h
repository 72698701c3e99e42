/*
 * signals - what decides whether a job is to be signalled, beside what next.h sees of
 * it: whether the time of spec.signal has come, and who can be signalled at all.
 */
#ifndef GANTRY_CONTROLLER_SIGNALS_H
#define GANTRY_CONTROLLER_SIGNALS_H

#include <stdbool.h>
#include <stdint.h>

struct record;

/* Whose time limit ends within so many seconds, also long after that: components, a bit
 * each, or WARNS_ALL (next.h), where the job ends. */
uint32_t signals_warn(const struct record *r);
/* Has the record reconciled when that becomes more, as things stand. */
void signals_await(struct record *r);
/* A node of the attempt where nobody can signal its pods, if that is asked for (by an
 * action, or `warns`); NULL: none. Lent. */
const char *signals_deaf_node(const struct record *r, bool warns);

#endif
