/*
 * lanes - the controller's writes in order of urgency.
 *
 * Writes are dear (1.3 to 2.8 ms of API-server CPU each), so few are in flight at a
 * time and what starts jobs goes first: starts (intents, creates, binds) before
 * statuses before reasons before clean-up. A ticket is a request to be called when its
 * turn has come; the content of the write is decided only then, so that what changed
 * meanwhile coalesces. The holder calls lanes_done when the write has ended.
 */
#ifndef GANTRY_CONTROLLER_LANES_H
#define GANTRY_CONTROLLER_LANES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/loop.h"

enum lane { LANE_START, LANE_STATUS, LANE_REASON, LANE_CLEANUP, LANE_COUNT };

struct lanes;

/* Returns true if a write was begun (lanes_done follows later), false if there was
 * nothing left to write. */
typedef bool lane_fn(void *arg);

struct lanes *lanes_new(struct loop *loop);
/* Tickets that wait are dropped. */
void lanes_free(struct lanes *lanes);
void lanes_enter(struct lanes *lanes, enum lane lane, lane_fn *fn, void *arg);
/* Drops all waiting tickets of `arg`. */
void lanes_leave(struct lanes *lanes, const void *arg);
void lanes_done(struct lanes *lanes, enum lane lane);
size_t lanes_waiting(const struct lanes *lanes);

#endif
