/*
 * decide - the decisions of one step, and what has been told of each job.
 *
 * Everything a decision points to is in the step's arena, but for slots: it is one of
 * those who have their list. So changes which are applied while decisions are carried
 * out do not touch them.
 */
#ifndef GANTRY_SCHEDULER_DECIDE_H
#define GANTRY_SCHEDULER_DECIDE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "scheduler/sched.h"

struct decided {
    struct arena *arena;
    struct decision *items;
    size_t n, cap;
};

void decided_init(struct decided *d);
void decided_fini(struct decided *d);
/* Forgets all; earlier decisions are gone. */
void decided_reset(struct decided *d);

/* Strings of `decision` are copied, its lists of slots are shared. */
void decided_add(struct decided *d, const struct decision *decision);
/* Takes the i-th back. */
void decided_drop(struct decided *d, size_t i);

#endif
