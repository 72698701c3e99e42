/*
 * dues - which part of all that is used the shares of accounts would give to each, and
 * how much of it each had.
 *
 * Dues are parts of 1. Right below an account are its members and the accounts whose
 * parent it is; of its own part each is due its shares against those of all of them. An
 * account that has the shares of its parent stands for what is below it, which counts
 * as the parent's own, and is due nothing itself.
 *
 *   root           1
 *    +- physics    3 shares    3/4
 *    |   +- ann    1 share     3/8
 *    |   +- lasers 1 share     3/8
 *    +- astro      1 share     1/4
 *
 * The tree is the core's (assoc.h). Parents lead to the root (pool_read_objects has
 * seen to that). Accounts are the pool's, by their places there.
 */
#ifndef GANTRY_SIM_DUES_H
#define GANTRY_SIM_DUES_H

#include <stdbool.h>

#include "cmd/gantry-sim/pool.h"
#include "scheduler/assoc.h"

struct dues {
    struct assocs assocs;
    double *used; /* of each account, with all below it; in any unit */
};

/* Nothing is used yet. The pool is lent, until dues_fini. */
void dues_init(struct dues *d, const struct pool *p);
void dues_fini(struct dues *d);
/* So much more, of the account and of all above it; of no account's name, of none. */
void dues_use(struct dues *d, const char *name, double amount);
/* False: it has none, as the root, what has the shares of its parent, and what is where
 * nobody has any. */
bool dues_of(const struct dues *d, size_t account, double *ret);

#endif
